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

/** What of a run is the gateway's, and differs from dialect to dialect. */
export interface Dialect {
  readonly gateway: ModelGateway;
  /** The site, which knows who its visitor is. */
  readonly broker: ModelBroker;
  readonly traits: GatewayTraits;
  readonly rules: SessionPolicy | null;
  readonly edges: (hub: EdgesHub) => Edges;
  readonly accept: (line: ModelSocket, watch: Watch) => ServerEnd;
}

/** Who wants to hear of a connection's conduct. */
export interface Watch {
  readonly onAuthenticated: (end: ServerEnd) => void;
  readonly onMisconduct: (what: string) => void;
}

export function dialectOf(world: SimContext, machine: Machine): Dialect {
  return world.profile.dialect === 'webchat'
    ? webchatDialect(world, machine)
    : genesysDialect(world, machine);
}

function webchatDialect(world: SimContext, machine: Machine): Dialect {
  const gateway = new ModelGateway(world);
  const broker = new ModelBroker(world, machine);
  const rest = new ModelRest(world, machine, gateway, broker);
  return {
    gateway,
    broker,
    traits: genesysWebchat({ socketUrl: 'ws://gateway/webchat', apiUrl: 'http://api' }).traits,
    rules: null,
    edges: () => new WebchatEdges(broker, rest),
    accept: (line, watch) => new GatewaySession({ world, gateway, broker, ...watch }, line),
  };
}
