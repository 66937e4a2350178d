import type { StepContext } from '../context.ts';
import { emptyMeta, type Meta } from '../records.ts';
import type { Settings } from '../settings.ts';

/** Who is there, and the small facts that are kept of them. */
export interface VisitorSlice {
  readonly meta: Meta;
  /** Visitors that this hub has seen: part of the epoch. */
  readonly generation: number;
  /** What is kept may be shown. */
  readonly isConfirmed: boolean;
  /** What waited up to this ordinal is not shown before that. */
  readonly hiddenOutbox: number;
  /** Of a session that is the conversation; `null`: nothing, or there are no such sessions. */
  readonly sessionMemory: SessionMemory | null;
}

/** What is known of sessions that are conversations: see guest-memory.ts. */
export interface SessionMemory {
  /** How long the session lives from the last message on, in ms; `null` when nobody says. */
  readonly life: number | null;
  /** When it ends, on the monotonic clock. */
  readonly endsAt: number | null;
  /** The session of the visitor's last conversation is over, and must not be opened again. */
  readonly startsNew: boolean;
  /** The message that the gateway could not take, and how often in a row. */
  readonly refused: { readonly messageId: string; readonly times: number } | null;
  /** When living lines were told that their session is not accepted, lately. */
  readonly expiries: readonly number[];
}

export function initialVisitorSlice({ history }: Pick<Settings, 'history'>): VisitorSlice {
  return {
    meta: emptyMeta,
    generation: 0,
    isConfirmed: history === 'at-once',
    hiddenOutbox: 0,
    sessionMemory: null,
  };
}

/** A new visitor, whose number tells every tab that the former one has gone. */
export function onVisitorChange(state: VisitorSlice, subject: string | null): VisitorSlice {
  return {
    meta: { ...emptyMeta, subject, resetCount: state.meta.resetCount + 1 },
    generation: state.generation + 1,
    isConfirmed: state.isConfirmed,
    hiddenOutbox: 0,
    sessionMemory: null,
  };
}

/** Timers of this slice that a change of visitor clears. */
export const visitorTimers = ['expiry'] as const;

/** For the files of this folder alone. */
export function setVisitorSlice(context: StepContext, part: Partial<VisitorSlice>): void {
  context.write(part);
}

/** Small facts of the visitor, kept with the next write. */
export function updateMeta(context: StepContext, part: Partial<Meta>): void {
  context.write({ meta: { ...context.state.meta, ...part } });
  context.change({ meta: true });
}

/** The gateway's clock minus ours, in ms: learned anew with each hub, so that it need not be written at once. */
export function correctClock(context: StepContext, clockOffset: number): void {
  context.write({ meta: { ...context.state.meta, clockOffset } });
}

/** What a dialect whose session is the conversation remembers of it. */
export function rememberSession(context: StepContext, sessionMemory: SessionMemory): void {
  context.write({ sessionMemory });
}

/** What a boot finds in the store. */
export function restoreVisitor(context: StepContext, meta: Meta): void {
  context.write({ meta });
}
