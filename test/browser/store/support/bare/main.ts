import { contentsSchema } from '../../../../../src/protocol/content-schema.ts';
import { CredentialStore } from '../../../../../src/worker/genesys-cloud/credential-store.ts';
import { Log } from '../../../../../src/worker/host/log.ts';
import { encryptRows } from '../../../../../src/worker/store/encrypted-rows.ts';
import { findDuplicate } from '../../../../../src/worker/store/same-message.ts';
import { Store } from '../../../../../src/worker/store/store.ts';

/** A store without a hub, in a page, with what it told of itself. */
class BareStore extends Store {
  readonly told: string[];

  /** @param sealing `null`: without a seal */
  constructor(sealing: boolean | null = null) {
    const told: string[] = [];
    const events = { lost: () => told.push('lost'), emptied: () => told.push('emptied') };
    const seal = sealing === null ? null : encryptRows({ isSealing: sealing });
    super(new Log(), events, { contents: contentsSchema, findDuplicate }, seal);
    this.told = told;
  }
}

declare global {
  interface Window {
    store: BareStore;
    BareStore: typeof BareStore;
    Vault: typeof CredentialStore;
  }
}

window.BareStore = BareStore;
window.Vault = CredentialStore;
window.store = new BareStore();
