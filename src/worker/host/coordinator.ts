import {
  buildsChannel,
  compareBuilds,
  type Presence,
  presenceSchema,
  type Redirect,
  type WorkerAddress,
} from '../../protocol/builds.ts';
import { bootOf } from '../../protocol/epoch.ts';
import { hubLock } from '../../protocol/locks.ts';
import type { CheckedOptions } from '../options.ts';
import { Hub } from './hub.ts';
import { isRequested } from './locks.ts';
import type { Log } from './log.ts';
import { type Port, serve } from './ports.ts';

/**
 * Connects the tabs of this worker to a hub. When two builds of a site run in one browser, each has a
 * worker: the hub of the newer build gets the socket, and the tabs of the older one are redirected to it.
 *
 * Each hub announces itself and queues for the lock. A holder steps down when a newer build announces
 * itself; to an equal or older build it announces itself again, and the tabs of that build join it.
 */
export class HubCoordinator {
  readonly #options: CheckedOptions;
  readonly #kind: 'shared-worker' | 'tab';
  readonly #log: Log;
  readonly #address: WorkerAddress | null;
  readonly #channel: BroadcastChannel;
  readonly #ports = new Set<Port>();
  /** This worker's hub; `null` while another worker's hub has the conversation. */
  #hub: Hub | null = null;
  #isHolder = false;
  /** The hub that we step down for. */
  #successor: Presence | null = null;

  constructor(options: CheckedOptions, kind: 'shared-worker' | 'tab', log: Log) {
    this.#options = options;
    this.#kind = kind;
    this.#log = log;
    this.#address = kind === 'tab' ? null : { url: self.location.href, name: self.name };
    this.#channel = new BroadcastChannel(buildsChannel(options.name));
    this.#channel.onmessage = ({ data }: MessageEvent<unknown>) => this.#onPeerHub(data);
    this.#hub = this.#startHub();
  }

  /** Serves a tab that connects to this worker. */
  connect(port: Port, onGone: () => void = () => {}): void {
    // The hub that had the conversation may have ended since: compete for the lock again.
    this.#hub ??= this.#startHub();
    this.#ports.add(port);
    serve(port, this.#hub, this.#log, () => {
      this.#ports.delete(port);
      onGone();
    });
  }

  #startHub(): Hub {
    this.#isHolder = false;
    this.#successor = null;
    const hub = new Hub(this.#options, this.#kind, this.#log, {
      lockAcquired: () => {
        if (this.#hub !== hub) return;
        this.#isHolder = true;
        void this.#announce();
      },
      handedOver: () => this.#redirectTo(this.#successor),
    });
    this.#hub = hub;
    void this.#announce();
    return hub;
  }

  async #announce(): Promise<void> {
    // Only after our own request for the lock, which other hubs check for.
    await isRequested(hubLock(this.#options.name));
    if (!this.#hub) return;
    const presence: Presence = {
      type: 'partyline-build',
      boot: bootOf(this.#hub.epoch),
      build: this.#options.build,
      isHolder: this.#isHolder,
      address: this.#address,
    };
    this.#channel.postMessage(presence);
  }

  #onPeerHub(data: unknown): void {
    const presence = presenceSchema.safeParse(data);
    if (!presence.success || !isOurs(presence.data.address)) {
      this.#log.note({ kind: 'invalid', detail: 'Invalid message between builds dropped' });
      return;
    }
    if (!this.#hub || this.#successor) return;
    const other = presence.data;
    const isNewer = compareBuilds(other.build, this.#options.build) > 0;
    if (this.#isHolder) {
      // There is only one holder: another claim is forged or outdated.
      if (other.isHolder) return;
      if (isNewer) void this.#stepDown(this.#hub, other);
      else void this.#announce();
    } else if (other.isHolder) {
      const isEqual = compareBuilds(other.build, this.#options.build) === 0;
      if (isNewer || isEqual) this.#join(this.#hub, other);
      else void this.#announce();
    }
  }

  async #stepDown(hub: Hub, successor: Presence): Promise<void> {
    // A real successor waits for the lock; without that, some script has forged the message.
    if (!(await isRequested(hubLock(this.#options.name)))) {
      this.#log.note({ kind: 'invalid', detail: 'Takeover by an unknown build ignored' });
      return;
    }
    if (this.#hub !== hub || this.#successor) return;
    this.#successor = successor;
    hub.stepDown();
  }

  #join(hub: Hub, holder: Presence): void {
    hub.abandon();
    this.#redirectTo(holder);
  }

  #redirectTo(other: Presence | null): void {
    this.#hub = null;
    this.#isHolder = false;
    const redirect: Redirect = { type: 'partyline-redirect', address: other?.address ?? null };
    for (const port of this.#ports) port.postMessage(redirect);
    this.#ports.clear();
  }
}

/** A worker's script has the site's own origin. */
function isOurs(address: WorkerAddress | null): boolean {
  return address === null || new URL(address.url).origin === self.location.origin;
}
