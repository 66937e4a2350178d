import type { Problem } from '../../protocol/errors.ts';
import type { GatewayCommand } from '../../protocol/gateway/commands.ts';
import type { RestCall } from '../../protocol/gateway/rest.ts';
import type { Place } from '../../protocol/message.ts';
import type { StreamMessage } from '../../protocol/port.ts';
import type { RoutingLogLine } from '../../protocol/routing.ts';
import type { StoreOperation } from './records.ts';
import type { TimerName } from './timers.ts';

/** Everything that a hub can ask of its edges. */
export type Effect =
  /** `isFresh`: of a new session, where the token is one. */
  | { readonly type: 'fetch-token'; readonly requestId: number; readonly isFresh: boolean }
  | { readonly type: 'forget-token' }
  /** The visitor has signed out: what is kept of the session goes, here and at the gateway. */
  | { readonly type: 'end-session' }
  | { readonly type: 'open-socket'; readonly socketId: number }
  | { readonly type: 'send'; readonly socketId: number; readonly command: GatewayCommand }
  | { readonly type: 'close-socket'; readonly socketId: number }
  | { readonly type: 'rest'; readonly requestId: number; readonly call: RestCall }
  | { readonly type: 'abort-rest' }
  | { readonly type: 'set-timer'; readonly name: TimerName; readonly at: number }
  | { readonly type: 'clear-timer'; readonly name: TimerName }
  /** All writes of a tick are one transaction; with a `writeId` it is answered by `stored`. */
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
  /** Takes old messages out of the store, little by little; never the outbox. */
  | {
      readonly type: 'prune';
      /** How many of the newest stay. */
      readonly keep: number;
      /** Those of an earlier timestamp go, epoch ms. */
      readonly before: number;
    }
  | { readonly type: 'post'; readonly tabId: string; readonly message: StreamMessage }
  | { readonly type: 'answer'; readonly callId: number; readonly answer: Answer }
  /** For the site's routing log; nothing waits for it. */
  | { readonly type: 'log-routing'; readonly line: RoutingLogLine }
  /** The socket is closed, or as good as gone: another hub may have the conversation. */
  | { readonly type: 'handed-over' }
  /** Something odd that hurts nothing: for the log and the counters. */
  | { readonly type: 'note'; readonly note: Note };

export type Answer =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly problem: Problem };

export interface Note {
  /** What is counted. */
  readonly kind: 'invalid' | 'flood' | 'client-bug' | 'gateway-problem' | 'server-problem';
  readonly detail: string;
}
