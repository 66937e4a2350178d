const key = 'partyline.conversation';

/**
 * The conversation id, kept in the page's own storage as the article asks (§3), for a hub whose store
 * was lost. A browser that denies storage has no mirror, which costs nothing else.
 */
export function readMirror(): string | null {
  for (const storage of storages()) {
    const id = storage.getItem(key);
    if (id) return id.slice(0, 128);
  }
  return null;
}

export function writeMirror(conversationId: string | null): void {
  for (const storage of storages()) {
    if (conversationId === null) storage.removeItem(key);
    else storage.setItem(key, conversationId);
  }
}

function storages(): Storage[] {
  try {
    return [localStorage, sessionStorage];
  } catch (error) {
    // Denied by the browser's settings.
    if (error instanceof DOMException && error.name === 'SecurityError') return [];
    throw error;
  }
}
