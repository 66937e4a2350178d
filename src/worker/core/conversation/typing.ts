import type { Sender } from '../../../protocol/message.ts';
import { canSendTyping } from '../connection/rate-limit.ts';
import type { StepContext } from '../context.ts';
import { setConversationSlice } from './state.ts';

/** The other side has started or stopped typing. It is shown for a while after its last frame. */
export function onRemoteTyping(
  context: StepContext,
  conversationId: string,
  from: Sender,
  isTyping: boolean,
  duration?: number,
): void {
  if (context.state.conversation?.details.conversationId !== conversationId) return;
  if (from.role === 'visitor') return;
  if (!isTyping) {
    const { remote } = context.state.typing;
    // A sender without a name has an id of our making, which another frame of theirs may not have.
    const isNameless = from.name === '' || remote?.name === '';
    if (remote && (isNameless || remote.id === from.id)) clearRemoteTyping(context);
    return;
  }
  setConversationSlice(context, {
    typing: { ...context.state.typing, remote: { id: from.id, name: from.name, role: from.role } },
  });
  context.setTimer('typing-shown', duration ?? context.state.settings.timing.typingShown);
}

/** Also the `typing-shown` timer, and when the other side has written. */
export function clearRemoteTyping(context: StepContext): void {
  context.clearTimer('typing-shown');
  setConversationSlice(context, { typing: { ...context.state.typing, remote: null } });
}

/**
 * Also the `typing-sent` timer: sends whether the visitor types in any tab, with a minimum
 * interval.
 */
export function sendTyping(context: StepContext): void {
  const { connection, conversation, typing, settings } = context.state;
  const isTyping = context.state.tabs.some((tab) => tab.isTyping);
  if (!isTyping && !typing.isSent) return;
  if (connection.phase !== 'online' || connection.session.stage !== 'conversation' || !conversation)
    return;
  const elapsed =
    typing.sentAt === null ? Number.POSITIVE_INFINITY : context.clock.now - typing.sentAt;
  const remaining =
    Math.max(settings.timing.typingSent, settings.traits.rateLimits?.typing ?? 0) - elapsed;
  if (remaining > 0) {
    if (!context.hasTimer('typing-sent')) context.setTimer('typing-sent', remaining);
    return;
  }
  if (!canSendTyping(context)) return;
  const { conversationId } = conversation.details;
  context.emit({
    type: 'send',
    socketId: connection.socketId,
    command: { type: 'typing', conversationId, isTyping },
  });
  setConversationSlice(context, {
    typing: { ...typing, isSent: isTyping, sentAt: context.clock.now },
  });
}

/** The gateway knows of no typing on a new socket. */
export function clearSentTyping(context: StepContext): void {
  setConversationSlice(context, { typing: { ...context.state.typing, isSent: false } });
}
