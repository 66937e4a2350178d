import type { Conversation } from '../../../protocol/conversation.ts';
import type { Problem } from '../../../protocol/errors.ts';
import type { StepContext } from '../context.ts';
import { setConversationSlice } from './state.ts';

export function addStartCall(context: StepContext, callId: number): void {
  setConversationSlice(context, { startCalls: [...context.state.startCalls, callId] });
}

export function resolveStartCalls(context: StepContext, conversation: Conversation): void {
  for (const callId of context.state.startCalls) context.resolve(callId, conversation);
  setConversationSlice(context, { startCalls: [] });
}

export function failStartCalls(context: StepContext, problem: Problem): void {
  for (const callId of context.state.startCalls) context.answer(callId, { ok: false, problem });
  setConversationSlice(context, { startCalls: [] });
}
