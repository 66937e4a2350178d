import type { GatewayTraits } from '../../protocol/gateway/adapter.ts';

/** Times, all in milliseconds. */
export interface Timing {
  /** Shortest retry delay. @default 2_000 (guide §4) */
  readonly backoffFloor: number;
  /** Bound of the first retry delay; doubled at each further one. @default 8_000 (docs/fleet.md) */
  readonly backoffBase: number;
  /** Longest retry delay. @default 30_000 (guide §4) */
  readonly backoffCap: number;
  /** Failed retries after which REST polling takes over. A count. @default 5 (guide §4) */
  readonly attempts: number;
  /** Between two REST polls while the socket is given up. @default 5_000 */
  readonly poll: number;
  /** Between two probes of the socket while polling. @default 60_000 */
  readonly probe: number;
  /** Between two pings of ours; jitter takes up to a tenth off. @default 20_000 (guide, edge case 1) */
  readonly ping: number;
  /** From a ping to its pong, then a forced reconnect. @default 10_000 (guide, edge case 1) */
  readonly pong: number;
  /** From opening the socket to the auth answer. @default 10_000 */
  readonly auth: number;
  /** From a routing or resume frame to its answer, then it is asked again. @default 10_000 */
  readonly answer: number;
  /** How long a frame is held for the missing one before it. @default 2_000 (guide §3) */
  readonly hold: number;
  /** How long a frame without a sequence is held for one that it overtook. @default 200 */
  readonly shortHold: number;
  /** From sending a message to its echo, then REST is asked. @default 10_000 (guide, edge case 2) */
  readonly echo: number;
  /** How long a renewal waits for echoes, and a close for its answer. @default 2_000 */
  readonly drain: number;
  /** From wanting a routing to knowing whether it fits; then `routing.whenUnchecked` holds. @default 5_000 */
  readonly routingCheck: number;
  /** How long the canonical names of skill groups are believed. @default 600_000 */
  readonly skillGroups: number;
  /** In the queue for so long, the visitor is told why, as far as it is known. @default 120_000 */
  readonly queued: number;
  /** Between two reconciliations by REST while a page is visible. @default 60_000 */
  readonly reconcile: number;
  /** How long the other side's typing is shown. @default 6_000 */
  readonly typingShown: number;
  /** Between two typing frames of ours. @default 3_000 */
  readonly typingSent: number;
  /** Between two looks for stored messages that are too old or too many. @default 3_600_000 */
  readonly prune: number;
  /** Without a tab for so long, the socket is closed. @default 30_000 */
  readonly idle: number;
  /** A timer later than this means that we slept. @default 2_000 */
  readonly late: number;
}

export const defaultTiming: Timing = {
  backoffFloor: 2_000,
  backoffBase: 8_000,
  backoffCap: 30_000,
  attempts: 5,
  poll: 5_000,
  probe: 60_000,
  ping: 20_000,
  pong: 10_000,
  auth: 10_000,
  answer: 10_000,
  hold: 2_000,
  shortHold: 200,
  echo: 10_000,
  drain: 2_000,
  routingCheck: 5_000,
  skillGroups: 600_000,
  queued: 120_000,
  reconcile: 60_000,
  typingShown: 6_000,
  typingSent: 3_000,
  prune: 3_600_000,
  idle: 30_000,
  late: 2_000,
};

/** Counts. */
export interface Limits {
  /** Messages that a fresh tab is given. @default 50 */
  readonly page: number;
  /** Messages that the hub keeps in memory, and the most that come in one patch. @default 1_000 */
  readonly window: number;
  /** Frames held behind a missing one. @default 1_000 */
  readonly held: number;
  /** Messages waiting to be sent. @default 500 */
  readonly outbox: number;
  /**
   * Messages that go out in a second; the others wait, and are shown so. Whoever types never meets it.
   * @default 20
   */
  readonly sends: number;
  /** Messages of one port that are taken in a second; the others are dropped and counted. @default 500 */
  readonly portMessages: number;
  /** Messages that the browser keeps; older ones are fetched when somebody looks. @default 10_000 */
  readonly stored: number;
  /** Days that it keeps them. @default 90 */
  readonly storedDays: number;
}

export const defaultLimits: Limits = {
  page: 50,
  window: 1_000,
  held: 1_000,
  outbox: 500,
  sends: 20,
  portMessages: 500,
  stored: 10_000,
  storedDays: 90,
};

/** What the site wants where a routing can't be sent as it is. */
export interface RoutingPolicy {
  /**
   * The routing API is out of reach: `send` unchecked, and log that · `wait` until it can be checked.
   * @default 'send'
   */
  readonly whenUnchecked: 'send' | 'wait';
  /**
   * Nobody is on shift: `ask` the visitor whether to wait, and send nothing before · `warn` and send ·
   * `refuse`. @default 'ask'
   */
  readonly whenUncovered: 'ask' | 'warn' | 'refuse';
}

export const defaultRoutingPolicy: RoutingPolicy = { whenUnchecked: 'send', whenUncovered: 'ask' };

/** When a page sees what the browser keeps: `at-once`, or `confirmed` by the broker. */
export type HistoryPolicy = 'at-once' | 'confirmed';

export interface Settings {
  readonly history: HistoryPolicy;
  readonly routing: RoutingPolicy;
  readonly timing: Timing;
  readonly limits: Limits;
  readonly traits: GatewayTraits;
  readonly kind: 'shared-worker' | 'tab';
  readonly build: string;
  readonly epoch: string;
}
