import type { GatewayAdapter } from '../../../../src/protocol/gateway/adapter.ts';
import type { GatewayCommand } from '../../../../src/protocol/gateway/commands.ts';
import type { GatewayEvent } from '../../../../src/protocol/gateway/events.ts';
import type { RestCall, RestResult } from '../../../../src/protocol/gateway/rest.ts';
import type { TokenResult } from '../../../../src/protocol/gateway/tokens.ts';
import { HistoryTokens } from '../../../../src/worker/genesys-cloud/history-token.ts';
import type { Scheduler } from '../../scheduler.ts';
import type { Edges, EdgesHub } from '../edges.ts';
import type { Machine } from '../machine.ts';
import type { ModelBroker } from '../tokens.ts';
import type { GuestHistory } from './history.ts';
import type { GuestPlatform } from './platform.ts';
import type { ModelVault } from './vault.ts';

/** How often the site is asked who the visitor is, in s: src/worker/genesys-cloud/session-credentials.ts. */
const askAgainAfter = 900;

/** The one that this site has. */
const deploymentId = 'model';

export interface GuestSurroundings {
  readonly scheduler: Scheduler;
  readonly machine: Machine;
  readonly platform: GuestPlatform;
  /** Says who the visitor is; its tokens are worth nothing here. */
  readonly site: ModelBroker;
  readonly history: GuestHistory;
  readonly adapter: GatewayAdapter;
  readonly vault: ModelVault;
}

/** As src/worker/genesys-cloud/session-credentials.ts and rest.ts, with the tokens of src/worker/genesys-cloud/history-token.ts. */
export class GuestEdges implements Edges {
  token: string | null = null;
  isOpen = false;
  readonly #around: GuestSurroundings;
  readonly #hub: EdgesHub;
  #lastToken: string | null = null;
  readonly #jwts: HistoryTokens;
  /** The last token for the history was refused. */
  #isRefused = false;

  constructor(around: GuestSurroundings, hub: EdgesHub) {
    this.#around = around;
    this.#hub = hub;
    const { machine } = around;
    this.#jwts = new HistoryTokens(() => hub.send({ type: 'rest-token' }), {
      now: () => machine.clock().now,
      after: (delay, work) => {
        let isOff = false;
        machine.after(delay, () => {
          if (isOff) return;
          around.scheduler.awaitPromises();
          work();
        });
        return () => {
          isOff = true;
        };
      },
    });
  }

  fetch(isFresh: boolean, isWanted: () => boolean, done: (result: TokenResult) => void): void {
    const { vault, site, platform } = this.#around;
    const kept = vault.read(deploymentId);
    site.fetch(({ result }) => {
      if (!result.ok) {
        done(result);
        return;
      }
      const { subject } = result;
      const isKept = kept?.subject === subject && !isFresh;
      const token = isKept ? kept.token : platform.mint(subject);
      const isSame = token === this.#lastToken;
      if (isWanted()) {
        vault.write(deploymentId, { subject, token, jwt: null, refreshToken: null });
        this.token = token;
        this.#lastToken = token;
      }
      done({ ok: true, expiresIn: askAgainAfter, subject, isSame });
    });
  }

  encodes(command: GatewayCommand): boolean {
    return this.#around.adapter.encode(command, this.token).length > 0;
  }

  forget(): void {
    this.token = null;
  }

  end(): void {
    this.token = null;
    this.#lastToken = null;
    this.#around.vault.forget(deploymentId);
  }

  rest(call: RestCall, done: (result: RestResult) => void): void {
    const { adapter, history, scheduler } = this.#around;
    const failed = () =>
      done({ ok: false, failure: { kind: 'network', message: 'network', retryAfter: null } });
    const ask = (jwt: string | null) => {
      if (jwt === null) {
        failed();
        return;
      }
      const { url } = adapter.request(call, jwt);
      const isAlive = () => this.#hub.isAlive;
      history.get(url, jwt, isAlive, (response) => {
        if (!isAlive()) return;
        if (response === null) {
          failed();
          return;
        }
        // The next call asks for another one.
        this.#isRefused = response.status === 401;
        done(adapter.response(call, response));
      });
    };
    const isRefused = this.#isRefused;
    this.#isRefused = false;
    scheduler.awaitPromises();
    this.#jwts
      .get(isRefused)
      .then(ask)
      .catch((error: unknown) => scheduler.fail(error));
  }

  hear(event: GatewayEvent): GatewayEvent | null {
    if (event.type === 'session') {
      this.isOpen = true;
      if (event.isConnected) this.#jwts.onSessionOpen();
    }
    if (event.type !== 'rest-token' && event.type !== 'problem') return event;
    this.#around.scheduler.awaitPromises();
    if (event.type === 'problem') return this.#jwts.onEvent(event);
    this.#jwts.onToken(event);
    return null;
  }

  lineEnded(): void {
    this.isOpen = false;
    this.#around.scheduler.awaitPromises();
    this.#jwts.forget();
  }
}
