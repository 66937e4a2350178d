import type { GatewayTraits } from '../../../src/protocol/gateway/adapter.ts';
import { genesysWebchat } from '../../../src/protocol/webchat/index.ts';
import type { SessionPolicy } from '../../../src/worker/core/session-policy.ts';
import type { SimContext } from '../sim-context.ts';
import { type Edges, type EdgesHub, WebchatEdges } from './edges.ts';
import { ModelGateway } from './gateway.ts';
import { genesysDialect } from './genesys-cloud/dialect.ts';
import type { Machine } from './machine.ts';
import { ModelRest } from './rest.ts';
import { GatewaySession, type ServerEnd } from './session.ts';
import type { ModelSocket } from './socket.ts';
import { ModelBroker } from './tokens.ts';

/** The parts of a run that depend on the dialect. */
export interface Dialect {
  readonly gateway: ModelGateway;
  /** The site's broker, which names the visitor. */
  readonly broker: ModelBroker;
  readonly traits: GatewayTraits;
  readonly policy: SessionPolicy | null;
  readonly edges: (hub: EdgesHub) => Edges;
  readonly accept: (socket: ModelSocket, watch: Watch) => ServerEnd;
}

/** Callbacks for a connection's authentication and protocol violations. */
export interface Watch {
  readonly onAuthenticated: (end: ServerEnd) => void;
  readonly onMisconduct: (what: string) => void;
}

export function dialectOf(context: SimContext, machine: Machine): Dialect {
  return context.profile.dialect === 'webchat'
    ? webchatDialect(context, machine)
    : genesysDialect(context, machine);
}

function webchatDialect(context: SimContext, machine: Machine): Dialect {
  const gateway = new ModelGateway(context);
  const broker = new ModelBroker(context, machine);
  const rest = new ModelRest(context, machine, gateway, broker);
  return {
    gateway,
    broker,
    traits: genesysWebchat({ socketUrl: 'wss://gateway/webchat', apiUrl: 'https://api' }).traits,
    policy: null,
    edges: () => new WebchatEdges(broker, rest),
    accept: (socket, watch) => new GatewaySession({ context, gateway, broker, ...watch }, socket),
  };
}
