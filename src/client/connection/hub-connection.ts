import type { WorkerAddress } from '../../protocol/builds.ts';
import type { SideCall } from '../../protocol/deployment.ts';
import { bootOf } from '../../protocol/epoch.ts';
import { aliveLock, tabLock } from '../../protocol/locks.ts';
import type { Attach, Call, CallAnswer, StreamMessage, TabMessage } from '../../protocol/port.ts';
import { protocolVersion } from '../../protocol/version.ts';
import { addAge } from '../calls/hub-rpc.ts';
import { isPageVisible } from '../page-lifecycle.ts';
import type { AttachHint } from '../session/session-hint.ts';
import {
  isCallAnswer,
  isHello,
  isRedirect,
  isStreamMessage,
} from '../validation/port-validators.ts';
import { HubHandshake } from './hub-handshake.ts';
import { holdLock, whenReleased } from './locks.ts';
import type { OpenTransport, Transport } from './transport.ts';

/** Time for a hub to read its store and send the first snapshot, in ms. */
const snapshotDeadline = 15_000;

/** A hub that this page can't talk to. */
export interface HubVersion {
  readonly build: string;
  /** Whether its protocol version is the older one. */
  readonly isOlder: boolean;
  readonly name: string;
}

/**
 * All but `stream` end the connection. One of those is called at most, and none after `close`.
 */
export interface ConnectionEvents {
  /** A valid snapshot, patch or other message. */
  stream(message: StreamMessage): void;
  /** The hub is gone, or failed to start. */
  lost(reason: string): void;
  /** Another hub has the conversation; `null`: a hub that a tab runs. */
  redirected(address: WorkerAddress | null): void;
  /** The hub speaks another protocol version, or has another name. */
  incompatible(hub: HubVersion): void;
  /** The hub has sent no hello in time. */
  helloTimedOut(): void;
}

/** One attachment to one hub. Ends when the hub does, or with `close`. */
export class HubConnection {
  readonly #events: ConnectionEvents;
  readonly #hubName: string;
  readonly #hint: AttachHint;
  readonly #tabId = crypto.randomUUID();
  readonly #cleanUps: (() => void)[] = [];
  #transport: Transport | null = null;
  #handshake: HubHandshake | null = null;
  /** The hub's; `null` before its hello. */
  #epoch: string | null = null;
  /** Whether this tab's lock, by which the hub notices the tab's death, is held. */
  #isLockHeld = false;
  #isOver = false;
  #snapshotTimer: ReturnType<typeof setTimeout> | undefined;
  readonly #helloTimer: ReturnType<typeof setTimeout>;

  /** @param helloTimeout in ms */
  constructor(
    openTransport: OpenTransport,
    hubName: string,
    hint: AttachHint,
    helloTimeout: number,
    events: ConnectionEvents,
  ) {
    this.#hubName = hubName;
    this.#hint = hint;
    this.#events = events;
    this.#helloTimer = setTimeout(() => this.#end(() => events.helloTimedOut()), helloTimeout);
    this.#cleanUps.push(() => clearTimeout(this.#helloTimer));
    this.#open(openTransport).catch((error: unknown) => this.lose(String(error)));
  }

  get hasReceivedHello(): boolean {
    return this.#epoch !== null;
  }

