import type { Attributes, Routing } from '../../../protocol/conversation.ts';
import type { StepContext } from '../context.ts';
import { emptyMeta, type Meta, type OutboxRecord } from '../records.ts';
import type { Settings } from '../settings.ts';

/**
 * The visitor and the small values stored for them. Invariants, as in docs/architecture.md:
 *
 * 1. `generation` and `meta.resetCount` grow with each visitor change.
 * 2. Under `history: 'confirmed'`, nothing stored is shown while `isConfirmed` is false.
 * 3. After a visitor change, nothing of the previous visitor is in the state. What stays belongs to
 *    the hub or the machine: settings, the network, the socket's end and pauses, names of skill
 *    groups, the attached tabs, counters and ids.
 */
export interface VisitorSlice {
  readonly meta: Meta;
  /** Who wrote the draft; `null`: a tab of an earlier hub, or nobody. */
  readonly draftOrigin: DraftOrigin | null;
  /** Somebody has typed while nobody was signed in: the text may still be in a page's textbox. */
  readonly hasAnonymousDraft: boolean;
  /** Counts visitors of this hub; part of the epoch. */
  readonly generation: number;
  /** Whether stored history may be shown. */
  readonly isConfirmed: boolean;
  /** Outbox rows up to this ordinal are hidden until then. */
  readonly hiddenOutbox: number;
  /** Only where the session is the conversation; `null`: nothing known. */
  readonly sessionMemory: SessionMemory | null;
}

interface DraftOrigin {
  readonly tabId: string;
  /** On the monotonic clock. */
  readonly writtenAt: number;
}

/** What a dialect remembers whose session is the conversation. */
export interface SessionMemory {
  /** Lifetime of the session after the last message, in ms; `null` when unknown. */
  readonly life: number | null;
  /** When the session ends, on the monotonic clock. */
  readonly endsAt: number | null;
  /** The last conversation's session is over and must not be reopened. */
  readonly isSessionOver: boolean;
  /** The message that the gateway could not accept, and how often in a row. */
  readonly refused: { readonly messageId: string; readonly times: number } | null;
  /** When sessions were refused on live connections, recently. */
  readonly expiries: readonly number[];
  /** The socket on which the visitor has asked to delete the conversation, without an outcome yet. */
  readonly deletionOn: number | null;
  /** What the gateway says the session is being cleared for. */
  readonly clearing: Clearing | null;
}

export interface Clearing {
  readonly socketId: number;
  /** `other`: another client asked for it, which does not say why. */
  readonly purpose: 'end' | 'deletion' | 'other';
}

export function initialVisitorSlice({ history }: Pick<Settings, 'history'>): VisitorSlice {
  return {
    meta: emptyMeta,
    draftOrigin: null,
    hasAnonymousDraft: false,
    generation: 0,
    isConfirmed: history === 'at-once',
    hiddenOutbox: 0,
    sessionMemory: null,
  };
}

/**
 * Starts a new generation, which tells every tab that the previous visitor is gone. `isConfirmed`
 * stays: nothing of the previous visitor is left to hide.
 */
export function onVisitorChange(state: VisitorSlice, subject: string | null): VisitorSlice {
  return {
    meta: { ...emptyMeta, subject, resetCount: state.meta.resetCount + 1 },
    draftOrigin: null,
    hasAnonymousDraft: false,
    generation: state.generation + 1,
    isConfirmed: state.isConfirmed,
    hiddenOutbox: 0,
    sessionMemory: null,
  };
}

/** Timers of this slice that a visitor change clears. */
export const visitorTimers = ['expiry', 'deletion'] as const;

/** Only for files of this folder. */
export function setVisitorSlice(context: StepContext, part: Partial<VisitorSlice>): void {
  context.write(part);
}

/** Changes values that the next write stores. */
export function updateMeta(context: StepContext, part: Partial<Meta>): void {
  context.write({ meta: { ...context.state.meta, ...part } });
  context.change({ isMetaChanged: true });
}

/** The attributes that would be sent with a routing, or with the last one. */
export function attributesOf(
  { state: { meta } }: StepContext,
  routing = meta.lastRouting,
): Attributes {
  return { ...routing?.attributes, ...meta.attributes };
}

/** The routing with the attributes that pages have set. */
export function withAttributes(context: StepContext, routing: Routing): Routing {
  if (!context.state.meta.attributes) return routing;
  return { ...routing, attributes: attributesOf(context, routing) };
}

/**
 * A guest has signed in. Pages go on knowing the visitor by the guest's id: to them, nobody else has come.
 * Durable, since the credentials name the new subject from now on.
 */
export function adoptIdentity(context: StepContext, subject: string): void {
  updateMeta(context, { subject, guest: pageVisitor(context.state) });
  context.change({ isDurable: true });
}

/** The visitor's id in pages: it stays the same when a guest signs in. */
export function pageVisitor({ meta }: Pick<VisitorSlice, 'meta'>): string | null {
  return meta.guest ?? meta.subject;
}

/**
 * Whether what is written now would have no owner. After an anonymous draft, this lasts until a visitor
 * is named, who counts as another one.
 */
export function isNobodySignedIn({ state }: StepContext): boolean {
  const { connection, meta, hasAnonymousDraft } = state;
  return meta.subject === null && (connection.phase === 'signed-out' || hasAnonymousDraft);
}

/**
 * Stores a tab's draft, unless another tab has written a newer one: the calls of a tab whose hub was
 * replaced arrive late. One tab's drafts arrive in order, and times that differ by a clock's resolution
 * say nothing about them.
 *
 * @param age since the visitor wrote it, in ms
 */
export function setDraft(context: StepContext, tabId: string, draft: string, age = 0): void {
  const { draftOrigin: last } = context.state;
  if (isNobodySignedIn(context)) {
    // The next visitor may be somebody else: the draft stays in its textbox, which is cleared when a
    // visitor is named. After a 401 the visitor is still known, and the draft is kept for them.
    if (draft !== '') context.write({ hasAnonymousDraft: true });
    return;
  }
  const writtenAt = context.clock.now - age;
  if (last !== null && last.tabId !== tabId && writtenAt < last.writtenAt) return;
  context.write({ draftOrigin: { tabId, writtenAt } });
  updateMeta(context, { draft });
}

/**
 * Sets the gateway's clock minus ours, in ms. Each hub learns it anew, so it is not written at
 * once.
 */
export function correctClock(context: StepContext, clockOffset: number): void {
  context.write({ meta: { ...context.state.meta, clockOffset } });
}

export function rememberSession(context: StepContext, sessionMemory: SessionMemory): void {
  context.write({ sessionMemory });
}

/** The outbox names a visitor whose record was lost: if the token names another one, it is deleted. */
export function adoptOutboxOwner(context: StepContext, outbox: readonly OutboxRecord[]): void {
  const subject = outbox.findLast((record) => record.subject !== undefined)?.subject;
  if (context.state.meta.subject === null && subject !== undefined)
    updateMeta(context, { subject });
}

export function restoreVisitor(context: StepContext, meta: Meta): void {
  context.write({ meta });
}
