import type { Attach } from '../protocol/port.ts';
import type { Identity } from './identity.ts';

const conversationKey = 'partyline.conversation';
const visitorKey = 'partyline.visitor';

/** The origin's and the tab's own, in this order; none where the browser denies them. */
export type PageStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** What a page knows when everybody else has forgotten it. */
export interface SessionHint {
  readonly conversationId: string | null;
  /** The opaque id of whose conversation it is: for another visitor it is worth nothing. */
  readonly visitor: string | null;
}

/**
 * The conversation id, kept in the page's own storage as the guide asks (§3), for a hub whose store
 * was lost. A browser that denies storage has no mirror, which costs nothing else.
 */
export function readSessionHint(storages = pageStorages()): SessionHint {
  for (const storage of storages) {
    const conversationId = read(storage, conversationKey);
    const visitor = read(storage, visitorKey);
    if (conversationId && visitor) {
      return { conversationId: conversationId.slice(0, 128), visitor: visitor.slice(0, 512) };
    }
  }
  return { conversationId: null, visitor: null };
}

export type AttachKnowledge = Pick<Attach, 'conversationId' | 'visitor' | 'resetCount'>;

/** What a hub is told at the attach, for the case that its own store was lost. */
export function attachKnowledge(mirror: SessionHint, identity: Identity | null): AttachKnowledge {
  return {
    conversationId: mirror.conversationId,
    visitor: mirror.visitor ?? identity?.visitor ?? null,
    resetCount: identity?.resetCount ?? 0,
  };
}

export function writeSessionHint(
  { conversationId, visitor }: SessionHint,
  storages = pageStorages(),
): void {
  for (const storage of storages) {
    write(storage, conversationKey, conversationId);
    write(storage, visitorKey, visitor);
  }
}

const unsentKey = 'partyline.unsent';

/** What a page of this tab still had to tell the hub when it was left: see unsent.ts. */
export function readPendingHandoff([, session] = pageStorages()): string | null {
  return session ? read(session, unsentKey) : null;
}

/** In this tab alone: its next page is the same visitor's, or finds out that it is not. */
export function writePendingHandoff(unsent: string | null, [, session] = pageStorages()): void {
  if (session) write(session, unsentKey, unsent);
}

function read(storage: PageStorage, key: string): string | null {
  return attempt(() => storage.getItem(key));
}

function write(storage: PageStorage, key: string, value: string | null): void {
  attempt(() => {
    // What is there is worse than nothing when there is no room for what follows it.
    storage.removeItem(key);
    if (value !== null) storage.setItem(key, value);
  });
}

/** A storage that is full or broken keeps nothing, and costs nothing else. */
function attempt<T>(work: () => T): T | null {
  try {
    return work();
  } catch (error) {
    console.warn('[partyline] the page’s storage failed:', error);
    return null;
  }
}

function pageStorages(): readonly PageStorage[] {
  try {
    return [localStorage, sessionStorage];
  } catch (error) {
    // Denied by the browser's settings.
    if (error instanceof DOMException && error.name === 'SecurityError') return [];
    throw error;
  }
}
