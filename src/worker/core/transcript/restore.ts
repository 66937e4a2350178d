import type { Message } from '../../../protocol/message.ts';
import type { StepContext } from '../context.ts';
import {
  type ConversationState,
  conversationAt,
  updateConversation,
} from '../conversation/state.ts';
import { type Gap, noUnread, type Restored } from '../records.ts';
import { setTranscriptSlice } from './state.ts';
import { isLookup, replaceRow } from './window.ts';

/** Restores the transcript at boot. */
export function restoreTranscript(
  context: StepContext,
  { isPersistent, messages, unread, hasEarlier }: Restored,
): void {
  setTranscriptSlice(context, {
    isRestored: true,
    isPersistent: isPersistent,
    window: messages,
    hasEarlier,
    unread,
  });
}

/**
 * Rows may be missing that the record counts as shown: a hub can die after its database was deleted
 * and before it has written everything again. They are looked for like any other missing message.
 */
export function findLostRows(context: StepContext): void {
  const { conversation, previousConversations } = context.state;
  for (const each of [...previousConversations, ...(conversation ? [conversation] : [])]) {
    const found = withLostRows(context, each);
    if (found === each) continue;
    updateConversation(context, found);
    context.change({ isConversationChanged: true });
  }
  markLostRows(context);
}

/**
 * Marks what is missing from conversations that are no longer caught up: the gateway has forgotten
 * them, or they were closed.
 */
function markLostRows(context: StepContext): void {
  const { window, conversation } = context.state;
  for (const ordinal of new Set(window.map(({ position }) => position[0]))) {
    if (conversationAt(context, ordinal)) continue;
    // One above the newest record was forgotten. In others, a resent message may have left a place.
    const isForgotten = ordinal > (conversation?.ordinal ?? 0);
    const resent = isForgotten ? 0 : countLaterOwn(context, ordinal);
    const rows = sequencedRows(context, ordinal);
    for (const [index, row] of rows.entries()) {
      const above = rows[index - 1];
      const missing = above ? row.position[1] - above.position[1] - 1 : 0;
      if (missing > Math.max(row.missingBefore, resent))
        replaceRow(context, { ...row, missingBefore: missing });
    }
  }
}

/** The visitor's messages that may have been sent to this conversation first. */
function countLaterOwn({ state: { window, outbox } }: StepContext, ordinal: number): number {
  const later = window.filter(
    ({ position, from }) => position[0] > ordinal && from.role === 'visitor',
  );
  return later.length + outbox.length;
}

function sequencedRows({ state: { window } }: StepContext, ordinal: number): readonly Message[] {
  return window.filter((row) => row.position[0] === ordinal && row.sequence !== null);
}

function withLostRows(context: StepContext, conversation: ConversationState): ConversationState {
  const rows = sequencedRows(context, conversation.ordinal);
  let found = withoutLostEnd(conversation, rows.at(-1));
  for (const [index, row] of rows.entries()) {
    const above = rows[index - 1];
    if (!above) continue;
    const gap = { from: above.position[1] + 1, to: row.position[1] - 1, tries: 0 };
    if (gap.from > gap.to || found.gaps.some((other) => isSameGap(other, gap))) continue;
    found = {
      ...found,
      gaps: [
        ...found.gaps.filter(({ to }) => to < gap.from),
        gap,
        ...found.gaps.filter(({ from }) => from > gap.to),
      ],
      completeUntil: Math.min(found.completeUntil, above.timestamp),
      isReadToEnd: false,
    };
    replaceRow(context, { ...row, missingBefore: gap.to - gap.from + 1 });
  }
  return found;
}

/** Everything after the last row is fetched again. */
function withoutLostEnd(
  conversation: ConversationState,
  last: Message | undefined,
): ConversationState {
  if (!last || last.position[1] + 1 >= conversation.next) return conversation;
  const next = last.position[1] + 1;
  return {
    ...conversation,
    next,
    gaps: conversation.gaps.filter(({ to }) => to < next),
    newest: last.timestamp,
    completeUntil: Math.min(conversation.completeUntil, last.timestamp),
    isReadToEnd: false,
  };
}

function isSameGap(one: Gap, other: Gap): boolean {
  return one.from === other.from && one.to === other.to;
}

/** The store is lost: from now on, messages are only in memory. */
export function onStoreLost(context: StepContext): void {
  setTranscriptSlice(context, { isPersistent: false });
}

/**
 * The conversation was cleared at the visitor's request. No answer of the store may count or show
 * its rows again, so the lookups of this tick are not written.
 */
export function clearTranscript(context: StepContext): void {
  const { operations } = context.state.changes;
  context.change({ operations: operations.filter((operation) => !isLookup(operation)) });
  setTranscriptSlice(context, { window: [], hasEarlier: false, lookups: [], unread: noUnread });
}
