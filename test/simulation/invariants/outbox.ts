import type { OutboxItem } from '../../../src/worker/core/outbox/state.ts';
import type { Step } from '../model/hub.ts';
import type { Disk } from '../model/store.ts';
import { check } from '../violation.ts';

interface CatchUp {
  readonly begunAt: number;
  readonly conversationId: string;
}

/** Messages are durable before `send` resolves and before they go out, go out one at a time, and are resent only after a catch-up. */
export class OutboxInvariants {
  readonly #disk: Disk;
  /** Messages that were sent and not refused. */
  readonly #sent = new Set<string>();
  /** The step in which each message became unconfirmed. */
  readonly #unconfirmed = new Map<string, number>();
  /** Catch-ups under way, by hub and request. */
  readonly #running = new Map<string, CatchUp>();
  /** The step in which each conversation's last catch-up was begun. */
  readonly #begun = new Map<string, number>();
  #lastBegun = 0;
  #hub = '';

  constructor(disk: Disk) {
    this.#disk = disk;
  }

  /** `send` has resolved: the row is on the disk, unless the message is settled. */
  promised(messageId: string, isSettled: boolean): void {
    const isKept =
      this.#disk.isBare ||
      this.#disk.outbox.has(messageId) ||
      [...this.#disk.messages.values()].some((row) => row.messageId === messageId);
    check(isKept || isSettled, 'durable', () => `${messageId} is promised and not stored`);
  }

  step(step: Step): void {
    const { before, after, effects, number, hub } = step;
    if (this.#hub !== hub.epoch) {
      this.#hub = hub.epoch;
      this.#running.clear();
      this.#lastBegun = 0;
    }
    if (before.outbox !== after.outbox) this.#onOutboxChange(before.outbox, after.outbox, step);
    this.#onAnswer(step);
    for (const effect of effects) {
      if (effect.type === 'rest' && effect.call.type === 'history-since') {
        const { cursor, conversationId } = effect.call;
        // A further page belongs to the last catch-up, even if it waited for a token.
        const begun = cursor === null ? number : (this.#begun.get(conversationId) ?? number);
        this.#begun.set(conversationId, begun);
        this.#running.set(String(effect.requestId), { begunAt: begun, conversationId });
      }
      if (effect.type === 'send' && effect.command.type === 'send-message') {
        this.#onSend(effect.command.messageId, step);
      }
      if (effect.type === 'rest' && effect.call.type === 'send-message') {
        const { requestId } = effect;
        // Repeated with a new token after a 401.
        const isRepeat = before.requests.some(
          (one) => one.requestId === requestId && one.isRetried,
        );
        if (!isRepeat) this.#onSend(effect.call.messageId, step);
      }
    }
  }

  #onOutboxChange(before: readonly OutboxItem[], after: readonly OutboxItem[], step: Step): void {
    const old = new Map(before.map((item) => [item.messageId, item]));
    for (const { messageId, at } of after) {
      const stage = old.get(messageId)?.at.stage;
      if (at.stage === 'unconfirmed' && stage !== 'unconfirmed')
        this.#unconfirmed.set(messageId, step.number);
      if (at.stage === 'failed' && stage !== 'failed') this.#sent.delete(messageId);
    }
    const { input } = step;
    if (input.type === 'call' && input.call.type === 'retry') {
      // The outcome can't be known, and the visitor chose to resend.
      const { messageId } = input.call;
      const item = before.find((one) => one.messageId === messageId);
      if (item?.failure?.code === 'unknown-outcome') this.#sent.delete(messageId);
    }
    if (input.type !== 'gateway' || input.event.type !== 'problem') return;
    const { kind, messageId } = input.event.problem;
    if (kind === 'rate-limited' && messageId !== null) this.#sent.delete(messageId);
  }

  #onAnswer({ input }: Step): void {
    if (input.type !== 'rest') return;
    const catchUp = this.#running.get(String(input.requestId));
    const { result } = input;
    if (!result.ok) {
      const { kind } = result.failure;
      if (kind === 'rate-limited' || kind === 'not-found') this.#onRefused(input.requestId);
      return;
    }
    if (!catchUp || result.value.type !== 'history') return;
    if (result.value.nextCursor === null) {
      this.#lastBegun = Math.max(this.#lastBegun, catchUp.begunAt);
    }
  }

  readonly #posts = new Map<number, string>();

  #onRefused(requestId: number): void {
    const messageId = this.#posts.get(requestId);
    if (messageId !== undefined) this.#sent.delete(messageId);
  }

  #onSend(messageId: string, { before, after, number, effects }: Step): void {
    // The database was just deleted; the hub rewrites it from memory.
    const isStored = this.#disk.outbox.has(messageId) || this.#disk.isBare;
    check(isStored, 'durable', () => `${messageId} goes out before it is stored`);
    const others = after.outbox.filter(
      (item) =>
        item.messageId !== messageId &&
        (item.at.stage === 'sent' || item.at.stage === 'sending-by-rest'),
    );
    check(others.length === 0, 'one at a time', () => {
      return `${messageId} goes out while ${others[0]?.messageId} is on its way`;
    });
    const head = after.outbox.find(
      (item) => item.at.stage !== 'failed' && item.at.stage !== 'acknowledged',
    );
    // It was sent before an older message was queued again, and waited for a token.
    const wasParked = before.outbox.some(
      (item) => item.messageId === messageId && item.at.stage === 'sending-by-rest',
    );
    check(
      head?.messageId === messageId || wasParked,
      'one at a time',
      () => `${messageId} overtakes`,
    );
    if (this.#sent.has(messageId)) {
      const unconfirmedIn = this.#unconfirmed.get(messageId) ?? number;
      check(this.#lastBegun >= unconfirmedIn, 'catch-up before resend', () => {
        const stage = before.outbox.find((item) => item.messageId === messageId)?.at.stage;
        return `${messageId} is resent without a catch-up (${stage}, unconfirmed in step ${unconfirmedIn}, catch-up in ${this.#lastBegun})`;
      });
    }
    this.#sent.add(messageId);
    for (const effect of effects) {
      if (effect.type === 'rest') this.#posts.set(effect.requestId, messageId);
    }
  }
}
