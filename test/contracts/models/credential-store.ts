import { ModelCredentialStore } from '../../simulation/model/genesys-cloud/credential-store.ts';
import type { CredentialStoreBench } from '../credential-store.ts';

/** What the simulation's browser keeps. */
export function modelCredentialStore(): CredentialStoreBench {
  const vault = new ModelCredentialStore();
  return {
    open: async () => ({
      read: async (deploymentId) => vault.read(deploymentId),
      write: async (deploymentId, session) => vault.write(deploymentId, session),
      forget: async (deploymentId) => vault.forget(deploymentId),
      kill: async () => {},
    }),
  };
}
