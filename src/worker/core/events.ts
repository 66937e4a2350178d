import type { Conversation } from '../../protocol/conversation.ts';
import type { GatewayCommand } from '../../protocol/gateway/commands.ts';
import type { RestResult } from '../../protocol/gateway/rest.ts';
import type { RestRequest } from './connection/state.ts';

/**
 * What one slice tells the others within a step. A slice imports nothing at runtime of those behind it;
 * what they make of the news stands in one list, in consequences.ts.
 */
export type InternalEvent =
  // --- connection ---
  /** A socket is authenticated: what it is used for begins. */
  | { readonly type: 'connected' }
  /** The socket has been left. `wasAlive`: it carried messages. */
  | { readonly type: 'socket-left'; readonly wasAlive: boolean }
  /** The circuit is open, and REST stands in for the socket. */
  | { readonly type: 'poll-due' }
  | { readonly type: 'signed-out'; readonly message: string }
  /** No token may be asked for yet. `pause`: for how long, in ms. */
  | { readonly type: 'token-paused'; readonly pause: number }
  /** A request is finished, however it went. */
  | { readonly type: 'rest-answered'; readonly request: RestRequest; readonly result: RestResult }
  | { readonly type: 'command-sent'; readonly command: GatewayCommand }
  // --- visitor ---
  /** Everything of the former visitor goes. `subject`: whose turn it is; `null`: nobody's. */
  | { readonly type: 'visitor-changed'; readonly subject: string | null }
  // --- conversation ---
  /** The present conversation gives way to this one. */
  | { readonly type: 'conversation-replaced'; readonly next: Conversation }
  /** The gateway has it open on this socket, anew or again. */
  | { readonly type: 'conversation-resumed' }
  | { readonly type: 'conversation-ended' }
  /** The gateway does not know it, and it is about to be forgotten. */
  | { readonly type: 'conversation-not-found' }
  /** The routing has been checked, and may be sent. */
  | { readonly type: 'routing-cleared' }
  /** The socket is there, and no conversation is to be resumed or opened. */
  | { readonly type: 'nothing-to-open' }
  /** No conversation will come for what waits in the outbox. */
  | { readonly type: 'stranded' }
  // --- transcript ---
  /** The gateway has a message of the visitor's. `isShown`: it stands in the transcript. */
  | { readonly type: 'acknowledged'; readonly messageId: string; readonly isShown: boolean }
  /** Everything that had arrived when the catch-up of this number began has been fetched. */
  | { readonly type: 'caught-up'; readonly catchUpId: number }
  /** A catch-up is over, and none follows it. */
  | { readonly type: 'catch-up-idle' };
