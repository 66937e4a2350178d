import type { CarriedReply, Content } from '../content.ts';
import type { Routing } from '../conversation.ts';

export type GatewayCommand =
  /** `startsNew`: where the token is a session, another conversation than the visitor's last. */
  | { readonly type: 'authenticate'; readonly startsNew?: boolean }
  | { readonly type: 'open-conversation'; readonly routing: Routing }
  | { readonly type: 'resume-conversation'; readonly conversationId: string }
  | {
      readonly type: 'send-message';
      readonly conversationId: string;
      readonly messageId: string;
      readonly text: string;
      /** For a gateway that learns it from the messages. */
      readonly routing?: Routing;
      /** What of the other side's offers the visitor has chosen. */
      readonly reply?: CarriedReply;
      /** Files, uploaded before. */
      readonly content?: readonly Content[];
    }
  | { readonly type: 'typing'; readonly conversationId: string; readonly isTyping: boolean }
  | { readonly type: 'mark-read'; readonly conversationId: string; readonly messageId: string }
  | { readonly type: 'ping' }
  | { readonly type: 'answer-ping'; readonly payload: unknown }
  | SessionCommand;

/** What only gateways with `authentication: 'session'` understand; others have no frame for it. */
export type SessionCommand =
  /** The visitor opens a new conversation without having said anything yet. */
  | { readonly type: 'join'; readonly routing: Routing }
  | { readonly type: 'end-conversation' }
  | { readonly type: 'clear-conversation' }
  | { readonly type: 'close-session'; readonly closesAll: boolean }
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
