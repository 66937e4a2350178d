import type { UploadRules } from '../files.ts';
import type { Sender } from '../message.ts';
import type { PartialConversation, PartialMessage } from './messages.ts';

export type GatewayEvent =
  | { readonly type: 'authenticated'; readonly serverTime: number | null }
  | { readonly type: 'refused'; readonly message: string }
  | { readonly type: 'token-expired' }
  | { readonly type: 'conversation'; readonly conversation: PartialConversation }
  | { readonly type: 'message'; readonly message: PartialMessage }
  | {
      readonly type: 'typing';
      readonly conversationId: string | null;
      readonly from: Sender;
      readonly isTyping: boolean;
      /** How long it is to be shown, in ms. */
      readonly duration?: number;
    }
  | {
      readonly type: 'receipt';
      readonly conversationId: string | null;
      readonly messageId: string;
      readonly from: Sender;
      readonly status: 'delivered' | 'read';
    }
  | { readonly type: 'ping'; readonly payload: unknown }
  | { readonly type: 'pong' }
  | { readonly type: 'problem'; readonly problem: GatewayProblem }
  | { readonly type: 'invalid'; readonly reason: string }
  | SessionEvent;

/** What only gateways with `authentication: 'session'` tell. */
export type SessionEvent =
  /** The answer to a configured session; `authenticated` and `conversation` come with it. */
  | {
      readonly type: 'session';
      readonly isConnected: boolean;
      /** Nothing was said in it before. */
      readonly isNew: boolean;
      readonly isReadOnly: boolean;
      /** The platform has begun the conversation by itself. */
      readonly isAutoStarted: boolean;
      /** The visitor's other sessions were cleared when this one became theirs. */
      readonly hasClearedOthers: boolean;
      readonly life: SessionLife;
      readonly uploads: UploadRules | null;
    }
  /** How long the session lives, told again with a pong. */
  | { readonly type: 'session-life'; readonly life: SessionLife }
  /** The session is no more; the next conversation needs another one. */
  | {
      readonly type: 'session-over';
      readonly reason: 'expired' | 'not-found' | 'cleared' | 'signed-in';
      readonly message: string;
    }
  /** The gateway lets this connection go in favour of another one: to come back would evict that. */
  | { readonly type: 'evicted'; readonly reason: string | null }
  | { readonly type: 'signed-out'; readonly message: string }
  | {
      readonly type: 'presence';
      readonly presence: 'join' | 'disconnect' | 'clear' | 'sign-in' | 'expired' | 'other';
      readonly from: 'visitor' | 'other';
      /** Epoch ms by the gateway's clock; `null`: it has not said. */
      readonly at: number | null;
      readonly isReadOnly: boolean;
      /** In the gateway's words. */
      readonly name: string;
    }
  | {
      readonly type: 'upload-target';
      readonly attachmentId: string;
      readonly url: string;
      /** To be sent exactly so. */
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
  | {
      readonly type: 'configuration';
      readonly life: SessionLife;
      readonly uploads: UploadRules | null;
    }
  /** For the edge alone. `expiresAt` in epoch ms by the gateway's clock. */
  | { readonly type: 'rest-token'; readonly token: string; readonly expiresAt: number | null }
  /** Something that is understood by nobody here, and harmless. */
  | { readonly type: 'unknown'; readonly what: string };

export interface SessionLife {
  /** From the last message on, in ms; `null` when it is not told. */
  readonly duration: number | null;
  /** Epoch milliseconds by the gateway's clock. */
  readonly expiresAt: number | null;
}

export interface GatewayProblem {
  readonly kind: GatewayProblemKind;
  /** The gateway's own. */
  readonly code?: string;
  /** For people; the gateway's own words. */
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
  /** The message can't be taken as it is. */
  | 'rejected'
  /** The deployment does not allow it. */
  | 'forbidden'
  | 'attachment'
  /** The gateway can't at the moment. */
  | 'unavailable'
  | 'other';
