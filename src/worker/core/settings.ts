import type { GatewayTraits } from '../../protocol/gateway/adapter.ts';

/** Times, all in milliseconds. */
export interface Timing {
  /** Shortest retry delay. @default 2_000 (guide §4) */
  readonly backoffFloor: number;
  /**
   * Upper bound of the first retry delay; doubles with each retry. @default 8_000 (docs/fleet.md)
   */
  readonly backoffBase: number;
  /** Longest retry delay. @default 30_000 (guide §4) */
  readonly backoffCap: number;
  /** Failed retries before REST polling takes over. A count. @default 5 (guide §4) */
  readonly attempts: number;
  /** Between two REST polls while the circuit is open. @default 5_000 */
  readonly poll: number;
  /** Between two connection attempts while polling. @default 60_000 */
  readonly probe: number;
  /**
   * Between two pings that we send; jitter takes up to a tenth off. @default 20_000 (guide, edge
   * case 1)
   */
  readonly ping: number;
  /** From a ping to its pong; then we reconnect. @default 10_000 (guide, edge case 1) */
  readonly pong: number;
  /** From opening the socket to the auth answer. @default 10_000 */
  readonly auth: number;
  /** From a routing or resume frame to its answer; then the frame is repeated. @default 10_000 */
  readonly answer: number;
  /** How long a frame waits for a missing one before it. @default 2_000 (guide §3) */
  readonly reorder: number;
  /** How long a frame without a sequence waits for one that it may have overtaken. @default 200 */
  readonly unsequenced: number;
  /**
   * From sending a message to its echo; then REST is asked. @default 10_000 (guide, edge case 2)
   */
  readonly echo: number;
  /** How long a renewal waits for echoes, and a close for its answer. @default 2_000 */
  readonly drain: number;
  /**
   * How long the check of a routing may take; then `routing.whenUnchecked` applies. @default 5_000
   */
  readonly routingCheck: number;
  /** How long the canonical names of skill groups are cached. @default 600_000 */
  readonly skillGroups: number;
  /** Time in the queue after which the visitor sees the reason, if known. @default 120_000 */
  readonly queued: number;
  /** Between two catch-ups while a page is visible. @default 60_000 */
  readonly reconcile: number;
  /** How long the agent's typing indicator is shown. @default 6_000 */
  readonly typingShown: number;
  /** Between two typing frames that we send. @default 3_000 */
  readonly typingSent: number;
  /** Between two runs that delete old or surplus stored messages. @default 3_600_000 */
  readonly prune: number;
  /** How long the socket stays open without a tab. @default 30_000 */
  readonly idle: number;
  /** A timer that fires later than this means that the machine slept. @default 2_000 */
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
  reorder: 2_000,
  unsequenced: 200,
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
  /** Messages in the snapshot of a new tab. @default 50 */
  readonly page: number;
  /** Messages that the hub keeps in memory, and the maximum in one patch. @default 1_000 */
  readonly window: number;
  /** Frames buffered behind a missing one. @default 1_000 */
  readonly reorderBuffer: number;
  /** Messages that may wait in the outbox. @default 500 */
  readonly outbox: number;
  /**
   * Messages sent per second; the others wait and are shown as pending. Nobody types that fast.
   * @default 20
   */
  readonly sends: number;
  /** Messages accepted per port and second; the others are dropped and counted. @default 500 */
  readonly portMessages: number;
  /** Messages that the browser keeps; older ones are fetched on demand. @default 10_000 */
  readonly stored: number;
  /** Days that the browser keeps messages. @default 90 */
  readonly storedDays: number;
}

export const defaultLimits: Limits = {
  page: 50,
  window: 1_000,
  reorderBuffer: 1_000,
  outbox: 500,
  sends: 20,
  portMessages: 500,
  stored: 10_000,
  storedDays: 90,
};

/** What happens to a routing that can't be checked or that no agent serves. */
export interface RoutingPolicy {
  /**
   * When the routing API is unavailable: `send` unchecked and log it, or `wait` until it can be
   * checked.
   * @default 'send'
   */
  readonly whenUnchecked: 'send' | 'wait';
  /**
   * When no agent is on shift: `ask` the visitor whether to wait and send nothing before, `warn`
   * and send, or `refuse`. @default 'ask'
   */
  readonly whenUncovered: 'ask' | 'warn' | 'refuse';
}

export const defaultRoutingPolicy: RoutingPolicy = { whenUnchecked: 'send', whenUncovered: 'ask' };

/** When stored history is shown: `at-once`, or once the broker has `confirmed` the visitor. */
export type HistoryPolicy = 'at-once' | 'confirmed';

export interface Settings {
  /** The hub's name; empty for an origin with one hub. */
  readonly name: string;
  readonly history: HistoryPolicy;
  readonly routing: RoutingPolicy;
  readonly timing: Timing;
  readonly limits: Limits;
  readonly traits: GatewayTraits;
  readonly kind: 'shared-worker' | 'tab';
  readonly build: string;
  readonly bootId: string;
}
