import type { Conversation, Routing } from '../../protocol/conversation.ts';
import type {
  GatewayEvent,
  GatewayMessage,
  GatewayProblem,
  RestFailure,
} from '../../protocol/gateway.ts';
import type { Message } from '../../protocol/message.ts';
import type { Run } from './context.ts';
import type { EarlierWanted } from './state.ts';

/**
 * What is done differently on gateways on which the session is the conversation
 * (`authentication: 'session'`): its secret is ours, its opening is the authentication, and each
 * conversation has a session of its own. Such a dialect brings these (guest.ts), so that no other
 * dialect's hub loads them; without them, a run's `rules` are `null`.
 */
export interface SessionRules {
  // --- the line ---

  /** Whether there is anything to keep a line for. */
  needsLine(run: Run): boolean;
  /** The visitor wants a conversation, and there may be no line. */
  wakeLine(run: Run): void;
  /** Nothing may be left to be said or read in this session. */
  restLine(run: Run): void;
  /** There is nothing left to be said or read. */
  idling(run: Run): void;
  /** The session on this line was another conversation's, and that one has ended. */
  hasRunOut(run: Run): boolean;
  /** Another conversation is wanted than the one that this session was. */
  connectAnew(run: Run): void;
  wantsFreshToken(run: Run): boolean;

  // --- the session ---

  /** The last conversation has ended: the session that is opened must not resume it. */
  startsNew(run: Run): boolean;
  /** What was asked for by opening the session; its answer is on its way. */
  opened(run: Run, socketId: number): void;
  /** Its secret was refused twice while it was opened. Returns whether something else helps than signing in. */
  refused(run: Run, message: string): boolean;
  /** A living line is told that its session is not accepted. Returns whether that happens too often to just go on. */
  expired(run: Run): boolean;
  /** What the core is to do about an error; `null`: nothing is left. Most errors name no message. */
  sift(run: Run, problem: GatewayProblem): GatewayProblem | null;
  /** The history could not be asked, for the third time in a row or more. */
  outOfReach(run: Run, failure: RestFailure): void;
  /** Everything that the gateway tells of a session. */
  hear(run: Run, event: GatewayEvent): void;
  /** Whatever is said makes it live longer. */
  prolong(run: Run): void;
  /** The `expiry` timer. */
  warnOfExpiry(run: Run): void;
  /** The conversation has ended, and its last words have been read or are given up. */
  isBehind(run: Run): boolean;
  /** The visitor has left the conversation, which would live on by itself. */
  tellEnd(run: Run): void;

  /** The history can't be asked at the moment. */
  isBlind(run: Run): boolean;
  /** Whether the gateway can still be asked for what was said in it. */
  canRead(run: Run, conversationId: string): boolean;

  // --- what has no id, or another one each time ---

  /** The conversation that is told of, by its id here, with what is known of it besides. */
  nameConversation(run: Run): Pick<Conversation, 'conversationId' | 'leftAt'> | null;
  /** A gateway that is asked for no routing learns it from the messages. */
  routingOf(run: Run): Routing | null;
  /** When a message was written that has just come, and does not say so. */
  timeOf(run: Run): number;
  /** The visitor's own message under the id that it was sent with. */
  recognise(run: Run, message: GatewayMessage): GatewayMessage;
  /** Whether a row is that message, whose ids differ. */
  isSame(row: Message, message: Message | GatewayMessage): boolean;
  /** Of what REST tells of older messages: whether whoever asked has it already. */
  isKnown(run: Run, wanted: EarlierWanted, message: GatewayMessage): boolean;
  /** The ids that the row does not know yet; `null` when it knows them all. */
  moreAliases(row: Message, message: GatewayMessage): readonly string[] | null;
}
