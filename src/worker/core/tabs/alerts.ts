import { comparePositions, type Message } from '../../../protocol/message.ts';
import type { AlertMessage } from '../../../protocol/port.ts';
import type { StepContext } from '../context.ts';
import { epochOf } from './snapshot.ts';
import { setTabsSlice, type Tab } from './state.ts';

/** Sound, title and notification are for one tab: the one last used, and one that is seen before others. */

/** What was said longer ago than this is history, and rings nowhere, in ms. */
const news = 60_000;

/** A flood rings now and then, not at each message, in ms. */
const quiet = 2_000;

/** Messages of the others have become unread in this tick. */
export function alertOne(context: StepContext, rows: readonly Message[]): void {
  const { tabs, alertedAt, alertedTab, alertedUntil } = context.state;
  const newest = rows.findLast(
    (row) =>
      row.status === 'received' &&
      context.gatewayTime() - row.timestamp < news &&
      (alertedUntil === null || comparePositions(row.position, alertedUntil) > 0),
  );
  const tab = chosen(tabs);
  if (!newest || !tab) return;
  if (alertedAt !== null && context.clock.now - alertedAt < quiet) return;
  if (alertedTab !== null && alertedTab !== tab.tabId) tell(context, alertedTab, null);
  setTabsSlice(context, {
    alertedAt: context.clock.now,
    alertedTab: tab.tabId,
    alertedUntil: newest.position,
  });
  tell(context, tab.tabId, newest);
}

function tell(context: StepContext, tabId: string, message: Message | null): void {
  const alert: AlertMessage = { type: 'alert', epoch: epochOf(context.state), message };
  context.emit({ type: 'post', tabId, message: alert });
}

/** One without credit sleeps: it would ring when it wakes, long after. */
function chosen(tabs: readonly Tab[]): Tab | undefined {
  return tabs
    .filter((tab) => !tab.needsPull)
    .sort((a, b) => Number(b.isVisible) - Number(a.isVisible) || b.usedAt - a.usedAt)[0];
}

/** The visitor has done something in this tab. */
export function markUsed(context: StepContext, tabId: string): void {
  const usedAt = context.clock.now;
  setTabsSlice(context, {
    tabs: context.state.tabs.map((tab) => (tab.tabId === tabId ? { ...tab, usedAt } : tab)),
  });
}

/** The message that rang is deleted. */
export function forgetAlert(context: StepContext): void {
  setTabsSlice(context, { alertedUntil: null });
}
