import type { Routing } from '../../../protocol/conversation.ts';
import type { Call } from '../../../protocol/port.ts';
import { reconnectNow, signOut } from '../connection/connection.ts';
import type { Run } from '../context.ts';
import { ask, onEnded } from '../conversation/conversation.ts';
import { forgetRouting, refuseAttributes, waitAnyway } from '../conversation/routing-check.ts';
import { setTyping } from '../conversation/typing.ts';
import {
  answerWhenStored,
  discardMessage,
  enqueue,
  failStarting,
  failStranded,
  retryMessage,
} from '../outbox/outbox.ts';
import { loadEarlier } from '../transcript/pagination.ts';
import { markRead } from '../transcript/read-receipts.ts';
import { used } from './alerts.ts';

/** What a page asks for. */
export function onCall(
  run: Run,
  tabId: string,
  callId: number,
  call: Call,
  routingProblems: readonly string[] = [],
): void {
  switch (call.type) {
    case 'start':
      start(run, callId, call.routing, routingProblems);
      return;
    case 'send':
      // The page tells of use now and then only; who writes here is here.
      used(run, tabId);
      send(run, callId, call);
      setTyping(run, tabId, false);
      return;
    case 'retry':
      retryMessage(run, callId, call.messageId);
      return;
    case 'discard':
      discardMessage(run, callId, call.messageId);
      return;
    case 'typing':
      setTyping(run, tabId, call.isTyping);
      run.resolve(callId);
      return;
    case 'draft':
      run.set({ meta: { ...run.state.meta, draft: call.text } });
      run.change({ meta: true });
      run.resolve(callId);
      return;
    case 'mark-read':
      markRead(run);
      run.resolve(callId);
      return;
    case 'load-earlier':
      if (!run.state.isConfirmed) {
        run.resolve(callId, { messages: [], hasEarlier: false });
        return;
      }
      loadEarlier(run, callId, call.before, call.conversationId ?? null, call.count);
      return;
    case 'reconnect':
      reconnectNow(run, true);
      run.resolve(callId);
      return;
    case 'wait-anyway':
      waitAnyway(run);
      run.resolve(callId);
      return;
    case 'end':
      forgetRouting(run);
      run.set({ meta: { ...run.state.meta, routing: null } });
      run.change({ meta: true });
      failStarting(run, {
        code: 'conversation-ended',
        message: 'The conversation was left before it was opened.',
      });
      run.rules?.tellEnd(run);
      // What is over, and whose session is behind us, has nothing left to be read.
      if (!run.rules?.isBehind(run)) onEnded(run);
      failStranded(run);
      answerWhenStored(run, callId);
      return;
    case 'sign-out':
      signOut(run);
      answerWhenStored(run, callId);
      return;
  }
}

function isSignedOut(run: Run, callId: number): boolean {
  if (run.state.link.phase !== 'signed-out') return false;
  run.reject(callId, 'signed-out', 'The session has ended. Sign in again.');
  return true;
}

function start(run: Run, callId: number, routing: Routing, problems: readonly string[]): void {
  if (isSignedOut(run, callId)) return;
  const { conversation, meta, link } = run.state;
  if (conversation && conversation.conversation.status !== 'ended') {
    run.resolve(callId, conversation.conversation);
    return;
  }
  if (problems.length > 0) {
    refuseAttributes(run, callId, routing, problems);
    return;
  }
  run.set({
    meta: { ...meta, routing, lastRouting: routing },
    starting: [...run.state.starting, callId],
  });
  run.change({ meta: true });
  if (link.phase === 'online' && link.session.stage === 'ready') ask(run, 0);
  else run.rules?.wakeLine(run);
}

function send(run: Run, callId: number, call: Extract<Call, { type: 'send' }>): void {
  const { messageId, text, content } = call;
  if (isSignedOut(run, callId)) return;
  const { conversation, meta, outbox, window, settings } = run.state;
  if (!content && text.trim() === '') {
    run.reject(callId, 'empty-message', 'There is nothing to send.');
  } else if (utf8Length(text) > (settings.traits.maximumTextBytes ?? Number.POSITIVE_INFINITY)) {
    run.reject(
      callId,
      'message-too-long',
      `A message can have at most ${settings.traits.maximumTextBytes} bytes.`,
    );
  } else if (text.length > settings.traits.maximumTextLength) {
    run.reject(
      callId,
      'message-too-long',
      `A message can have at most ${settings.traits.maximumTextLength} characters.`,
    );
  } else if (
    outbox.some((item) => item.messageId === messageId) ||
    window.some((message) => message.messageId === messageId)
  ) {
    // The same call again, after its first answer was lost.
    answerWhenStored(run, callId);
    sentDraft(run, text);
  } else if (!meta.routing && (!conversation || conversation.conversation.status === 'ended')) {
    run.reject(callId, 'no-conversation', 'There is no open conversation. Start one first.');
  } else if (outbox.length >= settings.limits.outbox) {
    run.reject(callId, 'rejected', 'Too many messages are waiting to be sent.');
  } else {
    enqueue(run, callId, call);
    sentDraft(run, text);
  }
}

/** Cleared here and only if it is the one that was sent: another tab may have written since. */
function sentDraft(run: Run, text: string): void {
  const { meta } = run.state;
  if (meta.draft.trim() !== text.trim()) return;
  run.set({ meta: { ...meta, draft: '' } });
  run.change({ meta: true });
}

function utf8Length(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
  }
  return bytes;
}
