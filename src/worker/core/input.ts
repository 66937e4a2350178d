import type { CloseMeaning } from '../../protocol/gateway/adapter.ts';
import type { GatewayCommand } from '../../protocol/gateway/commands.ts';
import type { GatewayEvent } from '../../protocol/gateway/events.ts';
import type { RestResult } from '../../protocol/gateway/rest.ts';
import type { TokenResult } from '../../protocol/gateway/tokens.ts';
import type { Message } from '../../protocol/message.ts';
import type { Call } from '../../protocol/port.ts';
import type { Restored } from './records.ts';
import type { TimerName } from './timers.ts';

/** Both clocks at the moment of an input. */
export interface Clock {
  /** Monotonic ms that also count sleep: for every duration. */
  readonly now: number;
  /** Epoch ms by this machine: only for what people see. */
  readonly wall: number;
}

/** What a page knows, for a hub whose store was lost. */
export interface TabKnowledge {
  readonly conversationId: string | null;
  /** Whose conversation that is, or who was there last. */
  readonly visitor: string | null;
  /** How often everything had been wiped when the page last heard of it. */
  readonly resetCount: number;
}

/** Everything that can happen to a hub. */
export type Input =
  | { readonly type: 'restored'; readonly restored: Restored }
  | { readonly type: 'store-changed'; readonly persistent: boolean }
  /** Somebody deleted the database, and an empty one has taken its place. */
  | { readonly type: 'store-emptied' }
  | {
      readonly type: 'stored';
      readonly writeId: number;
      /** Rows that `add-message` put in. */
      readonly added: readonly Message[];
      /** Rows that `mark-message` or a sequence changed, as they are now. */
      readonly corrected: readonly Message[];
      /** Rows of messages that `add-outbox` found in the transcript. */
      readonly sent: readonly Message[];
    }
  | {
      readonly type: 'earlier-read';
      readonly callId: number;
      readonly messages: readonly Message[];
      readonly hasEarlier: boolean;
    }
  | (TabKnowledge & {
      readonly type: 'tab-attached';
      readonly tabId: string;
      readonly visible: boolean;
    })
  | { readonly type: 'tab-left'; readonly tabId: string }
  | { readonly type: 'tab-visibility'; readonly tabId: string; readonly visible: boolean }
  | { readonly type: 'tab-used'; readonly tabId: string }
  | { readonly type: 'tab-ack'; readonly tabId: string; readonly revision: number }
  | { readonly type: 'tab-pull'; readonly tabId: string }
  | {
      readonly type: 'call';
      readonly tabId: string;
      readonly callId: number;
      readonly call: Call;
      /** Of a `start`: where its attributes do not fit the site's own schema. */
      readonly routingProblems?: readonly string[];
    }
  | { readonly type: 'online'; readonly online: boolean }
  | { readonly type: 'token'; readonly requestId: number; readonly result: TokenResult }
  | { readonly type: 'socket-opened'; readonly socketId: number }
  | { readonly type: 'socket-closed'; readonly socketId: number; readonly meaning: CloseMeaning }
  | { readonly type: 'gateway'; readonly socketId: number; readonly event: GatewayEvent }
  | { readonly type: 'rest'; readonly requestId: number; readonly result: RestResult }
  | { readonly type: 'timer'; readonly name: TimerName }
  /** The edge has asked the gateway for something by itself. */
  | { readonly type: 'sent'; readonly command: GatewayCommand }
  /** A newer build's hub is there, and takes over. */
  | { readonly type: 'step-down' }
  /** The end of a tick: what changed goes to the tabs. */
  | { readonly type: 'flush' };
