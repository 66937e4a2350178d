import { nameOf } from '../../protocol/hub-name.ts';
import { type PageStorage, pageStorages, readItem, writeItem } from '../session/page-storage.ts';

const key = 'partyline.pending-handoff';

/** The calls, as JSON, that no hub had answered when the tab's previous page was left. */
export function readPendingHandoff(
  hubName: string,
  [, session]: readonly PageStorage[] = pageStorages(),
): string | null {
  return session ? readItem(session, nameOf(key, hubName)) : null;
}

/**
 * Kept in `sessionStorage`, so that no other tab sends the calls, too. The next page drops calls of
 * another visitor.
 */
export function writePendingHandoff(
  hubName: string,
  handoff: string | null,
  [, session]: readonly PageStorage[] = pageStorages(),
): void {
  if (session) writeItem(session, nameOf(key, hubName), handoff);
}
