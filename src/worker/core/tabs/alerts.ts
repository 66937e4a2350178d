import { comparePositions, type Message } from '../../../protocol/message.ts';
import type { AlertMessage } from '../../../protocol/port.ts';
import type { StepContext } from '../context.ts';
import { epochOf } from './snapshot.ts';
import { setTabsSlice, type Tab } from './state.ts';

/** Sound, title and notification are for one tab: the one last used, and one that is seen before others. */

/** What was said longer ago than this is history, and rings nowhere, in ms. */
const alertMaximumAge = 60_000;

/** A flood rings now and then, not at each message, in ms. */
const alertInterval = 2_000;

/** Messages of the others have become unread in this tick. */
export function alertOneTab(context: StepContext, rows: readonly Message[]): void {
  const { tabs, alertedAt, alertedTab, alertedUntil } = context.state;
  const newest = rows.findLast(
    (row) =>
      row.status === 'received' &&
      context.gatewayTime() - row.timestamp < alertMaximumAge &&
      (alertedUntil === null || comparePositions(row.position, alertedUntil) > 0),
  );
  const tab = alertTarget(tabs);
  if (!newest || !tab) return;
  if (alertedAt !== null && context.clock.now - alertedAt < alertInterval) return;
  if (alertedTab !== null && alertedTab !== tab.tabId) postAlert(context, alertedTab, null);
  setTabsSlice(context, {
    alertedAt: context.clock.now,
    alertedTab: tab.tabId,
    alertedUntil: newest.position,
  });
  postAlert(context, tab.tabId, newest);
}

function postAlert(context: StepContext, tabId: string, message: Message | null): void {
  const alert: AlertMessage = { type: 'alert', epoch: epochOf(context.state), message };
  context.emit({ type: 'post', tabId, message: alert });
}

/** One without credit sleeps: it would ring when it wakes, long after. */
function alertTarget(tabs: readonly Tab[]): Tab | undefined {
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
export function clearAlert(context: StepContext): void {
  setTabsSlice(context, { alertedUntil: null });
}
