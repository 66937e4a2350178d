import type { HubCalls } from '../protocol/port.ts';
import { isAnything, isString, oneOf, shape } from './guard.ts';

/** The end of a connection on which calls go out and answers come in. */
export interface CallEnd {
  postMessage(message: unknown, transfer: Transferable[]): void;
  onmessage: ((event: MessageEvent<unknown>) => void) | null;
}

interface Answer {
  readonly id: string;
  readonly type: 'RAW' | 'HANDLER';
  readonly value: unknown;
}

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

const isAnswer = shape<Answer>({ id: isString, type: oneOf('RAW', 'HANDLER'), value: isAnything });

/**
 * Calls what the hub exposes through Comlink, in Comlink's own words. Its other half, the proxies,
 * would be a fifth of what a page loads at first, and of all that a page only ever calls by name.
 */
export class RemoteHub {
  readonly #end: CallEnd;
  readonly #waiting = new Map<string, Waiting>();
  #last = 0;

  constructor(end: CallEnd) {
    this.#end = end;
  }

  /** Settles with the answer, or not at all when the hub dies. */
  call(
    name: keyof HubCalls,
    values: readonly unknown[],
    transfer: Transferable[] = [],
  ): Promise<unknown> {
    this.#last += 1;
    const id = String(this.#last);
    const argumentList = values.map((value) => ({ type: 'RAW', value }));
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#end.postMessage({ id, type: 'APPLY', path: [name], argumentList }, transfer);
    });
  }

  /** A word from the hub, which may be an answer. */
  hear(data: unknown): void {
    if (!isAnswer(data)) return;
    const waiting = this.#waiting.get(data.id);
    this.#waiting.delete(data.id);
    if (data.type === 'RAW') waiting?.resolve(data.value);
    else waiting?.reject(new TypeError('the hub threw'));
  }
}
