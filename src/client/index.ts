export type {
  Card,
  Choice,
  Content,
  FormContent,
  FormField,
  Reply,
  ReplyValue,
} from '../protocol/content.ts';
export type { Conversation, ConversationStatus, Routing } from '../protocol/conversation.ts';
export type { Deployment } from '../protocol/deployment.ts';
export {
  type ErrorCode,
  type FileErrorCode,
  PartylineError,
  type Problem,
} from '../protocol/errors.ts';
export type { FileStage, UploadRules } from '../protocol/files.ts';
export type { JourneyContext } from '../protocol/gateway/commands.ts';
export type { Message, MessageStatus, Role, Sender } from '../protocol/message.ts';
export type { QueueReason, RoutingNotice } from '../protocol/routing.ts';
export type { ChatSnapshot, ConnectionSnapshot, HubSnapshot, Phase } from '../protocol/snapshot.ts';
export type { Chat, ChatFiles, ChatPlatform, SendFileOptions, SendOptions } from './chat.ts';
export { connect } from './connect.ts';
export type { ConnectOptions } from './options.ts';

declare global {
  interface WorkerOptions {
    /**
     * Keeps a SharedWorker alive for a while after its last page, so that it survives a navigation
     * (Chrome 148+). Other browsers ignore it; TypeScript's DOM library lacks it.
     */
    extendedLifetime?: boolean;
  }
}
