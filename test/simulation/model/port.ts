import type { FollowedHub } from '../../../src/client/transcript/replica.ts';
import type { SideCall } from '../../../src/protocol/deployment.ts';
import { isOtherGeneration } from '../../../src/protocol/epoch.ts';
import type { Call, CallAnswer, StreamMessage, TabMessage } from '../../../src/protocol/port.ts';
import type { Answer } from '../../../src/worker/core/effect.ts';
import type { AttachHint, Input } from '../../../src/worker/core/input.ts';

/** From a tab to the hub and back, in ms. */
const portDelay = 0.3;

/** The hub's end: src/worker/host/hub.ts. */
export interface PortHub {
  /** A dead hub reads nothing. */
  readonly isAlive: boolean;
  /** A hub that has not booted accepts nothing. */
  readonly isBooted: boolean;
  /** Changes with the visitor. */
  readonly epoch: string;
  take(input: Input): void;
  call(tabId: string, call: Call, settle: (answer: Answer) => void): void;
}

/** The page's end: what arrives there. */
export interface PortPage {
  stream(message: StreamMessage): void;
  /** Runs the handler of a post or an answer, as soon as the page can. */
  run(work: () => void, isPost: boolean): void;
}

/** Both ends of a tab's connection: src/client/connection/hub-connection.ts and src/worker/host/ports.ts. */
export class ModelPort implements FollowedHub {
  readonly tabId: string;
  readonly #after: (delay: number, work: () => void) => void;
  readonly #hub: PortHub;
  readonly #page: PortPage;
  /** The hub's epoch, as this end knows it. */
  #epoch: string | null = null;
  #isClosed = false;

  constructor(
    after: (delay: number, work: () => void) => void,
    tabId: string,
    hub: PortHub,
    page: PortPage,
  ) {
    this.tabId = tabId;
    this.#after = after;
    this.#hub = hub;
    this.#page = page;
  }

  attach(visible: boolean, known: AttachHint): void {
    const { tabId } = this;
    this.#tell({ type: 'tab-attached', tabId, isVisible: visible, ...known });
  }

  post(message: TabMessage): void {
    if (!this.#isClosed) this.#tell(inputOf(this.tabId, message));
  }

  call(call: Call | SideCall): Promise<CallAnswer> {
    const callEpoch = this.#epoch;
    return new Promise((resolve) => {
      this.#after(portDelay, () => {
        const hub = this.#hub;
        if (!hub.isAlive || !hub.isBooted) return;
        const { epoch } = hub;
        const settle = (answer: Answer) =>
          this.#after(portDelay, () => this.#hear(false, () => resolve({ ...answer, epoch })));
        const isLate = callEpoch !== null && isOtherGeneration(callEpoch, epoch);
        if (isLate && call.type !== 'sign-out') {
          const problem = { code: 'signed-out', message: 'The session has ended.' } as const;
          settle({ ok: false, problem });
        } else if (call.type === 'platform' || call.type === 'file') {
          const problem = { code: 'invalid-call', message: 'Not in this model.' } as const;
          settle({ ok: false, problem });
        } else hub.call(this.tabId, call, settle);
      });
    });
  }

  /** Never hangs: the hub's lock reports its end. */
  probe(): void {}

  /** The hub posts. */
  deliver(message: StreamMessage): void {
    this.#after(portDelay, () =>
      this.#hear(true, () => {
        if (message.type === 'snapshot') this.#epoch = message.epoch;
        this.#page.stream(message);
      }),
    );
  }

  /** The page leaves. */
  close(): void {
    this.post({ type: 'bye' });
    this.drop();
  }

  /** The hub has died. */
  drop(): void {
    this.#isClosed = true;
  }

  #hear(isPost: boolean, work: () => void): void {
    if (this.#isClosed) return;
    this.#page.run(() => {
      if (!this.#isClosed) work();
    }, isPost);
  }

  #tell(input: Input): void {
    this.#after(portDelay, () => {
      if (this.#hub.isAlive && this.#hub.isBooted) this.#hub.take(input);
    });
  }
}

function inputOf(tabId: string, message: TabMessage): Input {
  switch (message.type) {
    case 'ack':
      return { type: 'tab-ack', tabId, revision: message.revision };
    case 'pull':
      return { type: 'tab-pull', tabId };
    case 'visibility':
      return { type: 'tab-visibility', tabId, isVisible: message.visible };
    case 'used':
      return { type: 'tab-used', tabId };
    case 'bye':
      return { type: 'tab-left', tabId };
  }
}
