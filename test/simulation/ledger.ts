import type { Step } from './model/hub.ts';

/** What was promised for one message. */
export interface Entry {
  readonly messageId: string;
  readonly tab: string;
  /** Who wrote it. */
  readonly subject: string;
  /** The position in the order in which the hub accepted messages. */
  order: number;
  isPromised: boolean;
  /** It failed at some time, so it may have arrived or not. */
  hasFailed: boolean;
  isDiscarded: boolean;
  /** Its visitor has changed, or the database was deleted: the promise is void. */
  isVoid: boolean;
}

/** Every message that a tab sent, with what was promised. */
export class Ledger {
  readonly entries = new Map<string, Entry>();
  /** When the visitor ended conversations that were not resumed since, in the gateway's time. */
  readonly left = new Map<string, number>();
  readonly #hasArrived: (messageId: string) => boolean;
  #order = 0;

  /** @param hasArrived whether the gateway has the message: then its order is fixed */
  constructor(hasArrived: (messageId: string) => boolean) {
    this.#hasArrived = hasArrived;
  }

  open(messageId: string, tab: string, subject: string): void {
    this.entries.set(messageId, {
      messageId,
      tab,
      subject,
      order: 0,
      isPromised: false,
      hasFailed: false,
      isDiscarded: false,
      isVoid: false,
    });
  }

  /** Voids all promises so far. */
  voidAll(): void {
    for (const entry of this.entries.values()) entry.isVoid = true;
  }

  promise(messageId: string): void {
    const entry = this.entries.get(messageId);
    if (entry) entry.isPromised = true;
  }

  /** A hub accepted a message, perhaps again after it was forgotten. */
  take(messageId: string): void {
    const entry = this.entries.get(messageId);
    if (!entry || this.#hasArrived(messageId)) return;
    this.#order += 1;
    entry.order = this.#order;
  }

  /** @param time the gateway's time */
  observe(step: Step, time: number): void {
    this.#observeLeft(step, time);
    const { before, after, input } = step;
    if (before.generation !== after.generation) this.voidAll();
    if (before.outbox === after.outbox) return;
    const known = new Set(before.outbox.map((item) => item.messageId));
    for (const item of after.outbox) {
      const isNew = input.type === 'call' && !known.has(item.messageId);
      if (isNew) this.take(item.messageId);
      if (item.at.stage !== 'failed') continue;
      const entry = this.entries.get(item.messageId);
      if (entry) entry.hasFailed = true;
    }
    if (input.type === 'call' && input.call.type === 'discard') {
      const { messageId } = input.call;
      const entry = this.entries.get(messageId);
      if (known.has(messageId) && entry) entry.isDiscarded = true;
    }
  }

  #observeLeft({ before, after, input }: Step, time: number): void {
    if (!after.conversation) return;
    const { conversationId, status } = after.conversation.details;
    if (status !== 'ended') this.left.delete(conversationId);
    else if (input.type === 'call' && input.call.type === 'end') {
      const wasOpen = before.conversation?.details.status !== 'ended';
      if (wasOpen) this.left.set(conversationId, time);
    }
  }
}
