import { comparePlaces, type Message } from '../../../../src/protocol/message.ts';
import type { Simulation } from '../../simulation.ts';
import { check } from '../../violation.ts';
import type { ModelConversation } from '../gateway.ts';
import type { GenesysPlatform } from './platform.ts';
import { storedMessage } from './transcript.ts';

/**
 * Compares the store with the platform's transcripts. Only an open conversation can be read, so messages of a previous
 * one that had not been received when its session ended are lost.
 */
export function genesysStoreIsComplete(simulation: Simulation, platform: GenesysPlatform): void {
  const { disk, hub, context } = simulation;
  const current = hub?.state.conversation?.details;
  for (const conversation of platform.conversations) {
    if (conversation.subject !== hub?.state.meta.subject) continue;
    const names = platform.namesOf(conversation);
    const rows = [...disk.messages.values()]
      .filter((row) => names.includes(row.conversationId ?? ''))
      .filter((row) => copyOf(conversation, row) >= 0 || !isElsewhere(platform, row))
      .sort(comparePlaces);
    const shown = new Set(hub?.state.window.map((row) => copyOf(conversation, row)));
    const below = new Set(
      conversation.messages
        .filter((_, index) => !shown.has(index))
        .map(({ timestamp }) => timestamp),
    );
    const copies = rows.map((row) => copyOf(conversation, row));
    simulation.assert(() =>
      isSound(rows, copies, conversation, { timeless: platform.timeless, below }),
    );
    // A power cut undid a sign-out: the previous session continues under the next one's id.
    const newest = platform.conversations.findLast(
      (one) => current && platform.namesOf(one).includes(current.conversationId),
    );
    const isOpen = current?.status === 'connected' && newest === conversation;
    if (!isOpen || context.faults['database deleted'] !== undefined) continue;
    const there = new Set(copies.map((copy) => conversation.messages[copy]?.messageId));
    simulation.assert(() => isAttended(current.leftAt, conversation));
    const missing = conversation.messages.filter(({ messageId }) => !there.has(messageId));
    simulation.assert(() =>
      check(missing.length === 0, 'store', () => {
        const ids = missing.map(({ messageId }) => messageId).slice(0, 5);
        return `store of ${conversation.conversationId}: ${rows.length} rows, missing ${ids}`;
      }),
    );
  }
}

/** A page that remembers a previous id gives it to the current session. */
function isElsewhere(platform: GenesysPlatform, row: Message): boolean {
  return platform.conversations.some(
    (other) =>
      platform.namesOf(other).includes(row.conversationId ?? '') && copyOf(other, row) >= 0,
  );
}

/** `leftAt` is cleared when the agent writes again. */
function isAttended(leftAt: number | undefined, { messages }: ModelConversation): void {
  const since = messages.find(({ timestamp }) => leftAt !== undefined && timestamp > leftAt);
  check(
    since === undefined,
    'left at',
    () => `left at ${leftAt}, but ${since?.messageId} came later`,
  );
}

/** The index of a row in the platform's transcript, or of its first copy. */
function copyOf({ messages }: ModelConversation, row: Message): number {
  const ids = [row.messageId, ...(row.aliases ?? [])];
  const own = messages.findIndex((message) => ids.includes(message.messageId));
  if (own >= 0) return own;
  const named = messages.findIndex((message) => ids.includes(storedMessage(message).messageId));
  // A message that came without its id is matched by time and text.
  return named >= 0
    ? named
    : messages.findIndex(({ timestamp, text }) => timestamp === row.timestamp && text === row.text);
}

/**
 * The store has no unknown and no duplicate messages, in the order of their times; a message
 * without a time stays where it arrived.
 */
function isSound(
  rows: readonly Message[],
  copies: readonly number[],
  { conversationId, messages }: ModelConversation,
  { timeless, below }: { timeless: ReadonlySet<string>; below: ReadonlySet<number> },
): void {
  const seen = new Set<number>();
  let last = 0;
  let above = -1;
  let name: string | null = null;
  rows.forEach(({ messageId, text, conversationId: own }, index) => {
    const copy = copies[index] ?? -1;
    check(copy >= 0, 'store', () => `${messageId} (${text}) is not in ${conversationId}`);
    const { timestamp = 0, messageId: id } = messages[copy] ?? {};
    // A message that arrived twice may be shown twice: without an id each copy is a message of its own.
    if (messages.filter((message) => message.messageId === id).length > 1) return;
    check(!seen.has(copy), 'no duplicates', () => `${messageId} (${text}) is in the store twice`);
    seen.add(copy);
    if (timeless.has(id ?? '')) return;
    // After its store was lost, a conversation gets another id and another ordinal.
    if (own !== name) last = 0;
    name = own;
    check(timestamp >= last, 'in order', () => `${messageId} stands after a later message`);
    // As in `timesBelowWindow` of ../../final-checks.ts.
    check(timestamp > last || copy > above || below.has(timestamp), 'ties', () => {
      return `${messageId} stands behind one of its millisecond that was told after it`;
    });
    last = timestamp;
    above = copy;
  });
}
