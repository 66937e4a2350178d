import type { Conversation, Routing } from '../../protocol/conversation.ts';
import type { GatewayEvent, GatewayProblem } from '../../protocol/gateway/events.ts';
import type { GatewayMessage } from '../../protocol/gateway/messages.ts';
import type { RestFailure } from '../../protocol/gateway/rest.ts';
import type { Message } from '../../protocol/message.ts';
import type { StepContext } from './context.ts';
import type { PaginationRequest } from './transcript/state.ts';

/** How a gateway's sessions differ, where a word is enough. */
export interface PolicyTraits {
  /** The history and a conversation's status can be asked while there is a connection alone. */
  readonly restNeedsConnection: boolean;
  /** Each conversation has a history of its own, which goes with its session. */
  readonly historyIsPerSession: boolean;
  /** REST tells a conversation's status. Otherwise the connection does. */
  readonly statusByRest: boolean;
  /** The first message opens the connection; without one, being idle is being ready. */
  readonly connectsOnDemand: boolean;
  /** An authentication is answered again whenever the session is opened again. */
  readonly repeatsAuthentication: boolean;
}

/** Of gateways that authenticate with a frame. */
export const frameTraits: PolicyTraits = {
  restNeedsConnection: false,
  historyIsPerSession: false,
  statusByRest: true,
  connectsOnDemand: false,
  repeatsAuthentication: false,
};

/**
 * What is done differently on gateways on which the session is the conversation
 * (`authentication: 'session'`): its secret is ours, its opening is the authentication, and each
 * conversation has a session of its own. Such a dialect brings these (guest.ts), so that no other
 * dialect's hub loads them; without them, a run's `rules` are `null`.
 */
export interface SessionPolicy {
  readonly traits: PolicyTraits;

  // --- the line ---

  /** Whether there is anything to keep a line for. */
  needsConnection(context: StepContext): boolean;
  /** The visitor wants a conversation, and there may be no line. */
  ensureConnection(context: StepContext): void;
  /** Nothing may be left to be said or read in this session. */
  releaseConnection(context: StepContext): void;
  /** There is nothing left to be said or read. */
  onIdle(context: StepContext): void;
  /** The session on this line was another conversation's, and that one has ended. */
  isExhausted(context: StepContext): boolean;
  /** Another conversation is wanted than the one that this session was. */
  replaceConnection(context: StepContext): void;
  needsFreshToken(context: StepContext): boolean;

  // --- the session ---

  /** The last conversation has ended: the session that is opened must not resume it. */
  startsNew(context: StepContext): boolean;
  /** What was asked for by opening the session; its answer is on its way. */
  onOpened(context: StepContext): void;
  /** Its secret was refused twice while it was opened. Returns whether something else helps than signing in. */
  onRefused(context: StepContext, message: string): boolean;
  /** A living line is told that its session is not accepted. Returns whether that happens too often to just go on. */
  onExpired(context: StepContext): boolean;
  /** What the core is to do about an error; `null`: nothing is left. Most errors name no message. */
  classifyError(context: StepContext, problem: GatewayProblem): GatewayProblem | null;
  /** The history could not be asked, for the third time in a row or more. */
  onHistoryUnreachable(context: StepContext, failure: RestFailure): void;
  /** Everything that the gateway tells of a session. */
  onEvent(context: StepContext, event: GatewayEvent): void;
  /** Whatever is said makes it live longer. */
  extendExpiry(context: StepContext): void;
  /** The `expiry` timer. */
  warnOfExpiry(context: StepContext): void;
  /** The conversation has ended, and its last words have been read or are given up. */
  isOver(context: StepContext): boolean;
  /** The visitor has left the conversation, which would live on by itself. */
  sendEnd(context: StepContext): void;

  /** The history can't be asked at the moment. */
  isHistoryUnavailable(context: StepContext): boolean;
  /** Whether the gateway can still be asked for what was said in it. */
  canRead(context: StepContext, conversationId: string): boolean;

  // --- what has no id, or another one each time ---

  /** The conversation that is told of, by its id here, with what is known of it besides. */
  conversationIdentity(
    context: StepContext,
  ): Pick<Conversation, 'conversationId' | 'leftAt'> | null;
  /** A gateway that is asked for no routing learns it from the messages. */
  routingOf(context: StepContext): Routing | null;
  /** When a message was written that has just come, and does not say so. */
  timeOf(context: StepContext): number;
  /** The visitor's own message under the id that it was sent with. */
  matchOutgoing(context: StepContext, message: GatewayMessage): GatewayMessage;
  /** Whether a row is that message, whose ids differ. */
  isSame(row: Message, message: Message | GatewayMessage): boolean;
  /** Of what REST tells of older messages: whether whoever asked has it already. */
  isKnown(context: StepContext, wanted: PaginationRequest, message: GatewayMessage): boolean;
  /** The ids that the row does not know yet; `null` when it knows them all. */
  newAliases(row: Message, message: GatewayMessage): readonly string[] | null;
}
