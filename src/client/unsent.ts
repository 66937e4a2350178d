import { PartylineError } from '../protocol/errors.ts';
import type { Call } from '../protocol/port.ts';
import type { ChatSnapshot } from '../protocol/snapshot.ts';
import type { Caller } from './caller.ts';
import { writeUnsent } from './mirror.ts';
import type { Identity } from './transcript.ts';

/**
 * Says once more what the tab's last page could not: it was left before a hub had taken in what the
 * visitor had sent or typed. Each message keeps its id, so one that did arrive arrives once.
 *
 * @param unsent as `PageChat` writes it when it is left
 * @returns whose page that was; `null`: it did not know
 */
export function sayAgain(unsent: string, chat: Drafts, caller: Caller): Identity | null {
  // It is this page's now, and is kept again if it is left as soon. What can't be read is of no use to any.
  writeUnsent(null);
  const read: unknown = JSON.parse(unsent);
  const [identity, ...calls] = Array.isArray(read) ? read.map(asUnknown) : [];
  for (const call of wanted(calls)) {
    if (call.type === 'send') void send(call, chat, caller);
    else caller.call(call).catch((error: unknown) => warn(call, error));
  }
  return isIdentity(identity) ? identity : null;
}

/** Where the visitor sees a text that was not taken. */
interface Drafts {
  getSnapshot(): Pick<ChatSnapshot, 'draft'>;
  setDraft(text: string): void;
}

function asUnknown(value: unknown): unknown {
  return value;
}

type Said = Extract<Call, { type: 'send' | 'start' | 'draft' }>;

/** The visitor's words, and the conversation that they are for. Of a draft only the last state counts. */
function wanted(calls: readonly unknown[]): readonly Said[] {
  const said = calls.flatMap(sayable);
  const draft = said.findLast(({ type }) => type === 'draft');
  return said.filter((call) => call.type !== 'draft' || call === draft);
}

function sayable(unsettled: unknown): readonly Said[] {
  const { call, wasSent } = fields(unsettled);
  const { type, text, messageId, routing } = fields(call);
  switch (type) {
    case 'send':
      if (typeof text !== 'string' || typeof messageId !== 'string') return [];
      // What it brings besides, the hub looks at.
      return [{ ...fields(call), type, text, messageId, isRepeat: true }];
    case 'draft':
      return typeof text === 'string' && wasSent !== true ? [{ type, text }] : [];
    case 'start':
      return isRouting(routing) ? [{ type, routing }] : [];
    default:
      return [];
  }
}

function isRouting(value: unknown): value is Extract<Call, { type: 'start' }>['routing'] {
  return Array.isArray(fields(value).skillGroups);
}

function isIdentity(value: unknown): value is Identity {
  const { visitor, wipes } = fields(value);
  return typeof wipes === 'number' && (visitor === null || typeof visitor === 'string');
}

function fields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

/** Until a hub has answered. What it does not take is the visitor's to see again, in the textbox. */
async function send(
  call: Extract<Call, { type: 'send' }>,
  chat: Drafts,
  caller: Caller,
): Promise<void> {
  for (;;) {
    try {
      await caller.call(call);
      return;
    } catch (error) {
      const code = error instanceof PartylineError ? error.code : null;
      if (code === 'unreachable' || code === 'timeout') continue;
      warn(call, error);
      // Another visitor's, or nobody's any more.
      if (code === 'signed-out' || code === 'closed') return;
      const { draft } = chat.getSnapshot();
      chat.setDraft(draft === '' ? call.text : `${call.text}\n${draft}`);
      return;
    }
  }
}

function warn({ type }: Call, error: unknown): void {
  console.warn(`[partyline] ${type} was not done:`, error);
}
