import { comparePositions, type Message } from '../../../protocol/message.ts';
import type { AlertMessage } from '../../../protocol/port.ts';
import type { Run } from '../context.ts';
import type { Tab } from '../state.ts';
import { epochOf } from './snapshot.ts';

/** Sound, title and notification are for one tab: the one last used, and one that is seen before others. */

/** What was said longer ago than this is history, and rings nowhere, in ms. */
const news = 60_000;

/** A flood rings now and then, not at each message, in ms. */
const quiet = 2_000;

/** Messages of the others have become unread in this tick. */
export function alertOne(run: Run, rows: readonly Message[]): void {
  const { tabs, alertedAt, alertedTab, alertedUntil } = run.state;
  const newest = rows.findLast(
    (row) =>
      row.status === 'received' &&
      run.gatewayTime() - row.timestamp < news &&
      (alertedUntil === null || comparePositions(row.position, alertedUntil) > 0),
  );
  const tab = chosen(tabs);
  if (!newest || !tab) return;
  if (alertedAt !== null && run.clock.now - alertedAt < quiet) return;
  if (alertedTab !== null && alertedTab !== tab.tabId) tell(run, alertedTab, null);
  run.set({ alertedAt: run.clock.now, alertedTab: tab.tabId, alertedUntil: newest.position });
  tell(run, tab.tabId, newest);
}

function tell(run: Run, tabId: string, message: Message | null): void {
  const alert: AlertMessage = { type: 'alert', epoch: epochOf(run.state), message };
  run.emit({ type: 'post', tabId, message: alert });
}

/** One without credit sleeps: it would ring when it wakes, long after. */
function chosen(tabs: readonly Tab[]): Tab | undefined {
  return tabs
    .filter((tab) => !tab.behind)
    .sort((a, b) => Number(b.visible) - Number(a.visible) || b.usedAt - a.usedAt)[0];
}

/** The visitor has done something in this tab. */
export function used(run: Run, tabId: string): void {
  const usedAt = run.clock.now;
  run.set({
    tabs: run.state.tabs.map((tab) => (tab.tabId === tabId ? { ...tab, usedAt } : tab)),
  });
}
