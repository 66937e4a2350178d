import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { GatewayCommand } from '../../../src/protocol/gateway/commands.ts';
import type { GatewayEvent } from '../../../src/protocol/gateway/events.ts';
import type { RestResult } from '../../../src/protocol/gateway/rest.ts';
import type { TokenResult } from '../../../src/protocol/gateway/tokens.ts';
import { genesysCloud } from '../../../src/protocol/genesys-cloud/index.ts';
import { BrokerTokens } from '../../../src/worker/edges/broker-token.ts';
import { Rest } from '../../../src/worker/edges/rest.ts';
import type { StoredSession } from '../../../src/worker/genesys-cloud/credential-store.ts';
import { HistoryTokens } from '../../../src/worker/genesys-cloud/history-token.ts';
import { SessionCredentials } from '../../../src/worker/genesys-cloud/session-credentials.ts';
import type { EdgeExpect } from '../../contracts/edge-case.ts';
import {
  type BrokerBench,
  brokerCases,
  type RestTokenBench,
  restTokenCases,
  type SessionTokenBench,
  sessionTokenCases,
  type TokenBench,
  tokenCases,
} from '../../contracts/token.ts';
import { WebchatEdges } from '../../simulation/model/edges.ts';
import { ModelGateway } from '../../simulation/model/gateway.ts';
import { genesysDialect } from '../../simulation/model/genesys-cloud/dialect.ts';
import { GenesysHistory } from '../../simulation/model/genesys-cloud/history.ts';
import { ModelRest } from '../../simulation/model/rest.ts';
import { ModelBroker } from '../../simulation/model/tokens.ts';
import type { Profile } from '../../simulation/profile.ts';
import { sessionEvent } from '../session-event.ts';
import { noJourney } from '../worker/session-environment.ts';
import { AnsweringServer } from './answering-server.ts';
import { calmContext } from './calm-context.ts';

const expectations: EdgeExpect = {
  equal: (actual, expected, what) => expect(actual, what).toEqual(expected),
};

let server: AnsweringServer;

beforeEach(async () => {
  server = await AnsweringServer.start('{"token":"secret-');
});

afterEach(async () => {
  await server.stop();
  vi.restoreAllMocks();
});

/** The real edge, against a broker that answers as the case wants. */
class RealBrokerBench implements BrokerBench, TokenBench {
  readonly deadlines = server.deadlines;
  readonly #tokens = new BrokerTokens(`${server.origin}/`);
  #asked = 0;
  #given = 0;

  get requests(): BrokerBench['requests'] {
    return server.requests.map(({ method, headers, body }) => {
      const refused = headers['partyline-token-refused'];
      return { method, refused: refused === undefined ? undefined : String(refused), body };
    });
  }

  answer(answer: Parameters<BrokerBench['answer']>[0]): Promise<void> {
    return server.answer(answer);
  }

  async says(answer: Parameters<TokenBench['says']>[0]): Promise<void> {
    if ('subject' in answer) {
      this.#given += 1;
      const token = `token ${this.#given}`;
      const body = JSON.stringify({ token, expiresIn: 60, subject: answer.subject });
      await this.answer({ status: 200, body });
      return;
    }
    const status = { 'signed-out': 401, 'rate-limited': 429, unavailable: 502, network: 0 };
    if (answer.refusal === 'network') await this.answer('cut');
    else if (answer.refusal !== 'forbidden') {
      const headers = { 'retry-after': '7' };
      await this.answer({ status: status[answer.refusal], headers });
    }
  }

  fetch(isWanted = () => true): Promise<TokenResult> {
    this.#asked += 1;
    return this.#tokens.fetch(false, isWanted);
  }

  current(): string | null {
    return this.#tokens.current();
  }

  forget(): void {
    this.#tokens.drop(true);
  }

  end(): void {
    void this.#tokens.endSession();
  }

  async waiting(): Promise<void> {
    await expect.poll(() => server.requests.length, { interval: 2 }).toBe(this.#asked);
  }

  timeOut(): void {
    server.timeOut();
  }
}

/** The simulation's. */
class ModelTokenBench implements TokenBench {
  #profile: Partial<Profile> = {};
  readonly #calm = calmContext();
  readonly #broker: ModelBroker;
  readonly #edges: WebchatEdges;

