import { createServer, type IncomingMessage, type Server } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { getRequestListener } from '@hono/node-server';
import { AgentSockets } from '../agents/agent-sockets.ts';
import { Agents } from '../agents/agents.ts';
import { Bot, type StructuredMessages } from '../agents/bot.ts';
import { Faults } from '../faults/faults.ts';
import { SessionFiles } from '../genesys-cloud/files.ts';
import { platformId } from '../genesys-cloud/frames.ts';
import { sessionRoutes } from '../genesys-cloud/rest.ts';
import { MessagingSessions } from '../genesys-cloud/sessions.ts';
import { SessionSockets } from '../genesys-cloud/sockets.ts';
import { openStore } from '../storage/open-store.ts';
import { restRoutes } from '../webchat/rest.ts';
import { VisitorSockets } from '../webchat/visitor-sockets.ts';
import { Conversations } from './conversations.ts';
import { oauthRoutes, randomSecret } from './oauth.ts';
import { type GatewayOptions, parseOptions } from './options.ts';
import { ProtocolChecker } from './protocol-checker.ts';
import { GatewayStats } from './stats.ts';
import { sharedKey, TokenAuthority } from './tokens.ts';
import { refuseUpgrade } from './upgrade.ts';

const host = '127.0.0.1';

/** A running gateway emulator. Everything listens on 127.0.0.1. */
export interface Gateway {
  readonly dialect: 'webchat' | 'genesys-cloud';
  /** For the `genesys-cloud` dialect, whose `endpoint` is the `apiUrl`. */
  readonly deploymentId: string;
  /** The visitors' socket, such as `ws://127.0.0.1:40123/webchat`. */
  readonly socketUrl: string;
  /** The origin of the REST API. */
  readonly apiUrl: string;
  /** The OAuth server's token endpoint. */
  readonly oauthUrl: string;
  /** The agents' socket; see `agent-protocol.ts`. It has no authentication. */
  readonly agentUrl: string;
  readonly port: number;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Agents for tests. */
  readonly agent: Agents;
  /** Fault injection. */
  readonly faults: Faults;
  /** Exact counters. */
  readonly stats: GatewayStats;
  /** Simulates an outage: breaks all connections and refuses new ones until `restart()`. */
  stop(): Promise<void>;
  /** Restarts on the same port with the same conversations, keys and stats. */
  restart(): Promise<void>;
  /** Stops the gateway and closes the storage. */
  close(): Promise<void>;
}

/**
 * Starts a gateway that implements all of docs/protocol.md, for tests and demos.
 *
 * @throws {TypeError} if an option is invalid; the message names it
 * @throws {Error} if the port is in use (`EADDRINUSE`) or the storage can't be opened
 */
export async function startGateway(options: GatewayOptions = {}): Promise<Gateway> {
  const settings = parseOptions(options);
  const clientId = settings.clientId ?? `app_${randomSecret()}`;
  const clientSecret = settings.clientSecret ?? randomSecret();
  const { clock, logger } = settings;
  const onError = (error: unknown) => logger.error('gateway: unexpected error', error);

  const store = await openStore(settings.storage, onError);
  const stats = new GatewayStats(clock);
  const checker = new ProtocolChecker(stats, clock, settings.minimumClientPing);
  const tokens = await TokenAuthority.create(await store.signingKey(sharedKey), clientId, clock);
  const skillGroups = new Set(settings.skillGroups.map(({ name }) => name));
  const conversations = new Conversations({ store, clock, skillGroups, onError });
  const hasSessions = settings.dialect === 'genesys-cloud';
  const files = new SessionFiles(settings, () => `http://${host}:${port}`);
  const sessions = new MessagingSessions({ settings, conversations, files });
  const agents = new Agents(conversations, store, hasSessions ? { files, sessions } : null);
  const faults: Faults = new Faults({
    seed: settings.seed,
    sockets: () => visitors,
    expireTokens: () => {
      tokens.expireAll();
      sessions.expireAll();
    },
  });
  const shared = { settings, store, conversations, tokens, stats, checker, faults };
  const joined = (conversationId: string) => bot?.welcome(conversationId);
  const visitors = hasSessions
    ? new SessionSockets({ ...shared, sessions, files, joined })
    : new VisitorSockets(shared);
  const agentSockets = new AgentSockets({ settings, conversations, agents, store });
  const structured: StructuredMessages | null = hasSessions
    ? {
        keep: (messageId, content) => sessions.keep(messageId, { content }),
        textOf: (message) => sessions.textOf(message),
        newId: platformId,
      }
    : null;
  const bot =
    settings.bot === false
      ? null
      : new Bot({ settings: settings.bot, conversations, structured, onError });

  const routes = hasSessions ? sessionRoutes({ ...shared, sessions, files }) : restRoutes(shared);
  const rest = getRequestListener(routes.fetch);
  const socketPath = hasSessions ? '/v1' : '/webchat';
  const oauth = getRequestListener(
    oauthRoutes({ settings, clientId, clientSecret, tokens, stats, faults }).fetch,
  );
  const server = createServer((request, response) => {
    const listener = request.url?.startsWith('/oauth/') ? oauth : rest;
    listener(request, response).catch(onError);
  });
  server.on('upgrade', (request: IncomingMessage, raw: Duplex, head: Buffer) => {
    if (!(raw instanceof Socket)) throw new TypeError('Upgrade request without a TCP connection.');
    const path = (request.url ?? '').split('?')[0];
    if (path === socketPath) visitors.upgrade(request, raw, head);
    else if (path === '/agents') agentSockets.upgrade(request, raw, head);
    else refuseUpgrade(raw, 404);
  });
  const connections = new Set<Socket>();
  server.on('connection', (raw) => {
    connections.add(raw);
    raw.on('close', () => connections.delete(raw));
  });
  const port: number = await listen(server, settings.port);

  const stop = async () => {
    if (!server.listening) return;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const raw of connections) raw.destroy();
    await closed;
  };

  return {
    dialect: settings.dialect,
    deploymentId: settings.deploymentId,
    socketUrl: `ws://${host}:${port}${socketPath}`,
    apiUrl: `http://${host}:${port}`,
    oauthUrl: `http://${host}:${port}/oauth/token`,
    agentUrl: `ws://${host}:${port}/agents`,
    port,
    clientId,
    clientSecret,
    agent: agents,
    faults,
    stats,
    stop,
    restart: async () => {
      await stop();
      await listen(server, port);
    },
    close: async () => {
      bot?.close();
      faults.dispose();
      visitors.close();
      agentSockets.close();
      await stop();
      conversations.close();
      await store.close();
    },
  };
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      const address = server.address();
      if (typeof address === 'object' && address) resolve(address.port);
      else reject(new Error('gateway: the server has no port'));
    });
  });
}
