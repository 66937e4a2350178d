import type { StepContext } from '../context.ts';
import type { ConversationRecord, Restored } from '../records.ts';
import { nextCatchUpId } from '../transcript/state.ts';
import { type ConversationState, setConversationSlice } from './state.ts';

/** Restores the conversations at boot. */
export function restoreConversations(
  context: StepContext,
  { current, notReadToEnd, messages }: Restored,
): void {
  const last = messages.at(-1);
  setConversationSlice(context, {
    lastOrdinal: Math.max(current?.ordinal ?? 0, last?.position[0] ?? 0),
    conversation: current && {
      ...restoreConversation(context, current),
      newest: last && last.position[0] === current.ordinal ? last.timestamp : current.completeUntil,
      // Where a history ends with its session, no final catch-up is possible.
      finalCatchUp:
        current.details.status === 'ended' && !context.policyTraits.historyIsPerSession
          ? nextCatchUpId(context)
          : null,
    },
    previousConversations: notReadToEnd.map((record) => restoreConversation(context, record)),
  });
}

function restoreConversation(context: StepContext, record: ConversationRecord): ConversationState {
  const newest = record.completeUntil;
  // It may have ended just before the previous hub did.
  const endedAt = record.details.status === 'ended' ? context.clock.now : null;
  const empty = {
    reorderBuffer: [],
    unsequencedBuffer: [],
    earlyReceipt: null,
    finalCatchUp: null,
  };
  return { ...record, ...empty, newest, endedAt };
}

/** The conversation was cleared at the visitor's request. */
export function clearConversations(context: StepContext): void {
  setConversationSlice(context, { conversation: null, previousConversations: [] });
}
