import type { GatewayCommand } from '../../../protocol/gateway/commands.ts';
import type { GatewayEvent } from '../../../protocol/gateway/events.ts';
import { requestIds } from '../../../protocol/genesys-cloud/request-ids.ts';
import type { StepContext } from '../../core/context.ts';
import { hasAskedForEnd } from '../../core/conversation/ending.ts';
import { memoryOf, remember } from './session-memory.ts';

// One request, a Presence `Clear`, both ends and deletes a conversation, and the platform answers both with
// the same frames. Whose it is decides whether the transcript stays in this browser.

export const clearedMessage = 'The conversation was cleared.';

/** How long the connection stays open for the answer to a deletion, in ms. */
const deletionTimeout = 10_000;

/** The extension has sent a command: a deletion is answered on this connection only. */
export function onSent(context: StepContext, { type }: GatewayCommand): void {
  const { connection } = context.state;
  if (type !== 'clear-conversation' || !('socketId' in connection)) return;
  remember(context, { deletionOn: connection.socketId });
  context.setTimer('deletion', deletionTimeout);
}

/** Whether a deletion was requested on this connection and has had no outcome. */
export function isDeleting(context: StepContext): boolean {
  const { connection } = context.state;
  return 'socketId' in connection && memoryOf(context).deletionOn === connection.socketId;
}

/** The deletion has failed, or its outcome is no longer awaited. */
export function stopDeleting(context: StepContext): void {
  remember(context, { deletionOn: null });
  context.clearTimer('deletion');
}

/** The platform returns a Clear before it clears the session [SC], with the request's id [MT]. */
export function onClearReturned(
  context: StepContext,
  { requestId }: Extract<GatewayEvent, { type: 'presence' }>,
): void {
  const { connection } = context.state;
  if (!('socketId' in connection) || requestId === undefined) return;
  const purpose =
    requestId === requestIds.end ? 'end' : requestId === requestIds.clear ? 'deletion' : 'other';
  remember(context, { clearing: { socketId: connection.socketId, purpose } });
}

/** Whether the platform has returned a Clear on this connection. */
export function isBeingCleared(context: StepContext): boolean {
  return clearingHere(context) !== null;
}

/**
 * Whether a session that is cleared now is cleared to end the conversation, so that its transcript stays.
 * A deletion deletes it, whoever asked for it; where nothing names the request, it is this visitor's own.
 */
export function isClearedToEnd(context: StepContext): boolean {
  if (isDeleting(context)) return false;
  const purpose = clearingHere(context);
  return purpose === null ? hasAskedForEnd(context) : purpose === 'end';
}

function clearingHere(context: StepContext): 'end' | 'deletion' | 'other' | null {
  const { connection } = context.state;
  const { clearing } = memoryOf(context);
  if (!clearing || !('socketId' in connection)) return null;
  return clearing.socketId === connection.socketId ? clearing.purpose : null;
}
