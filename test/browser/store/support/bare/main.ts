import { contentsSchema } from '../../../../../src/protocol/content-schema.ts';
import { CredentialStore } from '../../../../../src/worker/genesys-cloud/credential-store.ts';
import { Log } from '../../../../../src/worker/host/log.ts';
import { encryptRows } from '../../../../../src/worker/store/encrypted-rows.ts';
import { type Migration, migrations } from '../../../../../src/worker/store/migrations.ts';
import { findDuplicate } from '../../../../../src/worker/store/same-message.ts';
import { Store } from '../../../../../src/worker/store/store.ts';

/** A store without a hub, in a page, with the events that it has reported. */
class BareStore extends Store {
  readonly told: string[];

  /** @param isEncrypting `null`: without a cipher */
  constructor(isEncrypting: boolean | null = null, steps?: readonly Migration[]) {
    const reported: string[] = [];
    const events = { lost: () => reported.push('lost'), emptied: () => reported.push('emptied') };
    const cipher = isEncrypting === null ? null : encryptRows({ isEncrypting });
    super(
      new Log(),
      events,
      { contents: contentsSchema, findDuplicate },
      steps ? { cipher, steps } : { cipher },
    );
    this.told = reported;
  }
}

declare global {
  interface Window {
    store: BareStore;
    BareStore: typeof BareStore;
    /** The steps of today. */
    migrations: readonly Migration[];
    Vault: typeof CredentialStore;
  }
}

window.BareStore = BareStore;
window.migrations = migrations;
window.Vault = CredentialStore;
window.store = new BareStore();
