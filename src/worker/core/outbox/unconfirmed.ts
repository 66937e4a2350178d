import type { StepContext } from '../context.ts';
import { catchUp } from '../transcript/catch-up.ts';
import { nextCatchUpId } from '../transcript/state.ts';
import { failItem, failStranded, setItem } from './outbox.ts';
import type { OutboxItem } from './state.ts';

// A message that was sent and not seen since may have arrived: a catch-up decides before it is sent
// again.

export function markUnconfirmed(context: StepContext, item: OutboxItem): void {
  setItem(context, item.messageId, {
    at: { stage: 'unconfirmed', catchUpId: nextCatchUpId(context), isShownAsSent: true },
  });
}

/** The message in flight may have arrived. REST requests report their own outcome. */
export function markAllUnconfirmed(context: StepContext): void {
  for (const item of context.state.outbox) {
    if (item.at.stage === 'sent') {
      markUnconfirmed(context, item);
    }
  }
  context.clearTimer('echo');
}

export function requestCatchUp(context: StepContext): void {
  if (!context.state.catchUps.active && !context.hasTimer('rest-retry')) catchUp(context);
}

/** The `echo` timer: the message may have arrived, and REST knows. */
export function echoOverdue(context: StepContext): void {
  markAllUnconfirmed(context);
  catchUp(context);
}

/**
 * A catch-up is done. Messages that were unconfirmed when it began, and that it did not find, have not
 * arrived: they are queued again.
 */
export function requeueUnconfirmed(context: StepContext, catchUpId: number): void {
  const { conversation } = context.state;
  if (conversation) failUnconfirmedOfPrevious(context, conversation.details.conversationId);
  for (const item of context.state.outbox) {
    if (item.at.stage === 'unconfirmed' && item.at.catchUpId <= catchUpId) {
      setItem(context, item.messageId, { at: { stage: 'queued', isResend: true } });
    }
  }
  failStranded(context);
}

/** Fails what was sent into another conversation: whether it arrived can no longer be found out. */
export function failUnconfirmedOfPrevious(
  context: StepContext,
  conversationId: string | null,
): void {
  for (const item of context.state.outbox) {
    if (item.at.stage !== 'unconfirmed' || item.conversationId === null) continue;
    if (item.conversationId === conversationId) continue;
    failItem(
      context,
      item.messageId,
      'unknown-outcome',
      'The conversation has ended. This message may not have arrived.',
    );
  }
}
