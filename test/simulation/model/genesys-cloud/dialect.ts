import { genesysCloud } from '../../../../src/protocol/genesys-cloud/index.ts';
import { sessionPolicy } from '../../../../src/worker/genesys-cloud/core/session-policy.ts';
import type { SimContext } from '../../sim-context.ts';
import type { Dialect } from '../dialect.ts';
import type { Machine } from '../machine.ts';
import { ModelBroker } from '../tokens.ts';
import { GenesysConnection } from './connection.ts';
import { ModelVault } from './credential-store.ts';
import { GuestEdges } from './edges.ts';
import { GuestHistory } from './history.ts';
import { GenesysPlatform } from './platform.ts';

/** Genesys Cloud's dialect, with its own adapter on the client's side: docs/genesys-cloud.md. */
export function genesysDialect(world: SimContext, machine: Machine): Dialect {
  const platform = new GenesysPlatform(world);
  const site = new ModelBroker(world, machine);
  const history = new GuestHistory(world, machine, platform);
  const adapter = genesysCloud({
    deploymentId: 'model',
    endpoint: 'http://platform',
    visitorUrl: '/visitor',
  });
  const vault = new ModelVault();
  const around = { scheduler: world.scheduler, machine, platform, site, history, adapter, vault };
  return {
    gateway: platform,
    broker: site,
    traits: adapter.traits,
    rules: sessionPolicy,
    edges: (hub) => new GuestEdges(around, hub),
    accept: (line, watch) => new GenesysConnection({ world, platform, adapter, ...watch }, line),
  };
}
