import type { Message, ReadMark } from '../../protocol/message.ts';
import { type ConnectionSlice, initialConnectionSlice } from './connection/state.ts';
import { type ConversationSlice, initialConversationSlice } from './conversation/state.ts';
import { initialOutboxSlice, type OutboxSlice } from './outbox/state.ts';
import type { StoreOperation } from './records.ts';
import type { Settings } from './settings.ts';
import { initialTabsSlice, type TabsSlice } from './tabs/state.ts';
import type { TimerName } from './timers.ts';
import { initialTranscriptSlice, type TranscriptSlice } from './transcript/state.ts';
import { initialVisitorSlice, type VisitorSlice } from './visitor/state.ts';

/** What changed since the last flush. */
export interface Changes {
  readonly upserts: readonly Message[];
  /** The upserts older than the hub's window; a tab may have loaded that far. */
  readonly olderThanWindow: readonly Message[];
  readonly removed: readonly string[];
  /** How far the other side has read. Its conversation may be over by the end of the tick. */
  readonly readMark: ReadMark | null;
  /** Messages that became unread. */
  readonly unread: number;
  /** Whether tabs get a snapshot instead of a patch. */
  readonly needsSnapshot: boolean;
  readonly operations: readonly StoreOperation[];
  /** Whether the record of the current conversation must be written. */
  readonly isConversationChanged: boolean;
  /** Whether `meta` must be written. */
  readonly isMetaChanged: boolean;
  /** Whether something waits until the write is durable. */
  readonly isDurable: boolean;
}

export const noChanges: Changes = {
  upserts: [],
  olderThanWindow: [],
  removed: [],
  readMark: null,
  unread: 0,
  needsSnapshot: false,
  operations: [],
  isConversationChanged: false,
  isMetaChanged: false,
  isDurable: false,
};

/** Shared by all slices and written by `StepContext`. */
export interface BaseState {
  readonly settings: Settings;
  readonly seed: number;
  readonly lastId: number;
  readonly timers: Readonly<Partial<Record<TimerName, number>>>;
  readonly changes: Changes;
}

/** Each key is owned by the folder whose `state.ts` declares it. */
export interface HubState
  extends BaseState,
    VisitorSlice,
    ConnectionSlice,
    ConversationSlice,
    TranscriptSlice,
    OutboxSlice,
    TabsSlice {}

export function initialState(settings: Settings, seed: number): HubState {
  return {
    settings,
    seed,
    lastId: 0,
    timers: {},
    changes: noChanges,
    ...initialVisitorSlice(settings),
    ...initialConnectionSlice,
    ...initialConversationSlice,
    ...initialTranscriptSlice,
    ...initialOutboxSlice,
    ...initialTabsSlice,
  };
}
