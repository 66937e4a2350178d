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
import type { ModelCredentialStore } from './credential-store.ts';
import type { GenesysHistory } from './history.ts';
import type { GenesysPlatform } from './platform.ts';

/** How often the site is asked who the visitor is, in s: src/worker/genesys-cloud/session-credentials.ts. */
const askAgainAfter = 900;

/** The site's only deployment. */
const deploymentId = 'model';

export interface GenesysEnvironment {
  readonly scheduler: Scheduler;
  readonly machine: Machine;
  readonly platform: GenesysPlatform;
  /** Names the visitor; its tokens are not used here. */
  readonly site: ModelBroker;
  readonly history: GenesysHistory;
  readonly adapter: GatewayAdapter;
  readonly vault: ModelCredentialStore;
}

/** As src/worker/genesys-cloud/session-credentials.ts and rest.ts, with the tokens of src/worker/genesys-cloud/history-token.ts. */
export class GenesysEdges implements Edges {
  token: string | null = null;
  isOpen = false;
  readonly #environment: GenesysEnvironment;
  readonly #hub: EdgesHub;
  #lastToken: string | null = null;
  readonly #jwts: HistoryTokens;
  /** The last history token was refused. */
  #isRefused = false;

  constructor(environment: GenesysEnvironment, hub: EdgesHub) {
    this.#environment = environment;
    this.#hub = hub;
    const { machine } = environment;
    this.#jwts = new HistoryTokens(() => hub.send({ type: 'rest-token' }), {
      now: () => machine.clock().now,
      after: (delay, work) => {
        let isOff = false;
        machine.after(delay, () => {
          if (isOff) return;
          environment.scheduler.awaitPromises();
          work();
        });
        return () => {
          isOff = true;
        };
      },
    });
  }

  fetch(isFresh: boolean, isWanted: () => boolean, done: (result: TokenResult) => void): void {
    const { vault, site, platform } = this.#environment;
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
    return this.#environment.adapter.encode(command, this.token).length > 0;
  }

  discardToken(): void {
    this.token = null;
  }

  end(): void {
    this.token = null;
    this.#lastToken = null;
    this.#environment.vault.forget(deploymentId);
  }

  rest(call: RestCall, done: (result: RestResult) => void): void {
    const { adapter, history, scheduler } = this.#environment;
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
        // The next call requests another one.
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

  onEvent(event: GatewayEvent): GatewayEvent | null {
    if (event.type === 'session') {
      this.isOpen = true;
      if (event.isConnected) this.#jwts.onSessionOpen();
    }
    if (event.type !== 'rest-token' && event.type !== 'problem') return event;
    this.#environment.scheduler.awaitPromises();
    if (event.type === 'problem') return this.#jwts.onEvent(event);
    this.#jwts.onToken(event);
    return null;
  }

  socketEnded(): void {
    this.isOpen = false;
    this.#environment.scheduler.awaitPromises();
    this.#jwts.onConnectionClosed();
  }
}
