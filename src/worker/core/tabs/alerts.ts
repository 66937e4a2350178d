import {
  comparePositions,
  type Message,
  type Position,
  withTie,
} from '../../../protocol/message.ts';
import type { AlertMessage } from '../../../protocol/port.ts';
import type { StepContext } from '../context.ts';
import { epochOf } from './snapshot.ts';
import { setTabsSlice, type Tab } from './state.ts';

/** Sound, title and notification go to one tab: the last used one, visible tabs first. */

/** Older messages do not alert, in ms. */
const alertMaximumAge = 60_000;

/** Minimum time between two alerts, in ms. */
const alertInterval = 2_000;

/** Alerts one tab about messages that became unread in this tick. */
export function alertOneTab(context: StepContext, rows: readonly Message[]): void {
  const { tabs, alertedAt, alertedTab, alertedUntil } = context.state;
  const newest = rows.findLast(
    (row) =>
      row.status === 'received' &&
      context.gatewayTime() - row.timestamp < alertMaximumAge &&
      (alertedUntil === null || isBehind(row.position, alertedUntil)),
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

/** Without their ties, which change when the history tells another order: no message alerts again. */
function isBehind(position: Position, other: Position): boolean {
  return comparePositions(withTie(position, 0), withTie(other, 0)) > 0;
}

function postAlert(context: StepContext, tabId: string, message: Message | null): void {
  const alert: AlertMessage = { type: 'alert', epoch: epochOf(context.state), message };
  context.emit({ type: 'post', tabId, message: alert });
}

/** A tab without credit is frozen, and would ring when it wakes up, long after. */
function alertTarget(tabs: readonly Tab[]): Tab | undefined {
  return tabs
    .filter((tab) => !tab.needsPull)
    .sort((a, b) => Number(b.isVisible) - Number(a.isVisible) || b.usedAt - a.usedAt)[0];
}

export function markUsed(context: StepContext, tabId: string): void {
  const usedAt = context.clock.now;
  setTabsSlice(context, {
    tabs: context.state.tabs.map((tab) => (tab.tabId === tabId ? { ...tab, usedAt } : tab)),
  });
}

/** The message of the last alert was deleted. */
export function clearAlert(context: StepContext): void {
  setTabsSlice(context, { alertedUntil: null });
}
