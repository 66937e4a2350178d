import type { UploadRules } from '../files.ts';
import type { PartialConversation, PartialMessage, PartialSender } from './messages.ts';

/** What a gateway sends on the socket. */
export type GatewayEvent =
  | { readonly type: 'authenticated'; readonly serverTime: number | null }
  | { readonly type: 'refused'; readonly message: string }
  | { readonly type: 'token-expired' }
  | { readonly type: 'conversation'; readonly conversation: PartialConversation }
  | { readonly type: 'message'; readonly message: PartialMessage }
  | {
      readonly type: 'typing';
      readonly conversationId: string | null;
      readonly from: PartialSender;
      readonly isTyping: boolean;
      /** How long to show it, in ms. */
      readonly duration?: number;
    }
  | {
      readonly type: 'receipt';
      readonly conversationId: string | null;
      readonly messageId: string;
      readonly from: PartialSender;
      readonly status: 'delivered' | 'read';
    }
  /** The gateway could not deliver a message of the visitor that it had accepted. */
  | {
      readonly type: 'undelivered';
      /** All ids that the message may have here. */
      readonly messageIds: readonly string[];
      /** For developers, as the gateway wrote it; `null` if it gives none. */
      readonly reason: string | null;
    }
  | { readonly type: 'ping'; readonly payload: unknown }
  | { readonly type: 'pong' }
  | { readonly type: 'problem'; readonly problem: GatewayProblem }
  | { readonly type: 'invalid'; readonly reason: string }
  | SessionEvent;

/** Events of gateways with `authentication: 'session'`. */
export type SessionEvent =
  /** The session is configured; `authenticated` and `conversation` come with it. */
  | {
      readonly type: 'session';
      readonly isConnected: boolean;
      /** It has no messages yet. */
      readonly isNew: boolean;
      readonly isReadOnly: boolean;
      /** The platform has started the conversation itself. */
      readonly isAutoStarted: boolean;
      /** The visitor's other sessions were cleared when this one was opened. */
      readonly hasClearedOthers: boolean;
      readonly life: SessionLife;
      readonly uploads: UploadRules | null;
    }
  /** The session's lifetime; each pong may renew it. */
  | { readonly type: 'session-life'; readonly life: SessionLife }
  /** The session has ended; the next conversation needs a new one. */
  | {
      readonly type: 'session-over';
      readonly reason: 'expired' | 'not-found' | 'cleared' | 'signed-in';
      readonly message: string;
    }
  /** The gateway closes this connection in favour of another one; reconnecting would evict that one. */
  | { readonly type: 'evicted'; readonly reason: string | null }
  | { readonly type: 'signed-out'; readonly message: string }
  | {
      readonly type: 'presence';
      readonly presence: 'join' | 'disconnect' | 'clear' | 'sign-in' | 'expired' | 'other';
      readonly from: 'visitor' | 'other';
      /** Epoch ms by the gateway's clock; `null` if unknown. */
      readonly at: number | null;
      readonly isReadOnly: boolean;
      /** The gateway's name for it. */
      readonly name: string;
      /** The id of the request that caused it, if the gateway returns it. */
      readonly requestId?: string;
    }
  | {
      readonly type: 'upload-target';
      readonly attachmentId: string;
      readonly url: string;
      /** The upload must send exactly these. */
      readonly headers: Readonly<Record<string, string>>;
    }
  | { readonly type: 'attachment-url'; readonly attachmentId: string; readonly url: string }
  | { readonly type: 'attachment-uploaded'; readonly attachmentId: string; readonly url: string }
  | {
      readonly type: 'attachment-failed';
      readonly attachmentId: string | null;
      readonly problem: GatewayProblem;
    }
  | { readonly type: 'attachment-deleted'; readonly attachmentId: string }
  /** Handled by the edge only, which declines it. The message about it comes as any other. */
  | { readonly type: 'offer'; readonly offer: Offer; readonly offerId: string | null }
  | {
      readonly type: 'configuration';
      readonly life: SessionLife;
      readonly uploads: UploadRules | null;
    }
  /** Handled by the edge only. `expiresAt` in epoch ms by the gateway's clock. */
  | { readonly type: 'rest-token'; readonly token: string; readonly expiresAt: number | null }
  /** A frame that partyline does not know, and can ignore. */
  | { readonly type: 'unknown'; readonly what: string };

/** What an agent can offer besides messages, and partyline does not have. */
export type Offer = 'co-browse' | 'video';

export interface SessionLife {
  /** Counted from the last message, in ms; `null` if unknown. */
  readonly duration: number | null;
  /** Epoch milliseconds by the gateway's clock. */
  readonly expiresAt: number | null;
}

export interface GatewayProblem {
  readonly kind: GatewayProblemKind;
  /** The gateway's own error code. */
  readonly code?: string;
  /** For people, as the gateway wrote it. */
  readonly message: string;
  readonly conversationId: string | null;
  readonly messageId: string | null;
  /** Milliseconds. */
  readonly retryAfter: number | null;
}

export type GatewayProblemKind =
  | 'invalid-frame'
  | 'conversation-not-found'
  | 'conversation-ended'
  | 'message-too-long'
  | 'rate-limited'
  /** The message can't be accepted as it is. */
  | 'rejected'
  /** The deployment does not allow it. */
  | 'forbidden'
  | 'attachment'
  /** Temporary; retry later. */
  | 'unavailable'
  | 'other';
