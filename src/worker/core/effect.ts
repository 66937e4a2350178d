import type { Problem } from '../../protocol/errors.ts';
import type { GatewayCommand } from '../../protocol/gateway/commands.ts';
import type { RestCall } from '../../protocol/gateway/rest.ts';
import type { Place } from '../../protocol/message.ts';
import type { StreamMessage } from '../../protocol/port.ts';
import type { RoutingLogLine } from '../../protocol/routing.ts';
import type { StoreOperation } from './records.ts';
import type { TimerName } from './timers.ts';

/** Everything that the core can tell its edges to do. */
export type Effect =
  /**
   * `isFresh`: the token must be another one than the last. `guest`: the visitor of the open conversation,
   * which goes on if they were a guest and have signed in.
   */
  | {
      readonly type: 'fetch-token';
      readonly requestId: number;
      readonly isFresh: boolean;
      readonly guest?: string;
    }
  /** `isRefused`: the gateway does not accept it, or the session that it stands for is over. */
  | { readonly type: 'discard-token'; readonly isRefused: boolean }
  /** The visitor has signed out: delete the session, here and at the gateway. */
  | { readonly type: 'end-session' }
  | { readonly type: 'open-socket'; readonly socketId: number }
  | { readonly type: 'send'; readonly socketId: number; readonly command: GatewayCommand }
  | { readonly type: 'close-socket'; readonly socketId: number }
  | { readonly type: 'rest'; readonly requestId: number; readonly call: RestCall }
  | { readonly type: 'abort-rest' }
  | { readonly type: 'set-timer'; readonly name: TimerName; readonly at: number }
  | { readonly type: 'clear-timer'; readonly name: TimerName }
  /** All writes of a tick form one transaction. `stored` answers one that has a `writeId`. */
  | {
      readonly type: 'write';
      readonly operations: readonly StoreOperation[];
      readonly durability: 'strict' | 'relaxed';
      readonly writeId: number | null;
    }
  | {
      readonly type: 'read-earlier';
      readonly callId: number;
      readonly before: Place | null;
      readonly count: number;
    }
  /** Deletes old messages from the store in small batches; never the outbox. */
  | {
      readonly type: 'prune';
      /** How many of the newest messages to keep. */
      readonly keep: number;
      /** Messages with an earlier timestamp are deleted. Epoch ms. */
      readonly before: number;
    }
  | { readonly type: 'post'; readonly tabId: string; readonly message: StreamMessage }
  | { readonly type: 'answer'; readonly callId: number; readonly answer: Answer }
  /** For the site's routing log. Nothing waits for the result. */
  | { readonly type: 'log-routing'; readonly line: RoutingLogLine }
  /** The socket is closed or dead: another hub may take over. */
  | { readonly type: 'handed-over' }
  /** A harmless anomaly, for the log and the counters. */
  | { readonly type: 'note'; readonly note: Note };

export type Answer =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly problem: Problem };

export interface Note {
  readonly kind: 'invalid' | 'flood' | 'client-bug' | 'gateway-problem' | 'server-problem';
  readonly detail: string;
}
