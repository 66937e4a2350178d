import type { Step } from './model/hub.ts';

/** What the visitor was promised of one message. */
export interface Entry {
  readonly messageId: string;
  readonly tab: string;
  /** Who wrote it. */
  readonly subject: string;
  /** The place in the order in which the hub took the messages in. */
  order: number;
  isPromised: boolean;
  /** It failed, or was thrown away, at some time: then it may be anywhere or nowhere. */
  hasFailed: boolean;
  isDiscarded: boolean;
  /** Its visitor is gone, or somebody deleted the database: the promise holds no more. */
  isVoid: boolean;
}

/** Every message that a tab sent, and what became of the promise. */
export class Ledger {
  readonly entries = new Map<string, Entry>();
  readonly #hasArrived: (messageId: string) => boolean;
  #order = 0;

  /** @param hasArrived whether the gateway has it: then it has its place, whoever asks again */
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

  /** Nothing is promised any more of what was sent until now. */
  voidAll(): void {
    for (const entry of this.entries.values()) entry.isVoid = true;
  }

  promise(messageId: string): void {
    const entry = this.entries.get(messageId);
    if (entry) entry.isPromised = true;
  }

  /** A message was taken in, or taken in again by a hub that knows nothing of the first time. */
  take(messageId: string): void {
    const entry = this.entries.get(messageId);
    if (!entry || this.#hasArrived(messageId)) return;
    this.#order += 1;
    entry.order = this.#order;
  }

  observe({ before, after, input }: Step): void {
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
}
