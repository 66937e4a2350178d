import { genesysCloud } from '../../../../src/protocol/genesys-cloud/index.ts';
import { sessionPolicy } from '../../../../src/worker/genesys-cloud/core/session-policy.ts';
import type { SimContext } from '../../sim-context.ts';
import type { Dialect } from '../dialect.ts';
import type { Machine } from '../machine.ts';
import { ModelBroker } from '../tokens.ts';
import { GenesysConnection } from './connection.ts';
import { ModelCredentialStore } from './credential-store.ts';
import { GenesysEdges } from './edges.ts';
import { GenesysHistory } from './history.ts';
import { GenesysPlatform } from './platform.ts';

/** Genesys Cloud's dialect, with its own adapter on the client's side: docs/genesys-cloud.md. */
export function genesysDialect(context: SimContext, machine: Machine): Dialect {
  const platform = new GenesysPlatform(context);
  const site = new ModelBroker(context, machine);
  const history = new GenesysHistory(context, machine, platform);
  const adapter = genesysCloud({
    deploymentId: 'model',
    endpoint: 'http://platform',
    visitorUrl: '/visitor',
  });
  const vault = new ModelCredentialStore();
  const environment = {
    scheduler: context.scheduler,
    machine,
    platform,
    site,
    history,
    adapter,
    vault,
  };
  return {
    gateway: platform,
    broker: site,
    traits: adapter.traits,
    policy: sessionPolicy,
    edges: (hub) => new GenesysEdges(environment, hub),
    accept: (socket, watch) =>
      new GenesysConnection({ context, platform, adapter, ...watch }, socket),
  };
}
