import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { GatewayAdapter } from '../../../src/protocol/gateway/adapter.ts';
import type { RestCall, RestResult } from '../../../src/protocol/gateway/rest.ts';
import { genesysCloud } from '../../../src/protocol/genesys-cloud/index.ts';
import { genesysWebchat } from '../../../src/protocol/webchat/index.ts';
import { type Gateway, startGateway } from '../../../src/testing/index.ts';
import { Rest } from '../../../src/worker/edges/rest.ts';
import type { EdgeExpect } from '../../contracts/edge-case.ts';
import {
  addressCases,
  type HistoryBench,
  historyCases,
  type RestBench,
  type RestRequestSeen,
  restCases,
} from '../../contracts/rest.ts';
import { agent, ModelGateway } from '../../simulation/model/gateway.ts';
import { ModelRest } from '../../simulation/model/rest.ts';
import { ModelBroker } from '../../simulation/model/tokens.ts';
import { Line, tokenFor } from '../testing/support.ts';
import { AnsweringServer } from './answering-server.ts';
import { calmContext } from './calm-context.ts';

const expectations: EdgeExpect = {
  equal: (actual, expected, what) => expect(actual, what).toEqual(expected),
};

type Who = Parameters<HistoryBench['as']>[0];

/** The real edge, against the emulator. */
class RealHistoryBench implements HistoryBench {
  readonly #gateway: Gateway;
  readonly #visitor: string;
  readonly #tokens: ReadonlyMap<Who, string | null>;
  readonly #rest: Rest;
  #who: Who = 'visitor';
  #at = Date.now();

  constructor(gateway: Gateway, visitor: string, tokens: ReadonlyMap<Who, string | null>) {
    this.#gateway = gateway;
    this.#visitor = visitor;
    this.#tokens = tokens;
    const { socketUrl, apiUrl } = gateway;
    const adapter = genesysWebchat({ socketUrl, apiUrl });
    this.#rest = new Rest(adapter, () => this.#tokens.get(this.#who) ?? null);
  }

  static async start(gateway: Gateway): Promise<RealHistoryBench> {
    const visitor = `ann-${randomUUID()}`;
    const tokens = new Map<Who, string | null>([
      ['visitor', await tokenFor(gateway, visitor)],
      ['stranger', await tokenFor(gateway, `bob-${randomUUID()}`)],
      ['nobody', 'no token of theirs'],
      ['tokenless', null],
    ]);
    return new RealHistoryBench(gateway, visitor, tokens);
  }

  as(who: Who): void {
    this.#who = who;
  }

  async begin(): Promise<string> {
    const { conversationId } = await Line.inConversation(this.#gateway, this.#visitor);
    return conversationId;
  }

  async say(conversationId: string, texts: readonly string[]): Promise<void> {
    this.#at += 1;
    await this.#gateway.agent.sayAll(conversationId, [...texts], { at: this.#at });
  }

  async end(conversationId: string): Promise<void> {
    await this.#gateway.agent.end(conversationId);
  }

  call(call: RestCall): Promise<RestResult> {
    return this.#rest.call(call);
  }
}

/** The simulation's. */
class ModelHistoryBench implements HistoryBench {
  readonly #calm = calmContext({ dialect: 'webchat', sequences: true, unsequenced: 0 });
  readonly #gateway = new ModelGateway(this.#calm.context);
  readonly #broker = new ModelBroker(this.#calm.context, this.#calm.machine);
  readonly #rest = new ModelRest(
    this.#calm.context,
    this.#calm.machine,
    this.#gateway,
    this.#broker,
  );
  readonly #tokens = new Map<Who, string | null>([
    ['nobody', 'no token of theirs'],
    ['tokenless', null],
  ]);
  #who: Who = 'visitor';
  #said = 0;

  as(who: Who): void {
    this.#who = who;
  }

  async begin(): Promise<string> {
    for (const who of ['visitor', 'stranger'] as const) {
      this.#broker.subject = who;
      this.#broker.fetch(({ token }) => this.#tokens.set(who, token));
      await this.#passes(10_000);
    }
    return this.#gateway.begin('visitor').conversationId;
  }

  async say(conversationId: string, texts: readonly string[]): Promise<void> {
    await this.#passes(1);
    const conversation = this.#gateway.byId(conversationId);
    for (const text of texts) {
      this.#said += 1;
      if (conversation) this.#gateway.post(conversation, `a${this.#said}`, text, agent);
    }
  }

  async end(conversationId: string): Promise<void> {
    const conversation = this.#gateway.byId(conversationId);
    if (conversation) this.#gateway.end(conversation);
  }

  async call(call: RestCall): Promise<RestResult> {
    if (!this.#tokens.has('visitor')) await this.begin();
    const results: RestResult[] = [];
    const token = this.#tokens.get(this.#who) ?? null;
    this.#rest.call(call, token, (result) => results.push(result));
    await this.#passes(10_000);
    const [result] = results;
    if (!result || results.length > 1) throw new Error(`${results.length} answers`);
    return result;
  }

  async #passes(duration: number): Promise<void> {
    const { scheduler } = this.#calm.context;
    await scheduler.runUntil(scheduler.now + duration);
  }
}

