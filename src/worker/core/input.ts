import type { ConnectionEnd } from '../../protocol/gateway/adapter.ts';
import type { GatewayCommand } from '../../protocol/gateway/commands.ts';
import type { GatewayEvent } from '../../protocol/gateway/events.ts';
import type { RestResult } from '../../protocol/gateway/rest.ts';
import type { TokenResult } from '../../protocol/gateway/tokens.ts';
import type { Message } from '../../protocol/message.ts';
import type { Call } from '../../protocol/port.ts';
import type { Restored } from './records.ts';
import type { TimerName } from './timers.ts';

export interface Clock {
  /** Monotonic ms, including sleep: for every duration. */
  readonly now: number;
  /** Epoch ms by this machine: for display only. */
  readonly wall: number;
}

/** What a page remembers, for a hub whose store was lost. */
export interface AttachHint {
  readonly conversationId: string | null;
  /** The owner of the conversation, or the last visitor. */
  readonly visitor: string | null;
  /** The page's last known `Meta.resetCount`. */
  readonly resetCount: number;
}

/** Everything that can happen to the core. */
export type Input =
  | { readonly type: 'restored'; readonly restored: Restored }
  | { readonly type: 'store-lost' }
  /** The database was deleted and replaced by an empty one. */
  | { readonly type: 'store-emptied' }
  | {
      readonly type: 'stored';
      readonly writeId: number;
      /** Rows that `add-message` inserted. */
      readonly added: readonly Message[];
      /** Rows that `put-gap-marker` or a late sequence changed. */
      readonly corrected: readonly Message[];
      /** Messages that `add-outbox` found in the transcript. */
      readonly inTranscript: readonly Message[];
    }
  | {
      readonly type: 'earlier-read';
      readonly callId: number;
      readonly messages: readonly Message[];
      readonly hasEarlier: boolean;
    }
  | (AttachHint & {
      readonly type: 'tab-attached';
      readonly tabId: string;
      readonly isVisible: boolean;
    })
  | { readonly type: 'tab-left'; readonly tabId: string }
  | { readonly type: 'tab-visibility'; readonly tabId: string; readonly isVisible: boolean }
  | { readonly type: 'tab-used'; readonly tabId: string }
  | { readonly type: 'tab-ack'; readonly tabId: string; readonly revision: number }
  | { readonly type: 'tab-pull'; readonly tabId: string }
  | {
      readonly type: 'call';
      readonly tabId: string;
      readonly callId: number;
      readonly call: Call;
      /** For `start` and `set-attributes`: where its attributes violate the site's schema. */
      readonly routingProblems?: readonly string[];
    }
  | { readonly type: 'online'; readonly isOnline: boolean }
  | { readonly type: 'token'; readonly requestId: number; readonly result: TokenResult }
  | { readonly type: 'socket-opened'; readonly socketId: number }
  | { readonly type: 'socket-closed'; readonly socketId: number; readonly meaning: ConnectionEnd }
  | { readonly type: 'gateway'; readonly socketId: number; readonly event: GatewayEvent }
  | { readonly type: 'rest'; readonly requestId: number; readonly result: RestResult }
  | { readonly type: 'timer'; readonly name: TimerName }
  /** The edge has sent a command by itself. */
  | { readonly type: 'command-sent'; readonly command: GatewayCommand }
  /** A newer build's hub takes over. */
  | { readonly type: 'step-down' }
  /** The end of a tick: changes are written and posted. */
  | { readonly type: 'flush' };
