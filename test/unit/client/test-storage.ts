import type { PageStorage } from '../../../src/client/session/page-storage.ts';

/** `localStorage` or `sessionStorage`, in memory. */
export class TestStorage implements PageStorage {
  readonly items = new Map<string, string>();
  getItem = (key: string) => this.items.get(key) ?? null;
  setItem = (key: string, value: string) => void this.items.set(key, value);
  removeItem = (key: string) => void this.items.delete(key);
}

/** The origin's and the tab's. */
export const storages = () => [new TestStorage(), new TestStorage()] as const;
