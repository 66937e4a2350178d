export type PageStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** `localStorage` and `sessionStorage`, in this order; empty where the browser denies them. */
export function pageStorages(): readonly PageStorage[] {
  try {
    return [localStorage, sessionStorage];
  } catch (error) {
    // Denied by the browser's settings.
    if (error instanceof DOMException && error.name === 'SecurityError') return [];
    throw error;
  }
}

export function readItem(storage: PageStorage, key: string): string | null {
  return attempt(() => storage.getItem(key));
}

export function writeItem(storage: PageStorage, key: string, value: string | null): void {
  attempt(() => {
    if (value === null) {
      storage.removeItem(key);
      return;
    }
    try {
      storage.setItem(key, value);
    } catch (error) {
      // There is no room for the new value, and the old one is out of date.
      storage.removeItem(key);
      throw error;
    }
  });
}

/** A full or broken storage keeps nothing; the chat works without it. */
function attempt<T>(work: () => T): T | null {
  try {
    return work();
  } catch (error) {
    console.warn('[partyline] Page storage failed:', error);
    return null;
  }
}
