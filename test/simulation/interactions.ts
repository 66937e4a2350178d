import { isPlannedReconnect } from '../../src/worker/core/connection/state.ts';
import type { HubState } from '../../src/worker/core/state.ts';
import type { FaultKind } from './faults.ts';
import { type Ending, endingOf } from './invariants/resets.ts';
import type { Step } from './model/hub.ts';
import type { DialectName } from './profile.ts';

/** Something that can meet another feature: a condition that lasts, or an event. */
interface Feature {
  /** It lasts while this holds. */
  readonly isOn?: (state: HubState, now: number) => boolean;
  /** It occurs when one of these is counted. */
  readonly faults?: readonly FaultKind[];
  /** It occurs at one of these endings. */
  readonly endings?: readonly Ending[];
  /** The dialect that has it. @default both */
  readonly dialect?: DialectName;
}

const hasStage =
  (...stages: readonly string[]) =>
  ({ outbox }: HubState) =>
    outbox.some(({ at }) => stages.includes(at.stage));

const features = {
  // --- conditions ---
  'rate pause': { isOn: ({ pausedUntil }) => pausedUntil !== null },
  'REST pause': { isOn: ({ restPausedUntil }, now) => (restPausedUntil ?? 0) > now },
  'broker pause': { isOn: ({ token }, now) => (token.pausedUntil ?? 0) > now },
  'token awaited': { isOn: ({ token }) => token.requestId !== null },
  renewal: { isOn: ({ connection }) => isPlannedReconnect(connection) },
  draining: { isOn: ({ connection }) => connection.phase === 'draining' },
  'retry awaited': { isOn: ({ connection }) => connection.phase === 'waiting' },
  'circuit open': { isOn: ({ breaker }) => breaker.isOpen },
  'catch-up': { isOn: ({ catchUps }) => catchUps.active !== null },
  'reorder buffer': {
    isOn: ({ conversation }) => conversation !== null && conversation.reorderBuffer.length > 0,
    dialect: 'webchat',
  },
  gap: {
    isOn: ({ conversation }) => conversation !== null && conversation.gaps.length > 0,
    dialect: 'webchat',
  },
  'final catch-up': { isOn: ({ conversation }) => conversation?.finalCatchUp != null },
  'previous conversation': {
    isOn: ({ previousConversations }) => previousConversations.length > 0,
    dialect: 'webchat',
  },
  'message stored': { isOn: hasStage('storing') },
  'message in flight': { isOn: hasStage('sent', 'sending-by-rest') },
  'message unconfirmed': { isOn: hasStage('unconfirmed') },
  'message failed': { isOn: hasStage('failed') },
  queue: { isOn: ({ routing }) => routing.queue !== null, dialect: 'webchat' },
  'routing checked': {
    isOn: ({ routing: { check } }) => check?.stage === 'names' || check?.stage === 'coverage',
    dialect: 'webchat',
  },
  pagination: { isOn: ({ paginations }) => paginations.length > 0 },
  'agent types': { isOn: ({ typing }) => typing.remote !== null },
  'visitor types': { isOn: ({ tabs }) => tabs.some(({ isTyping }) => isTyping) },
  'expiry known': {
    isOn: ({ conversation }) => conversation?.details.expiresAt !== undefined,
    dialect: 'genesys-cloud',
  },
  // --- events ---
  'frame lost': { faults: ['frame lost'] },
  'frame duplicated': { faults: ['frame duplicated'] },
  'frame reordered': { faults: ['frame reordered'] },
  'connection lost': { faults: ['connection cut', 'gateway restart'] },
  'connect failed': { faults: ['connect failed', 'gateway outage', 'too many connections'] },
  'auth refused': { faults: ['auth refused'] },
  'token expired': { faults: ['token expired'], dialect: 'webchat' },
  'internal error': { faults: ['internal error'] },
  'conversation forgotten': { faults: ['conversation forgotten'] },
  'REST failed': { faults: ['REST failed', 'REST answer lost', 'REST hung'] },
  'REST 401': { faults: ['REST 401'] },
  'broker failed': { faults: ['broker failed'] },
  'worker killed': { faults: ['worker killed'] },
  'power cut': { faults: ['power cut'] },
  'database deleted': { faults: ['database deleted'] },
  'machine asleep': { faults: ['sleep'] },
  'clock jump': { faults: ['clock jump'] },
  offline: { faults: ['offline'] },
  'tab frozen': { faults: ['tab frozen'] },
  'tab gone': { faults: ['tab closed', 'tab cached'] },
  evicted: { faults: ['evicted'], dialect: 'genesys-cloud' },
  farewell: { faults: ['farewell'], dialect: 'genesys-cloud' },
  'conversation deleted': { faults: ['conversation deleted'], dialect: 'genesys-cloud' },
  // --- endings ---
  'visitor switched': { endings: ['visitor switched'] },
  'signed out': { endings: ['signed out'] },
  'session over': { endings: ['session over'] },
  'newer build': { endings: ['stepped down'] },
  'hub idle': { endings: ['slept'] },
  'conversation ended': { endings: ['conversation ended'] },
  'next conversation': { endings: ['next conversation'] },
} satisfies Readonly<Record<string, Feature>>;

