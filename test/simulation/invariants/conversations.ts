import type { HubState } from '../../../src/worker/core/state.ts';
import type { Step } from '../model/hub.ts';
import type { Disk } from '../model/store.ts';
import { check } from '../violation.ts';

/** Failures after which REST counts as unreachable: src/worker/core/transcript/catch-up.ts. */
const patience = 3;

/**
 * The final catch-up of an ended conversation comes before the next one is opened. The destination of
 * a message is durable before it goes out, since it decides where to look for the message later.
 */
export class ConversationInvariants {
  readonly #disk: Disk;
  /** Active catch-ups of this hub by request, with the step in which they began. */
  readonly #running = new Map<number, number>();
  /** The step in which the current conversation ended. */
  #endedIn: number | null = null;
  /** The step in which the last complete catch-up began. */
  #readIn = 0;
  #begunIn = 0;
  #failures = 0;
  #hub = '';

  constructor(disk: Disk) {
    this.#disk = disk;
  }

  step(step: Step): void {
    const { hub, before, after, number, effects } = step;
    if (this.#hub !== hub.epoch) {
      this.#hub = hub.epoch;
      this.#running.clear();
      this.#readIn = 0;
      this.#failures = 0;
      this.#endedIn = null;
    }
    this.#onAnswer(step);
    adoptsSessionHint(step);
    endIsConfirmed(step);
    endKeepsTranscript(step);
    const ended = endedConversation(after);
    if (ended === null) this.#endedIn = null;
    else if (ended !== endedConversation(before)) this.#endedIn = number;
    for (const effect of effects) {
      if (effect.type === 'rest') {
        const { call, requestId } = effect;
        if (call.type === 'history-since') {
          if (call.cursor === null) this.#begunIn = number;
          this.#running.set(requestId, this.#begunIn);
        } else if (call.type === 'conversation') this.#running.set(requestId, this.#begunIn);
        else if (call.type === 'send-message') this.#checkDestination(call);
      } else if (effect.type === 'send') {
        const { command } = effect;
        // In session dialects, an ended session can't be read once another is open.
        const isFrame = after.settings.traits.authentication === 'frame';
        if (command.type === 'open-conversation' && isFrame) this.#checkOpen();
        else if (command.type === 'send-message') this.#checkDestination(command);
        else if (command.type === 'end-conversation') this.#checkEnd(after);
      }
    }
  }

  #onAnswer({ input, before }: Step): void {
    // Without a token, REST can't be asked either.
    if (input.type === 'token' && !input.result.ok) this.#failures += 1;
    if (input.type !== 'rest') return;
    const begunIn = this.#running.get(input.requestId);
    if (begunIn === undefined) return;
    if (!input.result.ok) this.#failures += 1;
    else if (input.result.value.type === 'history' && input.result.value.nextCursor === null) {
      // All messages are read; the next request asks for the status only.
      this.#readIn = Math.max(this.#readIn, begunIn);
    } else if (input.result.value.type === 'conversation') {
      this.#readIn = Math.max(this.#readIn, begunIn);
      // The answer to a superseded catch-up does not count.
      if (before.catchUps.active?.requestId === input.requestId) this.#failures = 0;
    }
  }

  /** The next hub must know whose end it was: the gateway answers a deletion in the same way. */
  #checkEnd({ conversation }: HubState): void {
    if (this.#disk.isBare || !conversation) return;
    const stored = this.#disk.conversations.get(conversation.details.conversationId);
    check(stored?.details.ending !== undefined, 'end stored', () => {
      return 'the gateway is asked to end a conversation before the disk says so';
    });
  }

  #checkOpen(): void {
    const isRead = this.#endedIn === null || this.#readIn >= this.#endedIn;
    check(isRead || this.#failures >= patience, 'final catch-up', () => {
      return 'another conversation is opened before the final catch-up of this one';
    });
  }

  #checkDestination({
    messageId,
    conversationId,
  }: {
    messageId: string;
    conversationId: string;
  }): void {
    if (this.#disk.isBare) return;
    const known = this.#disk.outbox.get(messageId)?.conversationId;
    check(known === conversationId, 'destination stored', () => {
      return `${messageId} goes into ${conversationId}, the disk says ${known}`;
    });
  }
}

/** A hub that has lost its store adopts a page's session hint (guide §3). */
function adoptsSessionHint({ input, before, after }: Step): void {
  if (input.type !== 'tab-attached' || input.conversationId === null) return;
  const { subject } = before.meta;
  // Another visitor's hint is ignored.
  if (input.visitor === null || (subject !== null && subject !== input.visitor)) return;
  const isLost = !before.conversation && before.window.length === 0 && !before.meta.routing;
  if (!isLost) return;
  const id = after.conversation?.details.conversationId;
  check(id === input.conversationId, 'session hint', () => {
    return `the session hint names ${input.conversationId}, but the hub has ${id}`;
  });
}

/** Where the gateway confirms an end, nothing else ends a conversation: not the visitor, and no timer. */
function endIsConfirmed({ input, before, after }: Step): void {
  if (after.settings.traits.authentication !== 'session') return;
  const { conversation } = before;
  if (!conversation || conversation.details.status === 'ended') return;
  if (endedConversation(after) !== conversation.details.conversationId) return;
  check(input.type === 'gateway', 'end confirmed', () => {
    return `${input.type} ended a conversation that the gateway has not ended`;
  });
}

/** An end keeps the transcript; only a deletion deletes it. */
function endKeepsTranscript({ input, before, after }: Step): void {
  if (input.type !== 'gateway' || input.event.type !== 'session-over') return;
  const { sessionMemory, conversation } = before;
  const { purpose } = sessionMemory?.clearing ?? {};
  if (purpose !== 'end' || sessionMemory?.deletionOn != null || !conversation) return;
  check(after.meta.resetCount === before.meta.resetCount, 'transcript kept', () => {
    return 'the end of a conversation deleted its transcript';
  });
}

function endedConversation({ conversation }: HubState): string | null {
  if (conversation?.details.status !== 'ended') return null;
  return conversation.details.conversationId;
}
