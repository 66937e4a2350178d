import { defaultLimits, type Limits } from '../../src/worker/core/settings.ts';
import type { Random } from './random.ts';

/**
 * What may happen in one run, drawn from its seed. Each fault is left out of about half of the runs:
 * a bug shows more clearly, and more often, where not everything fails at once.
 */
export interface Profile {
  readonly minutes: number;
  readonly sequences: boolean;
  readonly limits: Limits;
  readonly tabs: number;

  /** One way, in ms. */
  readonly latency: readonly [number, number];
  /** Per frame and direction. */
  readonly loss: number;
  readonly double: number;
  readonly swap: number;
  /** Per try to connect. */
  readonly connectFails: number;
  /** Per minute. */
  readonly cuts: number;
  readonly restarts: number;
  readonly outages: number;

  readonly authRefused: number;
  readonly tokenLife: number;
  readonly rateLimited: number;
  readonly internalErrors: number;
  readonly crowded: number;

  readonly restFails: number;
  readonly restHangs: number;
  readonly restBusy: number;
  readonly restUnauthorized: number;
  /** How far behind the transcript REST may read, in ms. */
  readonly restLag: number;

  readonly brokerFails: number;
  readonly brokerBusy: number;
  readonly brokerSignedOut: number;

  readonly storeLatency: number;
  readonly kills: number;
  /** Of those: the machine goes too, and relaxed writes may be lost. */
  readonly powerCuts: number;

  readonly sleeps: number;
  readonly clockJumps: number;
  readonly offlines: number;
  readonly freezes: number;

  readonly agentMessages: number;
  readonly agentEnds: number;
  readonly sends: number;
  readonly otherActions: number;
  readonly visitorEnds: number;
}

export function drawProfile(random: Random): Profile {
  const sometimes = (least: number, most: number, probability = 0.5) =>
    random.chance(probability) ? random.between(least, most) : 0;
  const isSmall = random.chance(0.3);
  const far = random.between(10, 400);
  return {
    minutes: random.between(1, 6),
    sequences: random.chance(0.7),
    limits: isSmall ? { ...defaultLimits, window: 60, held: 8, outbox: 12 } : defaultLimits,
    tabs: random.int(1, 4),
    latency: [far / 4, far],
    loss: sometimes(0.002, 0.15),
    double: sometimes(0.01, 0.2),
    swap: sometimes(0.01, 0.2),
    connectFails: sometimes(0.05, 0.8),
    cuts: sometimes(0.2, 4),
    restarts: sometimes(0.1, 1, 0.3),
    outages: sometimes(0.1, 1, 0.3),
    authRefused: sometimes(0.02, 0.15, 0.2),
    tokenLife: random.pick([30, 60, 120, 300, 900]) ?? 900,
    rateLimited: sometimes(0.02, 0.3, 0.3),
    internalErrors: sometimes(0.01, 0.1, 0.2),
    crowded: sometimes(0.01, 0.1, 0.2),
    restFails: sometimes(0.02, 0.5),
    restHangs: sometimes(0.01, 0.2, 0.3),
    restBusy: sometimes(0.02, 0.3, 0.3),
    restUnauthorized: sometimes(0.02, 0.2, 0.3),
    restLag: sometimes(500, 15_000, 0.2),
    brokerFails: sometimes(0.05, 0.5, 0.3),
    brokerBusy: sometimes(0.05, 0.3, 0.3),
    brokerSignedOut: sometimes(0.01, 0.1, 0.1),
    storeLatency: random.pick([1, 5, 30, 300]) ?? 5,
    kills: sometimes(0.1, 2, 0.4),
    powerCuts: sometimes(0.2, 1, 0.3),
    sleeps: sometimes(0.05, 0.5, 0.3),
    clockJumps: sometimes(0.1, 1, 0.3),
    offlines: sometimes(0.1, 1, 0.3),
    freezes: sometimes(0.2, 2, 0.4),
    agentMessages: random.pick([0, 3, 20, 80]) ?? 3,
    agentEnds: sometimes(0.1, 0.7, 0.4),
    sends: random.pick([2, 10, 30]) ?? 10,
    otherActions: sometimes(2, 20),
    visitorEnds: sometimes(0.1, 0.5, 0.3),
  };
}
