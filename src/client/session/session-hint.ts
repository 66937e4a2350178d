import { nameOf } from '../../protocol/hub-name.ts';
import type { Attach } from '../../protocol/port.ts';
import type { Identity } from './identity.ts';
import { type PageStorage, pageStorages, readItem, writeItem } from './page-storage.ts';

const conversationKey = 'partyline.conversation';
const visitorKey = 'partyline.visitor';

/** The conversation as the page itself remembers it, for a hub whose store was lost (guide §3). */
export interface SessionHint {
  readonly conversationId: string | null;
  /** Opaque id of the conversation's visitor. Another visitor must not get the conversation. */
  readonly visitor: string | null;
}

/** Both properties are `null` where nothing is stored, or the browser denies storage. */
export function readSessionHint(
  hubName: string,
  storages: readonly PageStorage[] = pageStorages(),
): SessionHint {
  for (const storage of storages) {
    const conversationId = readItem(storage, nameOf(conversationKey, hubName));
    const visitor = readItem(storage, nameOf(visitorKey, hubName));
    if (conversationId && visitor) {
      return { conversationId: conversationId.slice(0, 128), visitor: visitor.slice(0, 512) };
    }
  }
  return { conversationId: null, visitor: null };
}

export function writeSessionHint(
  hubName: string,
  { conversationId, visitor }: SessionHint,
  storages: readonly PageStorage[] = pageStorages(),
): void {
  for (const storage of storages) {
    writeItem(storage, nameOf(conversationKey, hubName), conversationId);
    writeItem(storage, nameOf(visitorKey, hubName), visitor);
  }
}

/** A page's part of its attach: what it remembers of the session. */
export type AttachHint = Pick<Attach, 'conversationId' | 'visitor' | 'resetCount'>;

/** What a page tells the hub when it attaches, in case the hub's own store was lost. */
export function attachHint(hint: SessionHint, identity: Identity | null): AttachHint {
  return {
    conversationId: hint.conversationId,
    visitor: hint.visitor ?? identity?.visitor ?? null,
    resetCount: identity?.resetCount ?? 0,
  };
}
