import type {
  GatewayAdapter,
  GatewayEvent,
  RestCall,
  RestResult,
  TokenResult,
} from '../../../../src/protocol/gateway.ts';
import type { Edges, EdgesHub } from '../edges.ts';
import type { Machine } from '../machine.ts';
import type { ModelBroker } from '../tokens.ts';
import type { GuestHistory } from './history.ts';
import type { GuestPlatform } from './platform.ts';
import type { ModelVault } from './vault.ts';

/** How often the site is asked who the visitor is, in s: src/worker/session-tokens.ts. */
const askAgainAfter = 900;

/** From asking for a token on the line to its coming, and of its life, in ms: src/worker/rest-token.ts. */
const jwtDeadline = 10_000;
const jwtLife = 50_000;

/** The one that this site has. */
const deploymentId = 'model';

export interface GuestSurroundings {
  readonly machine: Machine;
  readonly platform: GuestPlatform;
  /** Says who the visitor is; its tokens are worth nothing here. */
  readonly site: ModelBroker;
  readonly history: GuestHistory;
  readonly adapter: GatewayAdapter;
  readonly vault: ModelVault;
}

/** As src/worker/session-tokens.ts, rest-token.ts and rest.ts. */
export class GuestEdges implements Edges {
  token: string | null = null;
  isOpen = false;
  readonly #around: GuestSurroundings;
  readonly #hub: EdgesHub;
  #lastToken: string | null = null;
  #jwt: { readonly text: string; readonly goodUntil: number } | null = null;
  #waiting: ((jwt: string | null) => void)[] = [];
  #asked = 0;
  #askedAt = 0;

  constructor(around: GuestSurroundings, hub: EdgesHub) {
    this.#around = around;
    this.#hub = hub;
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

  forget(): void {
    this.token = null;
  }

  end(): void {
    this.token = null;
    this.#lastToken = null;
    this.#around.vault.forget(deploymentId);
  }

  rest(call: RestCall, done: (result: RestResult) => void, isRepeat = false): void {
    const { adapter, history } = this.#around;
    const failed = () =>
      done({ ok: false, failure: { kind: 'network', message: 'network', retryAfter: null } });
    this.#withJwt(isRepeat, (jwt) => {
      if (jwt === null) {
        failed();
        return;
      }
      const { url } = adapter.request(call, jwt);
      history.get(url, jwt, (response) => {
        if (!this.#hub.isAlive) return;
        if (response === null) failed();
        else if (response.status === 401 && !isRepeat) this.rest(call, done, true);
        else done(adapter.response(call, response));
      });
    });
  }

  #withJwt(isRefused: boolean, use: (jwt: string | null) => void): void {
    const { machine } = this.#around;
    if (isRefused) this.#jwt = null;
    const { now } = machine.clock();
    if (this.#jwt && now < this.#jwt.goodUntil) {
      use(this.#jwt.text);
      return;
    }
    this.#waiting.push(use);
    if (this.#waiting.length > 1) return;
    if (!this.isOpen || !this.#hub.send({ type: 'rest-token' })) {
      this.#settle(null, 0);
      return;
    }
    this.#asked += 1;
    const asked = this.#asked;
    this.#askedAt = now;
    machine.after(jwtDeadline, () => {
      if (this.#asked === asked) this.#settle(null, 0);
    });
  }

  #settle(jwt: string | null, at: number): void {
    this.#asked += 1;
    this.#jwt = jwt === null ? null : { text: jwt, goodUntil: at + jwtLife };
    for (const use of this.#waiting.splice(0)) use(jwt);
  }

  hear(event: GatewayEvent): GatewayEvent | null {
    if (event.type === 'session') this.isOpen = true;
    if (event.type !== 'rest-token') return event;
    if (this.#waiting.length > 0) this.#settle(event.token, this.#askedAt);
    return null;
  }

  lineEnded(): void {
    this.isOpen = false;
    this.#settle(null, 0);
  }
}
