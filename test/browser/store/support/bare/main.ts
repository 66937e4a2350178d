import { contentsSchema } from '../../../../../src/protocol/content-schema.ts';
import { Log } from '../../../../../src/worker/log.ts';
import { findAlike } from '../../../../../src/worker/store/alike.ts';
import { sealedRows } from '../../../../../src/worker/store/sealed-rows.ts';
import { Store } from '../../../../../src/worker/store.ts';
import { Vault } from '../../../../../src/worker/vault.ts';

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