  constructor() {
    const { context, machine } = this.#calm;
    const profile = () => ({ ...context.profile, ...this.#profile });
    const stormy = {
      ...context,
      isStormy: true,
      get profile() {
        return profile();
      },
    };
    this.#profile = quiet;
    this.#broker = new ModelBroker(stormy, machine);
    const rest = new ModelRest(stormy, machine, new ModelGateway(stormy), this.#broker);
    this.#edges = new WebchatEdges(this.#broker, rest);
  }

  async says(answer: Parameters<TokenBench['says']>[0]): Promise<void> {
    const { machine } = this.#calm;
    machine.isOnline = true;
    this.#profile = quiet;
    if ('subject' in answer) {
      this.#broker.subject = answer.subject;
      return;
    }
    switch (answer.refusal) {
      case 'network':
        machine.isOnline = false;
        return;
      case 'rate-limited':
        this.#profile = { ...quiet, brokerBusy: 1 };
        return;
      case 'signed-out':
        this.#profile = { ...quiet, brokerSignedOut: 1 };
        return;
      default:
        this.#profile = { ...quiet, brokerFails: 1 };
        return;
    }
  }

  async fetch(isWanted = () => true): Promise<TokenResult> {
    const { scheduler } = this.#calm.context;
    for (;;) {
      const results: TokenResult[] = [];
      this.#edges.fetch(false, isWanted, (result) => results.push(result));
      await Promise.resolve();
      await scheduler.runUntil(scheduler.now + 30_000);
      const [result] = results;
      if (!result || results.length > 1) throw new Error(`${results.length} answers`);
      // A broker of the model's that fails does so in either of two ways.
      const isOther = this.#profile.brokerFails === 1 && !result.ok && result.kind === 'network';
      if (!isOther) return result;
    }
  }

  current(): string | null {
    return this.#edges.token;
  }

  forget(): void {
    this.#edges.discardToken();
  }

  end(): void {
    this.#edges.end();
  }
}

const quiet: Partial<Profile> = { brokerFails: 0, brokerBusy: 0, brokerSignedOut: 0 };

describe('a real broker’s token', () => {
  it.each(tokenCases)('$name', ({ run }) => run(new RealBrokerBench(), expectations));
  it.each(brokerCases)('$name', ({ run }) => run(new RealBrokerBench(), expectations));
});

describe('the simulation’s broker’s token', () => {
  it.each(tokenCases)('$name', ({ run }) => run(new ModelTokenBench(), expectations));
});

/** The real ones, with a vault in memory. */
class RealSessionTokenBench implements SessionTokenBench {
  #kept: StoredSession | null = null;
  #tokens = this.#hub();

  constructor() {
    this.signsIn('');
  }

  #hub(): SessionCredentials {
    const { sessions } = genesysCloud({
      deploymentId: 'd',
      endpoint: 'http://platform',
      visitorUrl: `${server.origin}/`,
    });
    return new SessionCredentials(
      sessions,
      () => {},
      {
        read: async () => this.#kept,
        write: async (session) => {
          this.#kept = session;
        },
        delete: async () => {
          this.#kept = null;
        },
      },
      noJourney,
    );
  }

  signsIn(subject: string): void {
    void server.answer({ status: 200, body: JSON.stringify({ subject }) });
  }

  fetch(isFresh = false, isWanted = () => true): Promise<TokenResult> {
    return this.#tokens.fetch(isFresh, isWanted);
  }

  current(): string | null {
    return this.#tokens.current();
  }

  forget(): void {
    this.#tokens.drop(true);
  }

  end(): void {
    void this.#tokens.endSession();
  }

  restart(): void {
    this.#tokens = this.#hub();
  }
}

/** Edges of the simulation's guests, one hub after the other. */
function guestEdges(send: (command: GatewayCommand) => boolean) {
  const { context, machine } = calmContext({ dialect: 'genesys-cloud' });
  const dialect = genesysDialect(context, machine);
  const hub = { isAlive: true, send };
  return { context, dialect, next: () => dialect.edges(hub) };
}

class ModelSessionTokenBench implements SessionTokenBench {
  readonly #guests = guestEdges(() => true);
  #edges = this.#guests.next();

  signsIn(subject: string): void {
    this.#guests.dialect.broker.subject = subject;
  }

  async fetch(isFresh = false, isWanted = () => true): Promise<TokenResult> {
    const { scheduler } = this.#guests.context;
    const results: TokenResult[] = [];
    this.#edges.fetch(isFresh, isWanted, (result) => results.push(result));
    await scheduler.runUntil(scheduler.now + 30_000);
    const [result] = results;
    if (!result || results.length > 1) throw new Error(`${results.length} answers`);
    return result;
  }

  current(): string | null {
    return this.#edges.token;
  }

  forget(): void {
    this.#edges.discardToken();
  }

  end(): void {
    this.#edges.end();
  }

  restart(): void {
    this.#edges = this.#guests.next();
  }
}

describe('a real session’s token', () => {
  it.each(sessionTokenCases)('$name', ({ run }) => run(new RealSessionTokenBench(), expectations));
});

describe('the simulation’s session’s token', () => {
  it.each(sessionTokenCases)('$name', ({ run }) => run(new ModelSessionTokenBench(), expectations));
});

const session = sessionEvent();

const look = { type: 'history-since', conversationId: 'c', since: 0, cursor: null } as const;
const nothing = JSON.stringify({ entities: [], total: 0 });

/** The real edges; the history's answers come from where the browser's would. */
class RealRestTokenBench implements RestTokenBench {
  asked = 0;
  hasLine = true;
  readonly seen: string[] = [];
  #status = 200;
  readonly #tokens = new HistoryTokens(() => {
    if (this.hasLine) this.asked += 1;
    return this.hasLine;
  });
  readonly #rest = new Rest(
    genesysCloud({ deploymentId: 'd', endpoint: 'http://platform' }),
    this.#tokens.get,
  );

