import type { CarriedReply, Content } from '../content.ts';
import type { Routing } from '../conversation.ts';
import type { Offer } from './events.ts';

/** What the core asks a gateway to do on the socket. */
export type GatewayCommand =
  /** `startsNew`: opens a new session instead of the visitor's last one, where the token stands for one. */
  | (SessionContext & { readonly type: 'authenticate'; readonly startsNew?: boolean })
  | (SessionContext & { readonly type: 'open-conversation'; readonly routing: Routing })
  | (SessionContext & { readonly type: 'resume-conversation'; readonly conversationId: string })
  | {
      readonly type: 'send-message';
      readonly conversationId: string;
      readonly messageId: string;
      readonly text: string;
      /** For gateways that take the routing from the first message. */
      readonly routing?: Routing;
      /** The choice in structured content that this message answers. */
      readonly reply?: CarriedReply;
      /** Uploaded files. */
      readonly content?: readonly Content[];
    }
  | { readonly type: 'typing'; readonly conversationId: string; readonly isTyping: boolean }
  | { readonly type: 'mark-read'; readonly conversationId: string; readonly messageId: string }
  | { readonly type: 'ping' }
  | { readonly type: 'answer-ping'; readonly payload: unknown }
  | SessionCommand;

/** What the edge adds to commands that open a session; the core does not know it. */
export interface SessionContext {
  readonly journeyContext?: JourneyContext | null;
}

/** Data about the visitor for the platform's analytics and routing, as JSON. */
export type JourneyContext = Readonly<Record<string, unknown>>;

/** Commands of gateways with `authentication: 'session'`; other dialects encode them as no frame. */
export type SessionCommand =
  /** Starts the conversation before the visitor's first message. */
  | { readonly type: 'join'; readonly routing: Routing }
  | { readonly type: 'end-conversation' }
  | { readonly type: 'clear-conversation' }
  | { readonly type: 'close-session'; readonly closesAll: boolean }
  | { readonly type: 'decline-offer'; readonly offer: Offer; readonly offerId: string | null }
  | { readonly type: 'rest-token' }
  | { readonly type: 'resume-token' }
  | { readonly type: 'configuration' }
  | {
      readonly type: 'request-upload';
      readonly attachmentId: string;
      readonly name: string;
      readonly mime: string;
      /** Bytes. */
      readonly size: number;
    }
  | { readonly type: 'refresh-attachment'; readonly attachmentId: string }
  | { readonly type: 'delete-attachment'; readonly attachmentId: string };
