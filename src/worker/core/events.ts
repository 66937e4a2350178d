import type { Conversation } from '../../protocol/conversation.ts';
import type { GatewayCommand } from '../../protocol/gateway/commands.ts';
import type { RestResult } from '../../protocol/gateway/rest.ts';
import type { RestRequest } from './connection/state.ts';

/**
 * What one slice reports to the others within a step. A slice imports nothing at runtime from the
 * slices after it; consequences.ts lists what each event causes.
 */
export type InternalEvent =
  // --- connection ---
  /** A socket is authenticated. */
  | { readonly type: 'connected' }
  /** We left the socket. `wasAlive`: it carried messages. */
  | { readonly type: 'socket-left'; readonly wasAlive: boolean }
  /** The circuit is open: REST replaces the socket. */
  | { readonly type: 'poll-due' }
  /** The visitor must sign in again. */
  | { readonly type: 'session-refused'; readonly message: string }
  /** The broker must not be asked yet. `pause`: for how long, in ms. */
  | { readonly type: 'token-paused'; readonly pause: number }
  /** A request has succeeded or failed. */
  | { readonly type: 'rest-answered'; readonly request: RestRequest; readonly result: RestResult }
  | { readonly type: 'command-sent'; readonly command: GatewayCommand }
  // --- visitor ---
  /** Everything of the previous visitor must be deleted. `subject`: the new visitor; `null`: none. */
  | { readonly type: 'visitor-changing'; readonly subject: string | null }
  /** A guest has signed in and goes on: everything kept belongs to the visitor who is named now. */
  | { readonly type: 'stepped-up' }
  // --- conversation ---
  /** `next` replaces the current conversation. */
  | { readonly type: 'conversation-replaced'; readonly next: Conversation }
  /** The conversation is open on this socket, new or resumed. */
  | { readonly type: 'conversation-resumed' }
  | { readonly type: 'conversation-ended' }
  /** These calls to end a conversation have succeeded. */
  | { readonly type: 'end-settled'; readonly calls: readonly number[] }
  /** The gateway does not know the conversation, which is about to be removed. */
  | { readonly type: 'conversation-not-found' }
  | { readonly type: 'routing-cleared' }
  /** The session has no conversation to resume or open. */
  | { readonly type: 'nothing-to-open' }
  /** No conversation will be opened for the messages in the outbox. */
  | { readonly type: 'stranded' }
  // --- transcript ---
  /**
   * The gateway has this message: if it is in the outbox, it is acknowledged. `isShown`: it is in the
   * transcript.
   */
  | { readonly type: 'acknowledged'; readonly messageId: string; readonly isShown: boolean }
  /** Everything that had arrived before this catch-up began has been fetched. */
  | { readonly type: 'caught-up'; readonly catchUpId: number }
  /** A catch-up is over and no other was requested. */
  | { readonly type: 'catch-up-idle' };
