import type { Routing } from './conversation.ts';

/** Why somebody waits in a queue for long, as far as the gateway tells. */
export const queueReasons = ['nobody-on-shift', 'unmatched', 'busy', 'unknown'] as const;

/**
 * - `nobody-on-shift`: the skill coverage report names no agent for these skill groups now.
 * - `unmatched`: a skill group's name is not one that the gateway knows, so that no agent sees it.
 * - `busy`: agents are there; it is not this visitor's turn yet.
 * - `unknown`: the gateway's routing API can't be reached.
 */
export type QueueReason = (typeof queueReasons)[number];

/** What a visitor should know of the routing, and can do about it (guide, edge case 3). */
export type RoutingNotice =
  /** Nothing was sent: the gateway would put it into a queue that no agent serves. */
  | {
      readonly kind: 'refused';
      /** One sentence each, with what was meant where that can be guessed. */
      readonly problems: readonly string[];
      /** The routing with what was meant, to go on with: `start(suggested)`; `null` without a guess. */
      readonly suggested: Routing | null;
    }
  /** Nobody is on shift for it. `isAsking`: nothing is sent until `waitAnyway()` or `end()`. */
  | {
      readonly kind: 'uncovered';
      readonly skillGroups: readonly string[];
      readonly isAsking: boolean;
    }
  /** The routing API is out of reach, and the site wants no routing that was not checked. */
  | { readonly kind: 'unchecked' }
  /** Queued for longer than `timing.queued`. */
  | {
      readonly kind: 'stalled';
      /** Epoch ms of the gateway: queued since then. */
      readonly since: number;
      readonly reason: QueueReason;
    };

/** What the skill coverage report says of one skill group. */
export interface SkillCoverage {
  readonly skillGroup: string;
  readonly agentsOnShift: number;
}

/**
 * - `matched`: checked, and sent. · `unchecked`: sent without a check. · `refused`: not sent.
 * - `uncovered`: nobody is on shift; held until the visitor chooses, or sent, as the site wants.
 * - `postponed`: held until the routing API can be asked.
 * - `stalled`: queued for long. · `connected`: an agent has come.
 */
export type RoutingVerdict =
  | 'matched'
  | 'unchecked'
  | 'refused'
  | 'uncovered'
  | 'postponed'
  | 'stalled'
  | 'connected';

/** One line of the routing log, for finding out afterwards why somebody waited. Holds no text. */
export interface RoutingLogLine {
  /** ISO 8601, by the gateway's clock as far as it is known. */
  readonly at: string;
  readonly routing: Routing;
  readonly verdict: RoutingVerdict;
  readonly problems: readonly string[];
  readonly conversationId?: string;
  /** ISO 8601. */
  readonly queuedSince?: string;
  readonly coverage?: readonly SkillCoverage[];
}
