import type { SkillCoverage } from '../routing.ts';
import type { PartialConversation, PartialMessage } from './messages.ts';

export type RestCall =
  | {
      readonly type: 'history-since';
      readonly conversationId: string;
      /** Inclusive, epoch ms. */
      readonly since: number;
      readonly cursor: string | null;
    }
  /** The newest messages before a given one, exclusive, in ascending order. */
  | {
      readonly type: 'history-before';
      readonly conversationId: string;
      /** The sequence of that message, or its time in epoch ms where there are no sequences. */
      readonly before: { readonly sequence: number } | { readonly instant: number };
      /** The next page, for gateways whose history is `newest`. */
      readonly cursor?: string;
    }
  | {
      readonly type: 'send-message';
      readonly conversationId: string;
      readonly messageId: string;
      readonly text: string;
    }
  | { readonly type: 'conversation'; readonly conversationId: string }
  /** The canonical names. Needs `traits.routingApi`, as does `skill-coverage`. */
  | { readonly type: 'skill-groups' }
  | { readonly type: 'skill-coverage'; readonly skillGroups: readonly string[] };

export type RestValue =
  | {
      readonly type: 'history';
      readonly messages: readonly PartialMessage[];
      readonly nextCursor: string | null;
      /** Number of entries that are not valid messages. */
      readonly invalidCount: number;
    }
  | { readonly type: 'message'; readonly message: PartialMessage }
  | { readonly type: 'conversation'; readonly conversation: PartialConversation }
  | { readonly type: 'skill-groups'; readonly names: readonly string[] }
  | { readonly type: 'skill-coverage'; readonly coverage: readonly SkillCoverage[] };

export type RestFailureKind =
  | 'unauthorized'
  | 'forbidden'
  | 'not-found'
  | 'ended'
  | 'too-long'
  | 'rejected'
  | 'rate-limited'
  | 'unavailable'
  | 'network'
  | 'invalid';

export interface RestFailure {
  readonly kind: RestFailureKind;
  readonly message: string;
  /** Milliseconds. */
  readonly retryAfter: number | null;
}

export type RestResult =
  | { readonly ok: true; readonly value: RestValue }
  | { readonly ok: false; readonly failure: RestFailure };

export function restFailure(
  kind: RestFailureKind,
  message: string,
  retryAfter: number | null = null,
): RestResult {
  return { ok: false, failure: { kind, message, retryAfter } };
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

export interface HttpResponse {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly body: string;
}
