import type { Sender } from '../../../protocol/message.ts';
import { mayType } from '../connection/rate-limit.ts';
import type { Run } from '../context.ts';

/** The other side's typing, shown for a while after its last frame. */
export function onOtherTyping(
  run: Run,
  conversationId: string,
  from: Sender,
  isTyping: boolean,
  duration?: number,
): void {
  if (run.state.conversation?.conversation.conversationId !== conversationId) return;
  if (from.role === 'visitor') return;
  if (!isTyping) {
    heardFrom(run, from.id);
    return;
  }
  run.set({ typing: { ...run.state.typing, other: { id: from.id, name: from.name } } });
  run.setTimer('typing-shown', duration ?? run.state.settings.timing.typingShown);
}

/** Whoever has sent, or stopped, types no more. */
export function heardFrom(run: Run, senderId: string): void {
  if (run.state.typing.other?.id === senderId) forgetOtherTyping(run);
}

/** Also the `typing-shown` timer. */
export function forgetOtherTyping(run: Run): void {
  run.clearTimer('typing-shown');
  run.set({ typing: { ...run.state.typing, other: null } });
}

export function setTyping(run: Run, tabId: string, isTyping: boolean): void {
  run.set({
    tabs: run.state.tabs.map((tab) => (tab.tabId === tabId ? { ...tab, isTyping } : tab)),
  });
  tellTyping(run);
}

/** Also the `typing-sent` timer: tells the gateway whether any tab types, at most every so often. */
export function tellTyping(run: Run): void {
  const { link, conversation, typing, settings } = run.state;
  const isTyping = run.state.tabs.some((tab) => tab.isTyping);
  if (!isTyping && !typing.told) return;
  if (link.phase !== 'online' || link.session.stage !== 'conversation' || !conversation) return;
  const since = typing.toldAt === null ? Number.POSITIVE_INFINITY : run.clock.now - typing.toldAt;
  const rest = Math.max(settings.timing.typingSent, settings.traits.pace?.typing ?? 0) - since;
  if (rest > 0) {
    if (!run.hasTimer('typing-sent')) run.setTimer('typing-sent', rest);
    return;
  }
  if (!mayType(run)) return;
  const { conversationId } = conversation.conversation;
  run.emit({
    type: 'send',
    socketId: link.socketId,
    command: { type: 'typing', conversationId, isTyping },
  });
  run.set({ typing: { ...typing, told: isTyping, toldAt: run.clock.now } });
}
