import type { Conversation, Routing } from '../../protocol/conversation.ts';
import type { GatewayCommand } from '../../protocol/gateway/commands.ts';
import type { GatewayEvent, GatewayProblem } from '../../protocol/gateway/events.ts';
import type { GatewayMessage } from '../../protocol/gateway/messages.ts';
import type { RestFailure } from '../../protocol/gateway/rest.ts';
import type { Message } from '../../protocol/message.ts';
import type { StepContext } from './context.ts';
import type { PaginationRequest } from './transcript/state.ts';

/** How the sessions of a gateway differ, as flags. */
export interface PolicyTraits {
  /** REST can be used only while there is a connection. */
  readonly restNeedsConnection: boolean;
  /** Each conversation has its own history, which is gone when its session ends. */
  readonly historyIsPerSession: boolean;
  /** REST returns a conversation's status. Otherwise the socket does. */
  readonly statusByRest: boolean;
  /** The first message opens the connection; until then, `idle` counts as ready. */
  readonly connectsOnDemand: boolean;
  /** The gateway confirms authentication again whenever the session is reopened. */
  readonly repeatsAuthentication: boolean;
  /** The gateway confirms that a conversation has ended. Otherwise, the visitor's word is enough. */
  readonly confirmsEnd: boolean;
}

/** For gateways that authenticate with a frame. */
export const frameTraits: PolicyTraits = {
  restNeedsConnection: false,
  historyIsPerSession: false,
  statusByRest: true,
  connectsOnDemand: false,
  repeatsAuthentication: false,
  confirmsEnd: false,
};

/**
 * What differs on gateways where the session is the conversation (`authentication: 'session'`): we
 * hold its secret, opening it is the authentication, and each conversation has its own session.
 * Such a dialect brings its policy, so that hubs of other dialects do not load it; for those the
 * policy is `null`.
 */
export interface SessionPolicy {
  readonly traits: PolicyTraits;

  // --- connection ---

  /** Whether a connection is needed. */
  needsConnection(context: StepContext): boolean;
  /** Connects if a conversation is requested and there is no connection. */
  ensureConnection(context: StepContext): void;
  /** Closes the connection if nothing is left to send or read in this session. */
  releaseConnection(context: StepContext): void;
  /** Nothing is left to send or read. */
  onIdle(context: StepContext): void;
  /** Whether the session of this connection belongs to a conversation that has ended. */
  isExhausted(context: StepContext): boolean;
  /** Reconnects with a new session for another conversation. */
  replaceConnection(context: StepContext): void;
  needsFreshToken(context: StepContext): boolean;
  /** The visitor of an open conversation, if it may go on after a guest's sign-in; `null` otherwise. */
  guestOf(context: StepContext): string | null;

  // --- session ---

  /** Whether the session to open must be new because the last conversation has ended. */
  needsNewSession(context: StepContext): boolean;
  /** The socket is authenticated. The answer to opening the session is on its way. */
  onOpened(context: StepContext): void;
  /**
   * The secret was refused twice while opening. Returns whether there is a remedy other than
   * signing in.
   */
  onRefused(context: StepContext, message: string): boolean;
  /**
   * The session was refused on a live connection. Returns whether this has been dealt with;
   * otherwise the token is renewed.
   */
  onExpired(context: StepContext): boolean;
  /**
   * Returns the problem for the core to handle; `null` when it has been handled. Most errors name
   * no message.
   */
  classifyError(context: StepContext, problem: GatewayProblem): GatewayProblem | null;
  /** A catch-up failed for at least the third time in a row. */
  onHistoryUnreachable(context: StepContext, failure: RestFailure): void;
  /** Handles events about the session. */
  onEvent(context: StepContext, event: GatewayEvent): void;
  /** Any message extends the life of the session. */
  extendExpiry(context: StepContext): void;
  /** The `expiry` timer. */
  showExpiry(context: StepContext): void;
  /** Whether the conversation has ended and its final catch-up is done or given up. */
  isOver(context: StepContext): boolean;
  /** The extension has sent a command. */
  onSent(context: StepContext, command: GatewayCommand): void;
  /** The `deletion` timer. */
  onDeletionOverdue(context: StepContext): void;

  /** Whether the history is unavailable at the moment. */
  isHistoryUnavailable(context: StepContext): boolean;
  /** Whether the gateway still has this conversation's history. */
  canRead(context: StepContext, conversationId: string): boolean;

  // --- missing and changing ids ---

  /** The local id of the conversation that an event is about, with what the event omits. */
  conversationIdentity(
    context: StepContext,
  ): Pick<Conversation, 'conversationId' | 'leftAt' | 'ending'> | null;
  /** The routing to send with messages, for gateways without a routing frame. */
  routingOf(context: StepContext): Routing | null;
  /** The time of a new message that carries none. */
  timeOf(context: StepContext): number;
  /**
   * Called for each message that arrives. Returns it under its local id. Also learns the platform's
   * clock, and clears `leftAt` when somebody has written.
   */
  onMessage(context: StepContext, message: GatewayMessage): GatewayMessage;
  /** Whether a row and a message are the same, although their ids may differ. */
  isSame(row: Message, message: Message | GatewayMessage): boolean;
  /** Whether the tab that asked for older messages already has this one. */
  isKnown(context: StepContext, pagination: PaginationRequest, message: GatewayMessage): boolean;
  /** The row's aliases with the new ones added; `null` when there are none. */
  newAliases(row: Message, message: GatewayMessage): readonly string[] | null;
}
