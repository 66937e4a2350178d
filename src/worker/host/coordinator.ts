import {
  type Address,
  buildsChannel,
  compareBuilds,
  type Presence,
  presenceSchema,
  type Redirect,
} from '../../protocol/builds.ts';
import { hubLock } from '../../protocol/locks.ts';
import type { CheckedOptions } from '../options.ts';
import { Hub } from './hub.ts';
import { isWanted } from './locks.ts';
import type { Log } from './log.ts';
import { type Port, serve } from './ports.ts';

/**
 * Where the tabs of this worker arrive. Two builds of a site can meet, each with a worker of its own:
 * the newer one's hub gets the socket, the older one's tabs are sent there.
 *
 * A hub announces itself and queues for the lock. A holder that hears of a newer build steps down and
 * lets the lock go; one that hears of an equal or older build says so, and that one's tabs join it.
 */
export class HubCoordinator {
  readonly #options: CheckedOptions;
  readonly #kind: 'shared-worker' | 'tab';
  readonly #log: Log;
  readonly #address: Address | null;
  readonly #channel = new BroadcastChannel(buildsChannel);
  readonly #ports = new Set<Port>();
  /** Of this worker; `null` while another worker has the conversation. */
  #hub: Hub | null = null;
  #isHolder = false;
  /** Who we step down for. */
  #successor: Presence | null = null;

  constructor(options: CheckedOptions, kind: 'shared-worker' | 'tab', log: Log) {
    this.#options = options;
    this.#kind = kind;
    this.#log = log;
    this.#address = kind === 'tab' ? null : { url: self.location.href, name: self.name };
    this.#channel.onmessage = ({ data }: MessageEvent<unknown>) => this.#meet(data);
    this.#hub = this.#boot();
  }

  /** A tab has come. */
  connect(port: Port, onGone: () => void = () => {}): void {
    // Whoever had the conversation may be gone since: asked for anew.
    this.#hub ??= this.#boot();
    this.#ports.add(port);
    serve(port, this.#hub, this.#log, () => {
      this.#ports.delete(port);
      onGone();
    });
  }

  #boot(): Hub {
    this.#isHolder = false;
    this.#successor = null;
    const hub = new Hub(this.#options, this.#kind, this.#log, {
      holding: () => {
        if (this.#hub !== hub) return;
        this.#isHolder = true;
        void this.#present();
      },
      left: () => this.#moveTo(this.#successor),
    });
    this.#hub = hub;
    void this.#present();
    return hub;
  }

  async #present(): Promise<void> {
    // Behind our own request for the lock, which whoever hears of us looks for.
    await isWanted(hubLock);
    if (!this.#hub) return;
    const presence: Presence = {
      type: 'partyline-build',
      boot: this.#hub.epoch,
      build: this.#options.build,
      isHolder: this.#isHolder,
      address: this.#address,
    };
    this.#channel.postMessage(presence);
  }

  #meet(data: unknown): void {
    const presence = presenceSchema.safeParse(data);
    if (!presence.success || !isOurs(presence.data.address)) {
      this.#log.note({ kind: 'invalid', detail: 'a misshapen word between builds' });
      return;
    }
    if (!this.#hub || this.#successor) return;
    const other = presence.data;
    const isNewer = compareBuilds(other.build, this.#options.build) > 0;
    if (this.#isHolder) {
      // Two holders there are none: a claim to be one is a lie, or late.
      if (other.isHolder) return;
      if (isNewer) void this.#stepDown(this.#hub, other);
      else void this.#present();
    } else if (other.isHolder) {
      const isEqual = compareBuilds(other.build, this.#options.build) === 0;
      if (isNewer || isEqual) this.#join(this.#hub, other);
      else void this.#present();
    }
  }

  async #stepDown(hub: Hub, successor: Presence): Promise<void> {
    // Whoever takes over waits for the lock: without that the word is some script's invention.
    if (!(await isWanted(hubLock))) {
      this.#log.note({ kind: 'invalid', detail: 'a newer build that does not exist' });
      return;
    }
    if (this.#hub !== hub || this.#successor) return;
    this.#successor = successor;
    hub.stepDown();
  }

  #join(hub: Hub, holder: Presence): void {
    hub.abandon();
    this.#moveTo(holder);
  }

  #moveTo(other: Presence | null): void {
    this.#hub = null;
    this.#isHolder = false;
    const moved: Redirect = { type: 'partyline-redirect', address: other?.address ?? null };
    for (const port of this.#ports) port.postMessage(moved);
    this.#ports.clear();
  }
}

/** A worker's script is the site's own. */
function isOurs(address: Address | null): boolean {
  return address === null || new URL(address.url).origin === self.location.origin;
}
