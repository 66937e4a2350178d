import type { KeptSession } from '../../../../src/worker/genesys-cloud/credential-store.ts';

/** What the browser keeps of sessions: src/worker/genesys-cloud/credential-store.ts. It outlives hubs. */
export class ModelVault {
  readonly #kept = new Map<string, KeptSession>();

  read(deploymentId: string): KeptSession | null {
    return this.#kept.get(deploymentId) ?? null;
  }

  write(deploymentId: string, session: KeptSession): void {
    this.#kept.set(deploymentId, session);
  }

  forget(deploymentId: string): void {
    this.#kept.delete(deploymentId);
  }
}