  constructor() {
    vi.useFakeTimers();
    vi.spyOn(globalThis, 'fetch').mockImplementation(async (_, init) => {
      const authorization = new Headers(init?.headers).get('authorization') ?? '';
      this.seen.push(authorization.replace('Bearer ', ''));
      return new Response(nothing, { status: this.#status });
    });
  }

  opens(): void {
    this.#tokens.onSessionOpen();
  }

  lineEnds(): void {
    this.#tokens.onConnectionClosed();
  }

  gives(token: string): void {
    this.#tokens.onToken({ type: 'rest-token', token, expiresAt: null });
  }

  /** As src/worker/genesys-cloud/extension.ts. */
  tells(event: GatewayEvent): GatewayEvent | null {
    if (event.type !== 'rest-token') return this.#tokens.onEvent(event);
    this.#tokens.onToken(event);
    return null;
  }

  answers(status: number): void {
    this.#status = status;
  }

  look(): Promise<RestResult> {
    return this.#rest.call(look);
  }

  async pass(duration: number): Promise<void> {
    await vi.advanceTimersByTimeAsync(duration);
  }
}

class ModelRestTokenBench implements RestTokenBench {
  asked = 0;
  hasLine = true;
  readonly seen: string[] = [];
  #status = 200;
  readonly #guests = guestEdges(({ type }) => {
    if (type === 'rest-token' && this.hasLine) this.asked += 1;
    return this.hasLine;
  });
  readonly #edges = this.#guests.next();

  constructor() {
    vi.spyOn(GenesysHistory.prototype, 'get').mockImplementation((_url, jwt, _isAlive, done) => {
      this.seen.push(jwt);
      const response = { status: this.#status, retryAfter: null, body: nothing };
      this.#guests.context.scheduler.after(0, () => done(response));
    });
  }

  opens(): void {
    this.#edges.onEvent(session);
  }

  lineEnds(): void {
    this.#edges.socketEnded();
  }

  gives(token: string): void {
    this.#edges.onEvent({ type: 'rest-token', token, expiresAt: null });
  }

  tells(event: GatewayEvent): GatewayEvent | null {
    return this.#edges.onEvent(event);
  }

  answers(status: number): void {
    this.#status = status;
  }

  look(): Promise<RestResult> {
    const answer = new Promise<RestResult>((resolve) => this.#edges.rest(look, resolve));
    void this.pass(0);
    return answer;
  }

  async pass(duration: number): Promise<void> {
    const { scheduler } = this.#guests.context;
    await scheduler.runUntil(scheduler.now + duration);
  }
}

describe('a real token for the history', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it.each(restTokenCases)('$name', ({ run }) => run(new RealRestTokenBench(), expectations));
});

describe('the simulation’s token for the history', () => {
  it.each(restTokenCases)('$name', ({ run }) => run(new ModelRestTokenBench(), expectations));
});
