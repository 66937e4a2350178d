import { type Remote, transfer, wrap } from 'comlink';
import { bootOf } from '../protocol/epoch.ts';
import { aliveLock, tabLock } from '../protocol/locks.ts';
import {
  type Call,
  type CallAnswer,
  callAnswerSchema,
  type HubCalls,
  helloSchema,
  protocolVersion,
  type StreamMessage,
  streamMessageSchema,
  type TabMessage,
} from '../protocol/port.ts';
import { holdLock, whenReleased } from './locks.ts';

/** A hub reads the store before its first word; one that needs longer is taken for hung. */
const bootDeadline = 15_000;

export interface ConnectionEvents {
  /** Snapshots and patches, validated. */
  stream(message: StreamMessage): void;
  /** The hub is gone or never came. Called once, never after `close`. */
  lost(reason: string): void;
}

/** One attachment to one hub: ends when the hub does, or with `close`. */
export class HubConnection {
  readonly #events: ConnectionEvents;
  readonly #tabId = crypto.randomUUID();
  readonly #cleanUps: (() => void)[] = [];
  #calls: Remote<HubCalls> | null = null;
  #stream: MessagePort | null = null;
  #isOver = false;
  #bootTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    createWorker: () => SharedWorker,
    conversationId: string | null,
    events: ConnectionEvents,
  ) {
    this.#events = events;
    this.#open(createWorker, conversationId).catch((error: unknown) => {
      this.#lose(error instanceof Error ? error.message : 'the worker could not be started');
    });
  }

  async #open(createWorker: () => SharedWorker, conversationId: string | null): Promise<void> {
    // Held before the hub is told of this tab, since the hub takes a free lock for a tab's death.
    const release = await holdLock(tabLock(this.#tabId));
    if (this.#isOver) {
      release();
      return;
    }
    this.#cleanUps.push(release);
    const worker = createWorker();
    worker.onerror = () => this.#lose('the worker’s script could not be loaded or failed');
    const { port } = worker;
    const onHello = ({ data }: MessageEvent<unknown>) => {
      const hello = helloSchema.safeParse(data);
      if (!hello.success || this.#isOver) return;
      port.removeEventListener('message', onHello);
      this.#cleanUps.push(
        whenReleased(aliveLock(bootOf(hello.data.epoch)), () => this.#lose('the hub has died')),
      );
    };
    port.addEventListener('message', onHello);
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }: MessageEvent<unknown>) => this.#onStream(data);
    this.#stream = port1;
    this.#calls = wrap<HubCalls>(port);
    this.#bootTimer = setTimeout(() => this.#lose('the hub does not answer'), bootDeadline);
    this.#cleanUps.push(
      () => clearTimeout(this.#bootTimer),
      () => {
        worker.onerror = null;
        port.removeEventListener('message', onHello);
        port1.close();
        port.close();
      },
    );
    const attach = {
      protocolVersion,
      tabId: this.#tabId,
      visible: document.visibilityState === 'visible',
      conversationId,
    };
    // Comlink's promise never settles when the hub dies: the lock and the deadline watch over it.
    void this.#calls.attach(attach, transfer(port2, [port2]));
  }

  #onStream(data: unknown): void {
    if (this.#isOver) return;
    const message = streamMessageSchema.safeParse(data);
    if (!message.success) {
      console.warn('[partyline] a misshapen message from the hub was dropped');
      return;
    }
    clearTimeout(this.#bootTimer);
    this.#events.stream(message.data);
  }

  post(message: TabMessage): void {
    if (!this.#isOver) this.#stream?.postMessage(message);
  }

  /** Settles with the hub's answer, or not at all when the hub dies: `lost` tells that. */
  async call(call: Call): Promise<CallAnswer> {
    if (!this.#calls) return new Promise<never>(() => {});
    return callAnswerSchema.parse(await this.#calls.call(call));
  }

  close(): void {
    if (this.#isOver) return;
    this.post({ type: 'bye' });
    this.#end();
  }

  #lose(reason: string): void {
    if (this.#isOver) return;
    this.#end();
    this.#events.lost(reason);
  }

  #end(): void {
    this.#isOver = true;
    for (const cleanUp of this.#cleanUps.splice(0)) cleanUp();
  }
}
