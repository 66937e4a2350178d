import { comparePlaces, type Message } from '../../../../src/protocol/message.ts';
import type { Simulation } from '../../simulation.ts';
import { check } from '../../violation.ts';
import type { ModelConversation } from '../gateway.ts';
import type { GenesysPlatform } from './platform.ts';
import { storedMessage } from './transcript.ts';

/**
 * The store against the platform's transcripts. Only an open conversation can be read: what of a former
 * one had not been told when its session ended, nobody can ask for.
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
    const copies = rows.map((row) => copyOf(conversation, row));
    simulation.assert(() => isSound(rows, copies, conversation, platform.timeless));
    // A sign-out that a power cut has overtaken: the former session goes on under the next one's name.
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

/** A page that remembers a former name gives it to the session that is there. */
function isElsewhere(platform: GenesysPlatform, row: Message): boolean {
  return platform.conversations.some(
    (other) =>
      platform.namesOf(other).includes(row.conversationId ?? '') && copyOf(other, row) >= 0,
  );
}

/** Nobody is said to have left since who has spoken. */
function isAttended(leftAt: number | undefined, { messages }: ModelConversation): void {
  const since = messages.find(({ timestamp }) => leftAt !== undefined && timestamp > leftAt);
  check(
    since === undefined,
    'left at',
    () => `left at ${leftAt}, but ${since?.messageId} came later`,
  );
}

/** Where a row is in the platform's transcript; of a message's copies the first. */
function copyOf({ messages }: ModelConversation, row: Message): number {
  const ids = [row.messageId, ...(row.aliases ?? [])];
  const own = messages.findIndex((message) => ids.includes(message.messageId));
  if (own >= 0) return own;
  const named = messages.findIndex((message) => ids.includes(storedMessage(message).messageId));
  // One that came without its name is known by its time and its words.
  return named >= 0
    ? named
    : messages.findIndex(({ timestamp, text }) => timestamp === row.timestamp && text === row.text);
}

/**
 * Nothing is in it that was not said, nothing twice, and all of it in the order of its time; what came
 * without one stands where it came.
 */
function isSound(
  rows: readonly Message[],
  copies: readonly number[],
  { conversationId, messages }: ModelConversation,
  timeless: ReadonlySet<string>,
): void {
  const seen = new Set<number>();
  let last = 0;
  let name: string | null = null;
  rows.forEach(({ messageId, text, conversationId: own }, index) => {
    const copy = copies[index] ?? -1;
    check(copy >= 0, 'store', () => `${messageId} (${text}) is not in ${conversationId}`);
    const { timestamp = 0, messageId: id } = messages[copy] ?? {};
    // What arrived twice may be shown twice: without its id each copy is a message.
    if (messages.filter((message) => message.messageId === id).length > 1) return;
    check(!seen.has(copy), 'no duplicates', () => `${messageId} (${text}) is in the store twice`);
    seen.add(copy);
    if (timeless.has(id ?? '')) return;
    // Found again after its store was lost, it has another name, and a place of its own.
    if (own !== name) last = 0;
    name = own;
    check(timestamp >= last, 'in order', () => `${messageId} stands below what came later`);
    last = timestamp;
  });
}
