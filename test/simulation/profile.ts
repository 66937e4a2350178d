import { defaultLimits, type Limits } from '../../src/worker/core/settings.ts';
import { Random } from './random.ts';

/** With the default limits, a full window, outbox or reorder buffer is too rare. */
const smallLimits: readonly Limits[] = [
  { ...defaultLimits, window: 60, reorderBuffer: 8, outbox: 12 },
  { ...defaultLimits, page: 8, window: 12, reorderBuffer: 4, outbox: 8 },
];

/** Ranges in minutes, with their probabilities. Many short storms find more than few long ones. */
const lengths = [
  { share: 0.6, range: [0.1, 0.4] },
  { share: 0.25, range: [0.3, 0.8] },
  { share: 0.1, range: [0.5, 2] },
  // Slow processes need some long ones too.
  { share: 0.05, range: [1, 6] },
] as const;

function drawMinutes(random: Random): number {
  let left = random.next();
  for (const { share, range } of lengths) {
    left -= share;
    if (left < 0) return random.between(range[0], range[1]);
  }
  return lengths[0].range[0];
}

export const dialects = ['webchat', 'genesys-cloud'] as const;
export type DialectName = (typeof dialects)[number];

/**
 * What may happen in one run, drawn from its seed. Each fault is left out of about half of the runs:
 * bugs show more clearly, and more often, when not everything fails at once.
 */
export interface Profile {
  readonly dialect: DialectName;
  readonly minutes: number;
  /** Whether it goes on for a while after all checks have passed, to see that they still do. */
  readonly lingers: boolean;
  readonly sequences: boolean;
  /**
   * The gateway leaves out the id, role, sequence and name of messages, live and by REST, as the guide's
   * samples do.
   */
  readonly sparse: boolean;
  /** The probability that a frame lacks its sequence. */
  readonly unsequenced: number;
  /** The probability that a message gets the time of the one before it, if that is not 2 s old. */
  readonly ties: number;
  readonly limits: Limits;
  /** The most messages that an agent sends at once. */
  readonly burst: number;
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
  readonly tooManyConnections: number;

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
  /** The share of kills in which relaxed writes may be lost too. */
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

  /** The gateway forgets a conversation. */
  readonly forgets: number;
  /** Somebody deletes the database. */
  readonly deletions: number;
  /** The visitor signs out, or another one signs in. */
  readonly visitorChanges: number;
  /** A newer build's hub takes over. */
  readonly newerBuilds: number;
  /** Times a minute that several features are provoked together: provocations.ts. */
  readonly interactions: number;
  /** Hubs go idle, circuits open and queues stall within seconds instead of minutes. */
  readonly hurries: boolean;
  /** Nothing is shown before the broker has named the visitor. */
  readonly confirms: boolean;

  // --- in Genesys Cloud's dialect ---

  /** Whether the history keeps the client's message ids. */
  readonly keepsIds: boolean;
  /** The probability that a live message lacks the history's id. */
  readonly namelessLive: number;
  /** The probability that a live message lacks its time. */
  readonly timelessLive: number;
  /** The agent leaves, and the session stays open. */
  readonly farewells: number;
  /** Another window of the same session evicts the connection. */
  readonly evictions: number;
  /** The visitor deletes the conversation. */
  readonly clears: number;
  /** The lifetime of a session after its last message, as the platform reports it, in s. */
  readonly sessionLife: number;
}

/** Small limits, or the default limits with small or large bursts. */
function drawSizes(random: Random): Pick<Profile, 'limits' | 'burst'> {
  switch (random.int(1, 6)) {
    case 1:
      return { limits: defaultLimits, burst: 70 };
    case 2:
      return { limits: defaultLimits, burst: 3 };
    default:
      return { limits: random.pick(smallLimits) ?? defaultLimits, burst: 20 };
  }
}

/** A seed's profile, with overrides. */
export function profileOf(seed: number, options: { profile?: Partial<Profile> }): Profile {
  return chosenProfile(seed, new Random(seed), options.profile);
}

/** @param random the run's own stream, which is used further afterwards */
export function chosenProfile(
  seed: number,
  random: Random,
  chosen: Partial<Profile> = {},
): Profile {
  const profile = { ...drawProfile(seed, random), ...chosen };
  if (profile.dialect === 'webchat') {
    // Two equal texts of one sender in one millisecond are one message without ids.
    return profile.sparse ? { ...profile, sequences: false, unsequenced: 0, ties: 0 } : profile;
  }
  // The platform has no sequences. Messages without id or time are matched as far as memory
  // reaches; without a time, the visitor's own are matched by their id only.
  const isShort = profile.limits.window < defaultLimits.window;
  const namelessLive = isShort ? 0 : profile.namelessLive;
  const timelessLive = isShort || !profile.keepsIds ? 0 : profile.timelessLive;
  return { ...profile, sequences: false, sparse: false, namelessLive, timelessLive };
}