  async #open(openTransport: OpenTransport): Promise<void> {
    const transport = await openTransport(this.#tabId, (reason) => this.lose(reason));
    if (this.#isOver) {
      transport.close();
      return;
    }
    this.#transport = transport;
    transport.calls.onmessage = ({ data }) => this.#onControlMessage(data);
    transport.stream.onmessage = ({ data }) => this.#onStreamMessage(data);
    this.#handshake = new HubHandshake(transport.calls);
    this.#snapshotTimer = setTimeout(
      () => this.lose('the hub is not responding'),
      snapshotDeadline,
    );
    this.#cleanUps.push(
      () => clearTimeout(this.#snapshotTimer),
      () => transport.close(),
    );
    // The hub treats a free lock as a closed tab, so we hold it before we attach.
    const release = await holdLock(tabLock(this.#tabId));
    if (this.#isOver) {
      release();
      return;
    }
    this.#cleanUps.push(release);
    this.#isLockHeld = true;
    // A port queues messages until the hub listens; a BroadcastChannel drops them.
    if (transport.hubStream || this.hasReceivedHello) this.#attach();
  }

  #onControlMessage(data: unknown): void {
    if (this.#isOver) return;
    if (isRedirect(data)) {
      this.#end(() => this.#events.redirected(data.address));
      return;
    }
    if (!isHello(data)) return;
    const { build, epoch, name } = data;
    if (this.#epoch !== null) {
      // Safari can run a SharedWorker's script again on the same port (WebKit bug 71486).
      if (bootOf(epoch) !== bootOf(this.#epoch)) this.lose('the hub restarted');
      return;
    }
    this.#epoch = epoch;
    clearTimeout(this.#helloTimer);
    if (data.protocolVersion !== protocolVersion || name !== this.#hubName) {
      const isOlder = data.protocolVersion < protocolVersion;
      this.#end(() => this.#events.incompatible({ build, isOlder, name }));
      return;
    }
    this.#cleanUps.push(whenReleased(aliveLock(bootOf(epoch)), () => this.lose('the hub stopped')));
    if (this.#isLockHeld && !this.#transport?.hubStream) this.#attach();
  }

  #attach(): void {
    const attach: Attach = {
      protocolVersion,
      tabId: this.#tabId,
      visible: isPageVisible(),
      ...this.#hint,
    };
    this.#handshake?.attach(attach, this.#transport?.hubStream ?? null);
  }

  #onStreamMessage(data: unknown): void {
    if (this.#isOver) return;
    if (!isStreamMessage(data)) {
      console.warn('[partyline] Invalid message from the hub dropped.');
      return;
    }
    clearTimeout(this.#snapshotTimer);
    // Loads Comlink while the network is there; if that fails, the next call reports it.
    void this.#handshake?.loadCalls().catch(() => {});
    if (data.type === 'snapshot') this.#epoch = data.epoch;
    this.#events.stream(data);
  }

  post(message: TabMessage): void {
    if (!this.#isOver) this.#transport?.stream.postMessage(message);
  }

  /** Settles with the hub's answer, or never if the connection ends first. */
  async call(call: Call | SideCall): Promise<CallAnswer> {
    const handshake = this.#handshake;
    if (!handshake) return never();
    // The epoch of the time of the call: it may change while Comlink loads.
    const epoch = this.#epoch;
    const waitsSince = handshake.isLoaded ? null : performance.now();
    const calls = await handshake.loadCalls();
    // A closed BroadcastChannel would throw, and the call would be rejected instead of repeated.
    if (this.#isOver) return never();
    const age = waitsSince === null ? 0 : performance.now() - waitsSince;
    const answer = await calls.call(addAge(call, age), epoch);
    if (isCallAnswer(answer)) return answer;
    throw new TypeError('Invalid answer from the hub.');
  }

  /** A call was not answered in time: pings the hub, and loses it if that is not answered either. */
  probe(): void {
    this.#handshake?.loadCalls().then(
      (calls) => {
        if (this.#isOver) return;
        this.#cleanUps.push(calls.probe(() => this.lose('the hub did not answer a ping')));
      },
      // Comlink could not be loaded, which says nothing about the hub.
      () => undefined,
    );
  }

  close(): void {
    this.post({ type: 'bye' });
    this.#end();
  }

  /** Ends the connection: the hub is gone, or does not work. */
  lose(reason: string): void {
    this.#end(() => this.#events.lost(reason));
  }

  #end(notify?: () => void): void {
    if (this.#isOver) return;
    this.#isOver = true;
    for (const cleanUp of this.#cleanUps.splice(0)) cleanUp();
    notify?.();
  }
}

function never(): Promise<never> {
  return new Promise(() => {});
}
