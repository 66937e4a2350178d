import type { Routing } from './conversation.ts';

/** Why a visitor has been waiting for long, as far as the gateway's reports show. */
export const queueReasons = ['nobody-on-shift', 'unmatched', 'busy', 'unknown'] as const;

/**
 * - `nobody-on-shift`: the skill coverage report shows no agents for these skill groups.
 * - `unmatched`: the gateway does not know a skill group of that name, so no agent sees the visitor.
 * - `busy`: agents are on shift, and this visitor's turn has not come yet.
 * - `unknown`: the gateway's routing API can't be reached.
 */
export type QueueReason = (typeof queueReasons)[number];

/** What the visitor should know about the routing (guide, edge case 3). */
export type RoutingNotice =
  /** Not sent, because the gateway would put it into a queue without agents. */
  | {
      readonly kind: 'refused';
      /** One sentence each, with the closest match if there is one. */
      readonly problems: readonly string[];
      /** The routing with the closest matches, for `start(suggested)`; `null` without any. */
      readonly suggested: Routing | null;
    }
  /** No agent is on shift. `isAsking`: nothing is sent until `waitAnyway()` or `end()`. */
  | {
      readonly kind: 'uncovered';
      readonly skillGroups: readonly string[];
      readonly isAsking: boolean;
    }
  /** The routing API can't be reached, and the site does not allow unchecked routings. */
  | { readonly kind: 'unchecked' }
  /** Queued for longer than `timing.queued`. */
  | {
      readonly kind: 'stalled';
      /** Start of the wait, in epoch ms by the gateway's clock. */
      readonly since: number;
      readonly reason: QueueReason;
    };

/** One skill group in the skill coverage report. */
export interface SkillCoverage {
  readonly skillGroup: string;
  readonly agentsOnShift: number;
}

/**
 * - `matched`: checked, and sent. · `unchecked`: sent without a check. · `refused`: not sent.
 * - `uncovered`: no agent is on shift; held until the visitor decides, or sent, as the site's options say.
 * - `postponed`: held until the routing API can be reached.
 * - `stalled`: queued for long. · `connected`: an agent has joined.
 */
export type RoutingVerdict =
  | 'matched'
  | 'unchecked'
  | 'refused'
  | 'uncovered'
  | 'postponed'
  | 'stalled'
  | 'connected';

/** An entry of the routing log, for finding out later why a visitor waited. Holds no message text. */
export interface RoutingLogLine {
  /** ISO 8601, by the gateway's clock if known. */
  readonly at: string;
  readonly routing: Routing;
  readonly verdict: RoutingVerdict;
  readonly problems: readonly string[];
  readonly conversationId?: string;
  /** ISO 8601. */
  readonly queuedSince?: string;
  readonly coverage?: readonly SkillCoverage[];
}
