import type { GatewayMessage } from '../../../protocol/gateway/messages.ts';
import type { StepContext } from '../context.ts';
import {
  type ConversationState,
  conversationAt,
  currentOrdinal,
  updateAndStore,
  updateConversation,
} from '../conversation/state.ts';
import type { Gap } from '../records.ts';
import { updateGapMarker } from './window.ts';

/** Catch-ups after which a gap is no longer looked for. */
const maximumTries = 5;

/** The gaps once this sequence is shown as the newest. */
export function gapsUpTo({ gaps, next }: ConversationState, sequence: number): readonly Gap[] {
  return sequence > next ? [...gaps, { from: next, to: sequence - 1, tries: 0 }] : gaps;
}

/**
 * Whether the sequence is still missing. A reopened conversation counts from 1 again, although its
 * rows are already shown.
 */
export function isMissing(
  { next, gaps }: ConversationState,
  { sequence }: GatewayMessage,
): boolean {
  if (sequence === null) return false;
  return sequence >= next || gaps.some(({ from, to }) => from <= sequence && sequence <= to);
}

/**
 * Removes the sequence from its gap. Returns how many are still missing just before it; `null` when
 * it was not missing.
 */
export function fillGap(
  context: StepContext,
  conversation: ConversationState,
  sequence: number,
): number | null {
  const gap = conversation.gaps.find((other) => other.from <= sequence && sequence <= other.to);
  if (!gap) return null;
  const parts = [
    { ...gap, to: sequence - 1 },
    { ...gap, from: sequence + 1 },
  ].filter((part) => part.from <= part.to);
  const gaps = conversation.gaps.flatMap((other) => (other === gap ? parts : [other]));
  const completeUntil = hasOnlyAbandonedGaps(gaps)
    ? conversation.newest
    : conversation.completeUntil;
  updateAndStore(context, { ...conversation, gaps, completeUntil });
  clearReorderTimer(context, conversation.ordinal);
  updateGapMarker(context, conversation.ordinal, gap.to + 1, gap.to - sequence);
  return sequence - gap.from;
}

export function countGapTries(context: StepContext, ordinal: number): void {
  const conversation = conversationAt(context, ordinal);
  if (!conversation || conversation.gaps.length === 0) return;
  const gaps = conversation.gaps.map((gap) => ({ ...gap, tries: gap.tries + 1 }));
  // A gap that can't be filled must not be part of every later catch-up.
  const completeUntil = hasOnlyAbandonedGaps(gaps)
    ? Math.max(conversation.completeUntil, conversation.newest)
    : conversation.completeUntil;
  updateAndStore(context, { ...conversation, gaps, completeUntil });
}

/** Whether no gap is left that is still looked for. */
export function hasOnlyAbandonedGaps(gaps: readonly Gap[]): boolean {
  return gaps.every((gap) => gap.tries >= maximumTries);
}

/** Looks for a gap again, with growing delays: servers can lag behind each other. */
export function scheduleGapFill(context: StepContext, ordinal: number): void {
  const tries = conversationAt(context, ordinal)?.gaps.reduce(
    (least, gap) => Math.min(least, gap.tries),
    maximumTries,
  );
  if (tries === undefined || tries >= maximumTries) return;
  context.setTimer('reorder', context.state.settings.timing.reorder * 2 ** tries);
}

/** Keeps an earlier deadline: an older gap may be scheduled for much later. */
export function scheduleCatchUp(context: StepContext, delay: number): void {
  const { reorder } = context.state.timers;
  if (reorder === undefined || reorder > context.clock.now + delay)
    context.setTimer('reorder', delay);
}

/** Clears the `reorder` timer when nothing is missing. It belongs to the current conversation only. */
export function clearReorderTimer(context: StepContext, ordinal = currentOrdinal(context)): void {
  const { conversation, lastOrdinal } = context.state;
  if (conversation?.ordinal !== lastOrdinal || ordinal !== lastOrdinal) return;
  if (conversation.reorderBuffer.length + conversation.gaps.length === 0)
    context.clearTimer('reorder');
}

/**
 * Removes the gaps before the window, where nothing is stored: a row that fills one could never be
 * joined to its neighbors.
 */
export function removeGapsBeforeWindow(context: StepContext): void {
  const { conversation, previousConversations, window } = context.state;
  function withoutGaps(each: ConversationState): ConversationState {
    const first = window.find((row) => row.position[0] === each.ordinal);
    const lowest = first ? first.position[1] : each.next;
    // The gap right above the first row has its marker there, and is still looked for.
    return { ...each, gaps: each.gaps.filter(({ to }) => to >= lowest - 1) };
  }
  for (const each of [...previousConversations, ...(conversation ? [conversation] : [])]) {
    updateConversation(context, withoutGaps(each));
  }
  clearReorderTimer(context);
}
