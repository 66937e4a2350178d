import { Log } from '../../../../../src/worker/log.ts';
import { Store } from '../../../../../src/worker/store.ts';

/** A store without a hub, in a page, with what it told of itself. */
class BareStore extends Store {
  readonly told: string[];

  constructor() {
    const told: string[] = [];
    super(new Log(), { lost: () => told.push('lost'), emptied: () => told.push('emptied') });
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
