import type { Address } from '../protocol/builds.ts';
import type { SideCall } from '../protocol/deployment.ts';
import { bootOf } from '../protocol/epoch.ts';
import { aliveLock, tabLock } from '../protocol/locks.ts';
import type { Call, CallAnswer, StreamMessage, TabMessage } from '../protocol/port.ts';
import { protocolVersion } from '../protocol/version.ts';
import { HubHandshake } from './hub-handshake.ts';
import { holdLock, whenReleased } from './locks.ts';
import { isCallAnswer, isHello, isMoved, isStreamMessage } from './port-validators.ts';
import type { AttachKnowledge } from './session-hint.ts';
import type { OpenTransport, Transport } from './transport.ts';

/** A hub reads the store before its first snapshot; one that needs longer is taken for hung. */
const bootDeadline = 15_000;

export interface ConnectionEvents {
  /** Snapshots and patches, validated. */
  stream(message: StreamMessage): void;
  /** The hub is gone or never came. Called once, as each that ends it, and never after `close`. */
  lost(reason: string): void;
  /** Another hub has the conversation; `null`: the one that runs in a tab. */
  moved(address: Address | null): void;
  /** The hub is of a build that this page can't talk to. `isOlder`: the hub's is the older one. */
  outdated(isOlder: boolean): void;
  /** No hub has said a word in time. */
  unheard(): void;
}

/** The next hub is asked. */
function never(): Promise<never> {
  return new Promise(() => {});
}

/** One attachment to one hub: ends when the hub does, or with `close`. */
export class HubConnection {
  /** Whether a hub has said its first word. */
  wasHeard = false;
  readonly #events: ConnectionEvents;
  readonly #tabId = crypto.randomUUID();
  readonly #cleanUps: (() => void)[] = [];
  #hub: HubHandshake | null = null;
  #route: Transport | null = null;
  #epoch: string | null = null;
  /** This tab's lock, by which the hub knows that it lives. */
  #isHeld = false;
  #isOver = false;
  #bootTimer: ReturnType<typeof setTimeout> | undefined;
  #helloTimer: ReturnType<typeof setTimeout> | undefined;

  /** @param patience how long the hub's first word is waited for, in ms */
  constructor(
    openRoute: OpenTransport,
    known: AttachKnowledge,
    patience: number,
    events: ConnectionEvents,
  ) {
    this.#events = events;
    this.#helloTimer = setTimeout(() => this.#end(() => events.unheard()), patience);
    this.#open(openRoute, known).catch((error: unknown) => this.lose(String(error)));
  }

  async #open(openRoute: OpenTransport, known: AttachKnowledge): Promise<void> {
    // The worker starts while the lock is waited for.
    const route = await openRoute(this.#tabId, (reason) => this.lose(reason));
    if (this.#isOver) {
      route.close();
      return;
    }
    this.#route = route;
    route.calls.onmessage = ({ data }) => this.#onWord(data, known);
    route.stream.onmessage = ({ data }) => this.#onStream(data);
    this.#hub = new HubHandshake(route.calls);
    this.#bootTimer = setTimeout(() => this.lose('the hub does not answer'), bootDeadline);
    this.#cleanUps.push(
      () => clearTimeout(this.#bootTimer),
      () => clearTimeout(this.#helloTimer),
      () => route.close(),
    );
    // Held before the hub is told of this tab, since the hub takes a free lock for a tab's death.
    const release = await holdLock(tabLock(this.#tabId));
    if (this.#isOver) {
      release();
      return;
    }
    this.#cleanUps.push(release);
    this.#isHeld = true;
    // A port keeps what is posted before its other end listens; a channel does not.
    if (route.handOver || this.#epoch !== null) this.#attach(known);
  }

  /** The hub speaks first; a second first word is a new hub on the same port (WebKit bug 71486). */
  #onWord(data: unknown, known: AttachKnowledge): void {
    if (this.#isOver) return;
    if (isMoved(data)) {
      this.#end(() => this.#events.moved(data.address));
      return;
    }
    if (!isHello(data)) return;
    const { epoch } = data;
    if (this.#epoch !== null) {
      if (bootOf(epoch) !== bootOf(this.#epoch)) this.lose('the hub was started anew');
      return;
    }
    this.#epoch = epoch;
    this.wasHeard = true;
    clearTimeout(this.#helloTimer);
    if (data.protocolVersion !== protocolVersion) {
      const isOlder = data.protocolVersion < protocolVersion;
      this.#end(() => this.#events.outdated(isOlder));
      return;
    }
    this.#cleanUps.push(
      whenReleased(aliveLock(bootOf(epoch)), () => this.lose('the hub has died')),
    );
    if (this.#isHeld && !this.#route?.handOver) this.#attach(known);
  }

  #attach(known: AttachKnowledge): void {
    const attach = {
      protocolVersion,
      tabId: this.#tabId,
      visible: document.visibilityState === 'visible',
      ...known,
    };
    this.#hub?.attach(attach, this.#route?.handOver ?? null);
  }

  #onStream(data: unknown): void {
    if (this.#isOver) return;
    if (!isStreamMessage(data)) {
      console.warn('[partyline] a misshapen message was dropped');
      return;
    }
    clearTimeout(this.#bootTimer);
    // There before the line may be gone; a call that wants it in vain says so.
    void this.#hub?.calls.catch(() => {});
    if (data.type === 'snapshot') this.#epoch = data.epoch;
    this.#events.stream(data);
  }

  post(message: TabMessage): void {
    if (!this.#isOver) this.#route?.stream.postMessage(message);
  }

  /** Settles with the hub's answer, or not at all when the hub dies: `lost` tells that. */
  async call(call: Call | SideCall): Promise<CallAnswer> {
    if (!this.#hub) return never();
    // As it is now, not once there is what calls are made with.
    const epoch = this.#epoch;
    const calls = await this.#hub.calls;
    // A channel that was closed meanwhile would throw, as if the call had been made.
    if (this.#isOver) return never();
    const answer = await calls.call(call, epoch);
    if (isCallAnswer(answer)) return answer;
    throw new TypeError('a misshapen answer from the hub');
  }

  /** A call was not answered in time: a hub that does not answer this either hangs, and is left. */
  probe(): void {
    this.#hub?.calls.then(
      (calls) => {
        if (this.#isOver) return;
        this.#cleanUps.push(calls.probe(() => this.lose('the hub hangs')));
      },
      // One that can't be asked for want of Comlink is not left for that.
      () => undefined,
    );
  }

  close(): void {
    this.post({ type: 'bye' });
    this.#end();
  }

  /** There is no hub behind it, or none that works. */
  lose(reason: string): void {
    this.#end(() => this.#events.lost(reason));
  }

  #end(tell?: () => void): void {
    if (this.#isOver) return;
    this.#isOver = true;
    for (const cleanUp of this.#cleanUps.splice(0)) cleanUp();
    tell?.();
  }
}
