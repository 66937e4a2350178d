import type { HubState } from '../../../src/worker/core/state.ts';
import type { Step } from '../model/hub.ts';
import type { Disk } from '../model/store.ts';
import { check } from '../violation.ts';

/** Failures after which REST counts as out of reach: src/worker/core/transcript/catch-up.ts. */
const patience = 3;

/**
 * An ended conversation is read to its end before the next one is opened, and where a message goes is
 * on the disk before it leaves: otherwise nobody knows whom to ask whether it has arrived.
 */
export class ConversationInvariants {
  readonly #disk: Disk;
  /** Catch-ups of this hub that have begun, by request: the step in which they did. */
  readonly #running = new Map<number, number>();
  /** The step in which the present conversation was seen to have ended. */
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
    this.#hear(step);
    takesTheMirror(step);
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
        else if (call.type === 'send-message') this.#isAddressed(call);
      } else if (effect.type === 'send') {
        const { command } = effect;
        // A session that has ended can't be read any more once another one is opened.
        const isFrame = after.settings.traits.authentication === 'frame';
        if (command.type === 'open-conversation' && isFrame) this.#opens();
        else if (command.type === 'send-message') this.#isAddressed(command);
      }
    }
  }

  #hear({ input, before }: Step): void {
    // Without a token nothing can be asked either.
    if (input.type === 'token' && !input.result.ok) this.#failures += 1;
    if (input.type !== 'rest') return;
    const begunIn = this.#running.get(input.requestId);
    if (begunIn === undefined) return;
    if (!input.result.ok) this.#failures += 1;
    else if (input.result.value.type === 'history' && input.result.value.nextCursor === null) {
      // All is read; what follows asks for the status alone.
      this.#readIn = Math.max(this.#readIn, begunIn);
    } else if (input.result.value.type === 'conversation') {
      this.#readIn = Math.max(this.#readIn, begunIn);
      // The answer to a catch-up that was given up for a newer one says nothing of that.
      if (before.catchUps.active?.requestId === input.requestId) this.#failures = 0;
    }
  }

  #opens(): void {
    const isRead = this.#endedIn === null || this.#readIn >= this.#endedIn;
    check(isRead || this.#failures >= patience, 'final catch-up', () => {
      return 'another conversation is opened before REST was asked for the last words of this one';
    });
  }

  #isAddressed({ messageId, conversationId }: { messageId: string; conversationId: string }): void {
    if (this.#disk.isBare) return;
    const known = this.#disk.outbox.get(messageId)?.conversationId;
    check(known === conversationId, 'destination stored', () => {
      return `${messageId} goes into ${conversationId}, the disk says ${known}`;
    });
  }
}

/** A page knows of the conversation that a lost store has forgotten (guide §3). */
function takesTheMirror({ input, before, after }: Step): void {
  if (input.type !== 'tab-attached' || input.conversationId === null) return;
  const { subject } = before.meta;
  // Another visitor's is worth nothing.
  if (input.visitor === null || (subject !== null && subject !== input.visitor)) return;
  const isLost = !before.conversation && before.window.length === 0 && !before.meta.routing;
  if (!isLost) return;
  const id = after.conversation?.details.conversationId;
  check(id === input.conversationId, 'session hint', () => {
    return `a page knows of ${input.conversationId}, and the hub of ${id} alone`;
  });
}

function endedConversation({ conversation }: HubState): string | null {
  if (conversation?.details.status !== 'ended') return null;
  return conversation.details.conversationId;
}
