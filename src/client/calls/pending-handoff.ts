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
 * Kept in `sessionStorage`: the next page of this tab is the same visitor's, or finds out that it is
 * not. Another tab must not send the calls, too.
 */
export function writePendingHandoff(
  hubName: string,
  handoff: string | null,
  [, session]: readonly PageStorage[] = pageStorages(),
): void {
  if (session) writeItem(session, nameOf(key, hubName), handoff);
}