/** From a stream of its own, so that the webchat dialect's schedules do not move. */
function drawGuest(
  random: Random,
  pace: number,
): Pick<
  Profile,
  | 'keepsIds'
  | 'namelessLive'
  | 'timelessLive'
  | 'evictions'
  | 'clears'
  | 'farewells'
  | 'sessionLife'
> {
  return {
    keepsIds: random.chance(0.7),
    namelessLive: random.chance(0.3) ? random.between(0.05, 0.5) : 0,
    evictions: random.chance(0.15) ? pace * random.between(0.1, 0.5) : 0,
    clears: random.chance(0.15) ? pace * random.between(0.1, 0.5) : 0,
    timelessLive: random.chance(0.3) ? random.between(0.05, 0.5) : 0,
    farewells: random.chance(0.4) ? pace * random.between(0.2, 2) : 0,
    // The visitor gets a warning five minutes before the end.
    sessionLife: random.chance(0.5) ? random.int(301, 310) : 259_200,
  };
}

/**
 * From a stream of its own as well. Storms with interactions are longer and have short
 * latencies, so that one feature begins before the other is over.
 */
function drawInteractions(random: Random, { minutes, latency }: Profile): Partial<Profile> {
  const own = { hurries: random.chance(0.7), confirms: random.chance(0.2) };
  if (random.chance(0.4)) return own;
  const [least, most] = latency;
  return {
    ...own,
    interactions: random.between(10, 19),
    minutes: Math.max(minutes, random.between(0.4, 0.6)),
    latency: [least / 4, most / 4],
  };
}

export function drawProfile(seed: number, random: Random): Profile {
  const storm = drawStorm(seed, random);
  const own = Random.named(seed, 'ties');
  const profile = { ...storm, ties: own.chance(0.5) ? own.between(0.05, 0.5) : 0 };
  const interactions = drawInteractions(Random.named(seed, 'interactions'), profile);
  return { ...profile, ...interactions, sparse: Random.named(seed, 'sparse').chance(0.1) };
}

function drawStorm(seed: number, random: Random): Profile {
  const sometimes = (least: number, most: number, probability = 0.5) =>
    random.chance(probability) ? random.between(least, most) : 0;
  const far = random.between(10, 400);
  const minutes = drawMinutes(random);
  // Short storms have higher rates.
  const pace = Math.min(8, Math.max(1, 1.5 / minutes));
  const often = (least: number, most: number, probability = 0.5) =>
    pace * sometimes(least, most, probability);
  return {
    dialect: 'webchat',
    minutes,
    sequences: random.chance(0.7),
    sparse: false,
    // Not drawn: see "Limits" in docs/simulation.md.
    unsequenced: 0,
    ties: 0,
    ...drawSizes(random),
    tabs: random.int(1, 4),
    latency: [far / 4, far],
    loss: sometimes(0.002, 0.15),
    double: sometimes(0.01, 0.2),
    swap: sometimes(0.01, 0.2),
    connectFails: sometimes(0.05, 0.8),
    cuts: often(0.2, 4),
    restarts: often(0.1, 1, 0.3),
    outages: often(0.1, 1, 0.3),
    authRefused: sometimes(0.02, 0.15, 0.2),
    tokenLife: random.pick([30, 60, 120, 300, 900]) ?? 900,
    rateLimited: sometimes(0.02, 0.3, 0.3),
    internalErrors: sometimes(0.01, 0.1, 0.2),
    tooManyConnections: sometimes(0.01, 0.1, 0.2),
    restFails: sometimes(0.02, 0.5),
    restHangs: sometimes(0.01, 0.2, 0.3),
    restBusy: sometimes(0.02, 0.3, 0.3),
    restUnauthorized: sometimes(0.02, 0.2, 0.3),
    restLag: sometimes(500, 15_000, 0.2),
    brokerFails: sometimes(0.05, 0.5, 0.3),
    brokerBusy: sometimes(0.05, 0.3, 0.3),
    brokerSignedOut: sometimes(0.01, 0.1, 0.1),
    storeLatency: random.pick([1, 5, 30, 300]) ?? 5,
    kills: often(0.1, 2, 0.4),
    powerCuts: sometimes(0.2, 1, 0.3),
    sleeps: often(0.05, 0.5, 0.3),
    clockJumps: often(0.1, 1, 0.3),
    offlines: often(0.1, 1, 0.3),
    freezes: often(0.2, 2, 0.4),
    agentMessages: pace * (random.pick([0, 3, 20, 60]) ?? 3),
    agentEnds: often(0.1, 0.7, 0.4),
    sends: pace * (random.pick([2, 10, 20]) ?? 10),
    otherActions: often(2, 20),
    visitorEnds: often(0.1, 0.5, 0.3),
    forgets: often(0.1, 0.5, 0.1),
    deletions: often(0.1, 0.5, 0.1),
    visitorChanges: often(0.1, 0.7, 0.15),
    newerBuilds: often(0.1, 1, 0.2),
    lingers: random.chance(0.1),
    ...drawGuest(Random.named(seed, 'guest'), pace),
    interactions: 0,
    hurries: false,
    confirms: false,
  };
}