describe('a real history', () => {
  let gateway: Gateway;

  beforeAll(async () => {
    gateway = await startGateway();
  }, 60_000);

  afterAll(() => gateway.close());

  it.each(historyCases)('$name', async ({ run }) => {
    await run(await RealHistoryBench.start(gateway), expectations);
  });
});

describe('the simulation’s history', () => {
  it.each(historyCases)('$name', ({ run }) => run(new ModelHistoryBench(), expectations));
});

/** The real edge, against a server that answers as the case wants. */
class RealRestBench implements RestBench {
  readonly dialect: RestBench['dialect'];
  readonly refusals: boolean[] = [];
  readonly deadlines: readonly number[];
  readonly #server: AnsweringServer;
  readonly #rest: Rest;
  #token: string | null = 'token';

  constructor(server: AnsweringServer, dialect: RestBench['dialect']) {
    this.#server = server;
    this.dialect = dialect;
    this.deadlines = server.deadlines;
    this.#rest = new Rest(adapterOf(dialect, server.origin), (isRefused) => {
      this.refusals.push(isRefused);
      return this.#token;
    });
  }

  get requests(): readonly RestRequestSeen[] {
    return this.#server.requests.map(({ headers, ...request }) => {
      const single = Object.entries(headers).map(([name, value]) => [name, String(value)]);
      return { ...request, headers: Object.fromEntries(single) };
    });
  }

  answer(answer: Parameters<RestBench['answer']>[0]): Promise<void> {
    return this.#server.answer(answer);
  }

  setToken(token: string | null): void {
    this.#token = token;
  }

  call(call: RestCall): Promise<RestResult> {
    return this.#rest.call(call);
  }

  async waiting(): Promise<void> {
    const { length } = this.refusals;
    await expect.poll(() => this.#server.requests.length, { interval: 2 }).toBe(length);
  }

  abortAll(): void {
    this.#rest.abortAll();
  }

  timeOut(): void {
    this.#server.timeOut();
  }
}

function adapterOf(dialect: RestBench['dialect'], origin: string): GatewayAdapter {
  return dialect === 'webchat'
    ? genesysWebchat({ socketUrl: 'ws://127.0.0.1/', apiUrl: origin })
    : genesysCloud({ deploymentId: 'd', endpoint: origin });
}

describe.each(['webchat', 'genesys-cloud'] as const)('an answer to a call of %s', (dialect) => {
  let server: AnsweringServer;

  beforeEach(async () => {
    server = await AnsweringServer.start('{"entities":[');
  });

  afterEach(async () => {
    await server.stop();
    vi.restoreAllMocks();
  });

  const cases = dialect === 'webchat' ? [...restCases, ...addressCases] : restCases;
  it.each(cases)('$name', ({ run }) => run(new RealRestBench(server, dialect), expectations));
});
