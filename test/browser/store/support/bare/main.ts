import { contentsSchema } from '../../../../../src/protocol/content-schema.ts';
import { Vault } from '../../../../../src/worker/genesys-cloud/credential-store.ts';
import { Log } from '../../../../../src/worker/host/log.ts';
import { sealedRows } from '../../../../../src/worker/store/encrypted-rows.ts';
import { findAlike } from '../../../../../src/worker/store/same-message.ts';
import { Store } from '../../../../../src/worker/store/store.ts';

/** A store without a hub, in a page, with what it told of itself. */
class BareStore extends Store {
  readonly told: string[];

  /** @param sealing `null`: without a seal */
  constructor(sealing: boolean | null = null) {
    const told: string[] = [];
    const events = { lost: () => told.push('lost'), emptied: () => told.push('emptied') };
    const seal = sealing === null ? null : sealedRows({ isSealing: sealing });
    super(new Log(), events, { contents: contentsSchema, findAlike }, seal);
    this.told = told;
  }
}

declare global {
  interface Window {
    store: BareStore;
    BareStore: typeof BareStore;
    Vault: typeof Vault;
  }
}

window.BareStore = BareStore;
window.Vault = Vault;
window.store = new BareStore();
