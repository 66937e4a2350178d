import type { Message } from '../../../protocol/message.ts';
import type { StepContext } from '../context.ts';
import { type ConversationState, updateConversation } from '../conversation/state.ts';
import { type Gap, noUnread, type Restored } from '../records.ts';
import { setTranscriptSlice } from './state.ts';
import { replaceRow } from './window.ts';

/** Restores the transcript at boot. */
export function restoreTranscript(
  context: StepContext,
  { persistent, messages, unread, hasEarlier }: Restored,
): void {
  setTranscriptSlice(context, {
    isRestored: true,
    isPersistent: persistent,
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
    context.change({ conversation: true });
  }
}

function withLostRows(context: StepContext, conversation: ConversationState): ConversationState {
  const { window, hasEarlier } = context.state;
  const rows = window.filter(
    (row) => row.position[0] === conversation.ordinal && row.sequence !== null,
  );
  const [first] = rows;
  let found = withoutLostEnd(conversation, rows.at(-1));
  if (first && first === window[0] && !hasEarlier) found = withoutGapsAbove(found, first);
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
      isClosed: false,
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
    isClosed: false,
  };
}

/** A row that fills a gap above the first one, but not right above it, would be isolated. */
function withoutGapsAbove(conversation: ConversationState, first: Message): ConversationState {
  const gaps = conversation.gaps.filter(({ to }) => to >= first.position[1] - 1);
  return gaps.length === conversation.gaps.length ? conversation : { ...conversation, gaps };
}

function isSameGap(one: Gap, other: Gap): boolean {
  return one.from === other.from && one.to === other.to;
}

/** The store has changed its backend. */
export function setPersistent(context: StepContext, isPersistent: boolean): void {
  setTranscriptSlice(context, { isPersistent });
}

/** The conversation was cleared at the visitor's request. */
export function clearTranscript(context: StepContext): void {
  setTranscriptSlice(context, { window: [], hasEarlier: false, lookups: [], unread: noUnread });
}
