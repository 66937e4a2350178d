import type { RestFailure, RestResult } from '../../../protocol/gateway.ts';
import { retryDelay } from '../backoff.ts';
import { countPace, paceWait } from '../connection/rate-limit.ts';
import { request, restPause } from '../connection/rest-requests.ts';
import type { Run } from '../context.ts';
import { onEnded, onNotFound } from '../conversation/conversation.ts';
import type { OutboxItem } from '../state.ts';
import { askAgainIn } from '../transcript/catch-up.ts';
import { receive } from '../transcript/transcript.ts';
import { failItem, inFlight, setItem, storeItem } from './outbox.ts';
import { doubt, lookForDoubts } from './unconfirmed.ts';

/** A gateway that names no time is left alone for this long. */
const quietByDefault = 1_000;
/** A gateway that names a longer time than this is not believed. */
export const quietAtMost = 600_000;

/**
 * Sends what may be sent: one unacknowledged message at a time, in the order of sending, since with
 * more on the way a single lost frame would turn their order round.
 */
export function pump(run: Run): void {
  const { link, conversation, outbox, quietUntil } = run.state;
  if (!conversation || conversation.conversation.status === 'ended') return;
  if (quietUntil !== null || inFlight(run)) return;
  const head = outbox.find((item) => item.at.stage !== 'failed' && item.at.stage !== 'held');
  if (!head || head.at.stage === 'storing') return;
  if (!isOpen(run)) return;
  if (head.at.stage === 'doubt') {
    lookForDoubts(run);
    return;
  }
  const { conversationId } = conversation.conversation;
  const { messageId, text, reply, content } = head;
  if (link.phase !== 'online' && (run.hasTimer('rest-retry') || restPause(run) > 0)) return;
  if (!isAddressed(run, head, conversationId) || !isInPace(run)) return;
  if (link.phase === 'online') {
    setItem(run, messageId, { at: { stage: 'sent' } });
    run.setTimer('echo', run.state.settings.timing.echo);
    const command = { type: 'send-message', conversationId, messageId, text } as const;
    const routing = run.rules?.routingOf(run);
    run.emit({
      type: 'send',
      socketId: link.socketId,
      command: {
        ...command,
        ...(routing ? { routing } : {}),
        ...(reply ? { reply } : {}),
        ...(content ? { content } : {}),
      },
    });
  } else {
    const requestId = request(run, { type: 'send-message', conversationId, messageId, text });
    setItem(run, messageId, { at: { stage: 'posting', requestId } });
    countPace(run, 'sends');
  }
}

/** Whether messages may go out at all, on the socket or, while that is given up, by REST. */
function isOpen({ state: { link, breaker, settings } }: Run): boolean {
  if (link.phase === 'online') {
    return link.session.stage === 'conversation' && link.session.caughtUp;
  }
  return breaker.open && settings.traits.restSend;
}

/**
 * Whether the store knows for good where the message goes. Otherwise it is told first: after a power
 * cut nobody would know any more whom to ask whether it has arrived.
 */
function isAddressed(run: Run, item: OutboxItem, conversationId: string): boolean {
  if (item.conversationId === conversationId) return true;
  const at = { stage: 'storing', writeId: null, callId: null, isRepeat: false } as const;
  setItem(run, item.messageId, { at, conversationId });
  storeItem(run, item.messageId);
  run.change({ durable: true });
  return false;
}

/** As much as the gateway allows has gone, or as much as we do: the visitor sees that it waits. */
function isInPace(run: Run): boolean {
  const wait = Math.max(
    ...(['sends', 'messages', 'requests'] as const).map((kind) => paceWait(run, kind)),
  );
  if (wait <= 0) return true;
  waitQuietly(run, wait);
  return false;
}

/** REST has told what was missed, or can't: new messages may go out either way. */
export function catchUpAnswered(run: Run): void {
  const { link } = run.state;
  if (link.phase !== 'online' || link.session.stage !== 'conversation') return;
  if (!link.session.caughtUp) {
    run.setLink({ ...link, session: { stage: 'conversation', caughtUp: true } });
  }
  pump(run);
}

/** The answer to a message that went by REST. */
export function onPosted(run: Run, requestId: number, result: RestResult): void {
  const item = run.state.outbox.find(
    (one) => one.at.stage === 'posting' && one.at.requestId === requestId,
  );
  if (result.ok && result.value.type === 'message') {
    receive(run, result.value.message, 'rest');
    // Into a conversation that was left meanwhile: its own history tells.
    if (item && run.state.outbox.includes(item)) doubt(run, item);
  } else if (item && !result.ok) {
    onPostFailed(run, item, result.failure);
  }
  pump(run);
}

function onPostFailed(run: Run, item: OutboxItem, failure: RestFailure): void {
  switch (failure.kind) {
    case 'ended':
      onEnded(run);
      failItem(run, item.messageId, 'conversation-ended', 'The conversation has ended.');
      return;
    case 'too-long':
      failItem(run, item.messageId, 'message-too-long', 'The message is too long.');
      return;
    case 'rejected':
    case 'forbidden':
      failItem(run, item.messageId, 'rejected', failure.message);
      return;
    case 'not-found':
      setItem(run, item.messageId, { at: { stage: 'queued' } });
      onNotFound(run);
      return;
    case 'rate-limited':
      doubt(run, item);
      beQuiet(run, failure.retryAfter);
      return;
    case 'unauthorized':
    case 'unavailable':
    case 'network':
    case 'misfit':
      doubt(run, item);
      askAgainIn(run, retryDelay(run, 0));
      return;
  }
}

/** The gateway wants to be left alone for a while: no message is lost. */
export function beQuiet(run: Run, retryAfter: number | null): void {
  waitQuietly(run, Math.min(Math.max(retryAfter ?? 0, quietByDefault), quietAtMost));
}

function waitQuietly(run: Run, pause: number): void {
  run.set({ quietUntil: run.clock.now + pause });
  run.setTimer('rate', pause);
}

/** A message was refused for its rate only. It goes again later, asked for first as every resend. */
export function refusedForRate(
  run: Run,
  messageId: string | null,
  retryAfter: number | null,
): void {
  const item = run.state.outbox.find((one) => one.messageId === messageId);
  if (item?.at.stage === 'sent') {
    run.clearTimer('echo');
    doubt(run, item);
  }
  beQuiet(run, retryAfter);
}

/** The `rate` timer. */
export function quietOver(run: Run): void {
  run.set({ quietUntil: null });
  pump(run);
}
