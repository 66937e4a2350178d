import type { WorkerAddress } from '../../protocol/builds.ts';
import { type ErrorCode, PartylineError } from '../../protocol/errors.ts';
import type { StreamMessage, TabMessage } from '../../protocol/port.ts';
import type { ConnectionSnapshot } from '../../protocol/snapshot.ts';
import type { HubRpc } from '../calls/hub-rpc.ts';
import type { CheckedConnectOptions } from '../options.ts';
import { attachHint, readSessionHint } from '../session/session-hint.ts';
import { notConnected, type Replica } from '../transcript/replica.ts';
import { HubConnection, type HubVersion } from './hub-connection.ts';
import { HubLocator } from './hub-locator.ts';
import { ReconnectSchedule } from './reconnect-schedule.ts';

/**
 * Time to wait for a hub's hello, attempt by attempt, in ms. A hub that is killed before its hello
 * holds no lock that would reveal its death; a hub that is only slow is found by the next attempt.
 */
const helloTimeouts: readonly [number, ...number[]] = [1_000, 2_000, 4_000, 8_000];

/**
 * Keeps the page connected to a hub: attaches, notices that the hub is gone, and attaches to the next
 * one. Gives up after repeated failures; the snapshot's connection is `failed` then.
 */
export class ConnectionSupervisor {
  readonly #hubName: string;
  readonly #rpc: HubRpc;
  readonly #replica: Replica;
  readonly #locator: HubLocator;
  readonly #schedule = new ReconnectSchedule();
  #connection: HubConnection | null = null;
  /** Consecutive attempts without a hello. */
  #missedHellos = 0;
  #isClosed = false;

  constructor(options: CheckedConnectOptions, rpc: HubRpc, replica: Replica) {
    this.#hubName = options.name;
    this.#rpc = rpc;
    this.#replica = replica;
    this.#locator = new HubLocator(options, {
      isConnecting: () => this.#connection !== null,
      workerFailed: (reason) => this.#connection?.lose(reason),
    });
  }

  get isAttached(): boolean {
    return this.#connection !== null;
  }

  attach(): void {
    if (this.#isClosed || this.#connection) return;
    this.#schedule.cancel();
    const { openTransport } = this.#locator;
    if (!openTransport) {
      this.#fail('unreachable', 'No SharedWorker in this browser. Pass connect() a fallback.');
      return;
    }
    const connection = new HubConnection(
      openTransport,
      this.#hubName,
      attachHint(readSessionHint(this.#hubName), this.#rpc.lastKnownIdentity),
      helloTimeouts[this.#missedHellos] ?? helloTimeouts[0],
      {
        stream: (message) => this.#onStream(connection, message),
        lost: (reason) => this.#onLost(reason, connection.hasReceivedHello),
        helloTimedOut: () => this.#onHelloTimedOut(),
        redirected: (address) => this.#onRedirected(address),
        incompatible: (hub) => this.#onIncompatible(hub),
      },
    );
    this.#connection = connection;
  }

  /** Attaches at once, although all scheduled attempts have failed. */
  attachNow(): void {
    this.#schedule.reset();
    this.attach();
  }

  post(message: TabMessage): void {
    this.#connection?.post(message);
  }

  /** Leaves the hub, and hosts none. `attach` may follow. */
  detach(): void {
    this.#schedule.cancel();
    this.#connection?.close();
    this.#dropConnection();
    this.#locator.stopHosting();
  }

  close(): void {
    this.#isClosed = true;
    this.detach();
  }

  stopHosting(): void {
    this.#locator.stopHosting();
  }

  resumeHosting(): void {
    this.#locator.resumeHosting();
  }

  /** Calls wait for the next connection. */
  #dropConnection(): void {
    this.#connection = null;
    this.#rpc.onDetached();
  }

  #onStream(connection: HubConnection, message: StreamMessage): void {
    if (message.type === 'snapshot') {
      this.#schedule.onConnected();
      this.#missedHellos = 0;
    }
    this.#replica.receive(connection, message);
  }

  #onHelloTimedOut(): void {
    this.#missedHellos += 1;
    if (this.#missedHellos >= helloTimeouts.length) {
      this.#onLost('the hub is not responding', false);
      return;
    }
    this.#connection = null;
    if (this.#missedHellos > 1) this.#locator.restartWorker();
    this.attach();
  }

  #onLost(reason: string, hasReceivedHello: boolean): void {
    console.warn(`[partyline] Connection lost: ${reason}`);
    this.#missedHellos = 0;
    this.#dropConnection();
    this.#locator.onLost(hasReceivedHello);
    this.#attachLater();
  }

  /** Another build's hub has the conversation. */
  #onRedirected(address: WorkerAddress | null): void {
    this.#dropConnection();
    this.#locator.redirect(address);
    this.#attachLater();
  }

  #onIncompatible({ build, isOlder, name }: HubVersion): void {
    this.#dropConnection();
    if (name !== this.#hubName) {
      const message = `connect: name is "${this.#hubName}", but the worker’s hub is named "${name}".`;
      this.#fail('invalid-option', message);
      return;
    }
    if (isOlder && this.#locator.takeOver()) this.#attachLater();
    else this.#fail('outdated', `This page can’t talk to hub build ${build}. Reload the page.`);
  }

  #attachLater(): void {
    const delay = this.#schedule.schedule(() => this.attach());
    if (delay === null) {
      const message = 'Worker did not start. Check its URL and CSP worker-src; pass fallback.';
      this.#fail('unreachable', message);
    } else if (delay > 0) {
      // The first attempt is immediate, and not worth showing.
      this.#showConnection({ ...notConnected, retryAt: Date.now() + delay });
    }
  }

  #fail(code: ErrorCode, message: string): void {
    this.#rpc.rejectAll(new PartylineError(code, message));
    this.#showConnection({ ...notConnected, phase: 'failed', problem: { code, message } });
  }

  #showConnection(connection: ConnectionSnapshot): void {
    this.#replica.update({ ...this.#replica.snapshot, connection });
  }
}
