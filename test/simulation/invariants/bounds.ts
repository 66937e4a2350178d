import { patchCredit } from '../../../src/protocol/port.ts';
import type { Step } from '../model/hub.ts';
import type { ModelTab } from '../model/tab.ts';
import { check } from '../violation.ts';

/** Everything that grows has a limit. */
export function stepWithinBounds({ after }: Step, pendingCalls: number): void {
  const { window, conversation, settings, requests, startCalls, storeCalls, outbox } = after;
  const { limits } = settings;
  const within = (value: number, limit: number, what: string) =>
    check(value <= limit, 'bounded', () => `${value} ${what}, at most ${limit}`);
  within(window.length, limits.window, 'rows in the window');
  within(
    conversation?.reorderBuffer.length ?? 0,
    limits.reorderBuffer,
    'frames in the reorder buffer',
  );
  within(outbox.length, limits.outbox, 'messages in the outbox');
  within(requests.length, 6, 'requests');
  within(after.closingSockets.length, 3, 'lingering sockets');
  within(startCalls.length + storeCalls.length, pendingCalls, 'calls waiting in the state');
  within(after.changes.operations.length, 10_000, 'operations unwritten');
}

export function tabWithinBounds(tab: ModelTab): void {
  const { unseenPosts: length } = tab;
  // Each patch of the credit with its alert, and the head.
  check(length <= 2 * patchCredit + 1, 'bounded', () => `${length} posts to a frozen tab`);
}