export type FeatureName = keyof typeof features;

const named: readonly (readonly [string, Feature])[] = Object.entries(features);
export const featureNames: readonly string[] = named.map(([name]) => name);

const size = named.length;

/** The size of a matrix of pairs; only one half is used. */
export const pairCount = size * size;

/** How long a feature still counts after it occurred or ended, in ms. */
const nearness = 5_000;

/** Conditions, with their indexes. */
const lasting = named.flatMap(([, { isOn }], index) => (isOn ? [{ index, isOn }] : []));
const byFault = new Map<string, number>(
  named.flatMap(([, { faults = [] }], index) => faults.map((kind) => [kind, index] as const)),
);
const byEnding = new Map<string, number>(
  named.flatMap(([, { endings = [] }], index) => endings.map((kind) => [kind, index] as const)),
);

/**
 * How often features have met in a schedule: one began while another lasted, or within
 * five seconds after it. Bugs between two features show only there.
 */
export class FeatureInteractions {
  readonly #met = new Uint16Array(pairCount);
  readonly #isOn = new Uint8Array(size);
  /** When it last ended or occurred. */
  readonly #until = new Float64Array(size).fill(Number.NEGATIVE_INFINITY);
  /** Callbacks for the next time, by feature. */
  readonly #awaited = new Map<number, (() => void)[]>();

  /** Calls back when the feature next begins. */
  onNext(name: FeatureName, work: () => void): void {
    const index = featureNames.indexOf(name);
    this.#awaited.set(index, [...(this.#awaited.get(index) ?? []), work]);
  }

  happens(kind: FaultKind, now: number): void {
    const index = byFault.get(kind);
    if (index !== undefined) this.#begins(index, now);
  }

  step(step: Step, now: number): void {
    const { before, after, hub } = step;
    if (before === after) return;
    const ending = endingOf(step);
    const index = ending === null ? undefined : byEnding.get(ending);
    if (index !== undefined) this.#begins(index, now);
    const clock = hub.clock().now;
    for (const one of lasting) {
      const isOn = one.isOn(after, clock) ? 1 : 0;
      if (isOn === this.#isOn[one.index]) continue;
      if (isOn) this.#begins(one.index, now);
      this.#until[one.index] = now;
      this.#isOn[one.index] = isOn;
    }
  }

  #begins(index: number, now: number): void {
    for (let other = 0; other < size; other += 1) {
      const since = now - (this.#until[other] ?? 0);
      if (other === index || (this.#isOn[other] === 0 && since > nearness)) continue;
      const pair = Math.min(index, other) * size + Math.max(index, other);
      this.#met[pair] = (this.#met[pair] ?? 0) + 1;
    }
    this.#until[index] = now;
    const awaited = this.#awaited.get(index);
    if (!awaited) return;
    this.#awaited.delete(index);
    for (const work of awaited) work();
  }

  /** How often each pair has met, by its index. */
  get met(): Uint16Array {
    return this.#met;
  }
}

/** Pairs that cannot meet, with the reason. */
const impossiblePairs: readonly (readonly [FeatureName, FeatureName, string])[] = [];

export interface InteractionShare {
  readonly names: readonly [string, string];
  /** How often in a hundred schedules. */
  readonly share: number;
}

/** Every pair that can meet in this dialect, the rarest first. */
export function interactionShares(
  counts: readonly number[],
  seeds: number,
  dialect: DialectName,
): readonly InteractionShare[] {
  const all: InteractionShare[] = [];
  named.forEach(([a, one], first) => {
    named.forEach(([b, other], second) => {
      const isThere = [one, other].every((feature) => (feature.dialect ?? dialect) === dialect);
      const areStrangers = impossiblePairs.some(
        ([c, d]) => (a === c && b === d) || (a === d && b === c),
      );
      if (first >= second || !isThere || areStrangers) return;
      const share = (100 * (counts[first * size + second] ?? 0)) / seeds;
      all.push({ names: [a, b], share });
    });
  });
  return all.sort((a, b) => a.share - b.share);
}
