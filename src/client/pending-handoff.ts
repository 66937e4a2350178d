import { PartylineError } from '../protocol/errors.ts';
import type { Call } from '../protocol/port.ts';
import type { ChatSnapshot } from '../protocol/snapshot.ts';
import type { HubRpc } from './hub-rpc.ts';
import { type Identity, isOfAnother } from './identity.ts';
import { type PageStorage, writePendingHandoff } from './session-hint.ts';

/**
 * Says once more what the tab's last page could not: it was left before a hub had taken in what the
 * visitor had sent or typed. Each message keeps its id, so one that did arrive arrives once; and whose
 * it was, so that nobody else says it.
 *
 * @param unsent as `PageChat` writes it when it is left
 */
export function resendPending(
  unsent: string,
  chat: Drafts,
  caller: HubRpc,
  { storages, warn = console.warn }: Surroundings = {},
): void {
  // It is this page's now, and is kept again if it is left as soon. What can't be read is of no use to any.
  writePendingHandoff(null, storages);
  const read: unknown = JSON.parse(unsent);
  for (const said of wanted(Array.isArray(read) ? read.map(asUnknown) : [])) {
    void say(said, chat, caller, warn);
  }
}

/** The page's own, unless others are given. */
interface Surroundings {
  readonly storages?: readonly PageStorage[];
  readonly warn?: (...words: readonly unknown[]) => void;
}

/** Where the visitor sees a text that was not taken. */
interface Drafts {
  getSnapshot(): Pick<ChatSnapshot, 'draft'>;
  setDraft(text: string): void;
}

function asUnknown(value: unknown): unknown {
  return value;
}

interface Said {
  readonly call: Extract<Call, { type: 'send' | 'start' | 'draft' }>;
  readonly whose: Identity | null;
}

/** The visitor's words, and the conversation that they are for. Of a draft only the last state counts. */
function wanted(calls: readonly unknown[]): readonly Said[] {
  const said = calls.flatMap(sayable);
  const draft = said.findLast(({ call }) => call.type === 'draft');
  return said.filter((one) => one.call.type !== 'draft' || one === draft);
}

function sayable(unsettled: unknown): readonly Said[] {
  const { call: unread, whose: identity, wasSent } = fields(unsettled);
  const call = readCall(fields(unread));
  // A draft that the hub has been given may have changed since.
  if (!call || (call.type === 'draft' && wasSent === true)) return [];
  return [{ call, whose: isIdentity(identity) ? identity : null }];
}

function readCall(call: Readonly<Record<string, unknown>>): Said['call'] | null {
  const { type, text, messageId, routing } = call;
  switch (type) {
    case 'send':
      if (typeof text !== 'string' || typeof messageId !== 'string') return null;
      // What it brings besides, the hub looks at.
      return { ...call, type, text, messageId, isRepeat: true };
    case 'draft':
      return typeof text === 'string' ? { type, text } : null;
    case 'start':
      return isRouting(routing) ? { type, routing } : null;
    default:
      return null;
  }
}

function isRouting(value: unknown): value is Extract<Call, { type: 'start' }>['routing'] {
  return Array.isArray(fields(value).skillGroups);
}

function isIdentity(value: unknown): value is Identity {
  const { visitor, resetCount } = fields(value);
  return typeof resetCount === 'number' && (visitor === null || typeof visitor === 'string');
}

function fields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

/**
 * A message until a hub has answered. What it does not take is the visitor's to see again, in the
 * textbox.
 */
async function say(
  { call, whose }: Said,
  chat: Drafts,
  caller: HubRpc,
  warn: NonNullable<Surroundings['warn']>,
): Promise<void> {
  // Whoever has come meanwhile does not say it.
  while (!isOfAnother(whose, caller.identity)) {
    try {
      await caller.call(call, undefined, whose);
      return;
    } catch (error) {
      const code = error instanceof PartylineError ? error.code : null;
      if (call.type === 'send' && (code === 'unreachable' || code === 'timeout')) continue;
      warn(`[partyline] ${call.type} was not done:`, error);
      // Another visitor's, or nobody's any more.
      if (call.type !== 'send' || code === 'signed-out' || code === 'closed') return;
      const { draft } = chat.getSnapshot();
      chat.setDraft(draft === '' ? call.text : `${call.text}\n${draft}`);
      return;
    }
  }
}
