import { PartylineError } from '../../protocol/errors.ts';
import type { Call } from '../../protocol/port.ts';
import type { ChatSnapshot } from '../../protocol/snapshot.ts';
import { type Identity, isOtherIdentity } from '../session/identity.ts';
import { isNumber, isString, nullable, object } from '../validation/validator.ts';
import type { HubRpc } from './hub-rpc.ts';

/**
 * Repeats the calls that no hub had answered when the tab's previous page was left. A message keeps its
 * id, so the hub recognizes one that it already has. A call keeps its identity, so it is never made for
 * another visitor.
 *
 * From now on the calls are this page's: it stores them again if it is left before an answer.
 *
 * @param handoff JSON of `HubRpc.pendingCalls`
 */
export function resendPending(
  handoff: string,
  chat: DraftOwner,
  rpc: HubRpc,
  warn: Warn = console.warn,
): void {
  const entries: unknown = JSON.parse(handoff);
  for (const entry of readEntries(entries)) void resend(entry, chat, rpc, warn);
}

type Warn = (...words: readonly unknown[]) => void;

/** Shows the visitor a text that the hub refused. */
interface DraftOwner {
  getSnapshot(): Pick<ChatSnapshot, 'draft'>;
  setDraft(text: string): void;
}

interface Entry {
  readonly call: Extract<Call, { type: 'send' | 'start' | 'draft' }>;
  readonly identity: Identity | null;
}

/** The calls that are worth repeating, in their order. Of several drafts only the last counts. */
function readEntries(value: unknown): readonly Entry[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [];
  const entries = list.flatMap(readEntry);
  const draft = entries.findLast(({ call }) => call.type === 'draft');
  return entries.filter((entry) => entry.call.type !== 'draft' || entry === draft);
}

function readEntry(value: unknown): readonly Entry[] {
  const { call: callValue, identity, isSent } = propertiesOf(value);
  const call = readCall(propertiesOf(callValue));
  // The hub got the draft, which another tab may have changed since.
  if (!call || (call.type === 'draft' && isSent === true)) return [];
  return [{ call, identity: isIdentity(identity) ? identity : null }];
}

function readCall(call: Readonly<Record<string, unknown>>): Entry['call'] | null {
  const { type, text, messageId, routing, age } = call;
  switch (type) {
    case 'send':
      if (typeof text !== 'string' || typeof messageId !== 'string') return null;
      // The hub validates the other properties.
      return { ...call, type, text, messageId, isRepeat: true };
    case 'draft':
      if (typeof text !== 'string') return null;
      return typeof age === 'number' && age > 0 ? { type, text, age } : { type, text };
    case 'start':
      return isRouting(routing) ? { type, routing } : null;
    default:
      return null;
  }
}

function isRouting(value: unknown): value is Extract<Call, { type: 'start' }>['routing'] {
  return Array.isArray(propertiesOf(value).skillGroups);
}

const isIdentity = object<Identity>({ visitor: nullable(isString), resetCount: isNumber });

function propertiesOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

/** Repeats a message until a hub has answered. Puts a refused text back into the draft. */
async function resend(
  { call, identity }: Entry,
  chat: DraftOwner,
  rpc: HubRpc,
  warn: Warn,
): Promise<void> {
  // The visitor may change between attempts.
  while (!isOtherIdentity(identity, rpc.identity)) {
    try {
      await rpc.call(call, undefined, identity);
      return;
    } catch (error) {
      const code = error instanceof PartylineError ? error.code : null;
      if (call.type === 'send' && (code === 'unreachable' || code === 'timeout')) continue;
      warn(`[partyline] ${call.type} failed:`, error);
      // After `signed-out` or `closed`, this page must not show the text.
      if (call.type !== 'send' || code === 'signed-out' || code === 'closed') return;
      const { draft } = chat.getSnapshot();
      chat.setDraft(draft === '' ? call.text : `${call.text}\n${draft}`);
      return;
    }
  }
}
