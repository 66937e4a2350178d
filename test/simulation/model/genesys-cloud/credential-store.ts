import type { StoredSession } from '../../../../src/worker/genesys-cloud/credential-store.ts';

/** The browser's stored session credentials: src/worker/genesys-cloud/credential-store.ts. It outlives hubs. */
export class ModelCredentialStore {
  readonly #kept = new Map<string, StoredSession>();

  read(deploymentId: string): StoredSession | null {
    return this.#kept.get(deploymentId) ?? null;
  }

  write(deploymentId: string, session: StoredSession): void {
    this.#kept.set(deploymentId, session);
  }

  forget(deploymentId: string): void {
    this.#kept.delete(deploymentId);
  }
}
