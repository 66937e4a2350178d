import { Log } from '../../../../../src/worker/log.ts';
import { sealedRows } from '../../../../../src/worker/store/sealed-rows.ts';
import { Store } from '../../../../../src/worker/store.ts';

/** A store without a hub, in a page, with what it told of itself. */
class BareStore extends Store {
  readonly told: string[];

  /** @param sealing `null`: without a seal */
  constructor(sealing: boolean | null = null) {
    const told: string[] = [];
    const events = { lost: () => told.push('lost'), emptied: () => told.push('emptied') };
    super(new Log(), events, sealing === null ? null : sealedRows({ isSealing: sealing }));
    this.told = told;
  }
}

declare global {
  interface Window {
    store: BareStore;
    BareStore: typeof BareStore;
  }
}

window.BareStore = BareStore;
window.store = new BareStore();
