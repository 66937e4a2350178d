import type { Position } from '../../../protocol/message.ts';
import type { SharedSnapshot } from '../../../protocol/snapshot.ts';
import type { StepContext } from '../context.ts';

export interface Tab {
  readonly tabId: string;
  readonly isVisible: boolean;
  readonly isTyping: boolean;
  /** When the visitor last used the tab, on the monotonic clock. */
  readonly usedAt: number;
  /** Patches posted and not acknowledged. */
  readonly unacknowledged: number;
  readonly acknowledged: number;
  /** The tab is out of credit and has received a `head`. */
  readonly needsPull: boolean;
}

/**
 * The attached tabs and what was posted to them. Invariants, as in docs/architecture.md:
 *
 * 1. All tabs show the same.
 * 2. Every post carries the current epoch, and each patch the next revision.
 * 3. A tab without credit gets one `head`, and nothing more until it pulls.
 * 4. A message alerts one tab, once; the alert is withdrawn before another tab gets one.
 * 5. Every call has exactly one answer.
 * 6. A visitor never sees a row of another one.
 */
export interface TabsSlice {
  readonly tabs: readonly Tab[];
  /** The tab with the last alert; `alertedAt` is its time. */
  readonly alertedTab: string | null;
  readonly alertedAt: number | null;
  /** The position of the newest message that alerted. */
  readonly alertedUntil: Position | null;
  readonly revision: number;
  readonly published: SharedSnapshot | null;
}

export const initialTabsSlice: TabsSlice = {
  tabs: [],
  alertedTab: null,
  alertedAt: null,
  alertedUntil: null,
  revision: 0,
  published: null,
};

/** The tabs stay attached; typing ends. */
export function onVisitorChange(state: TabsSlice): TabsSlice {
  return {
    tabs: state.tabs.map((tab) => ({ ...tab, isTyping: false })),
    alertedTab: state.alertedTab,
    alertedAt: state.alertedAt,
    alertedUntil: null,
    revision: state.revision,
    // A snapshot posted before the next flush must not show it.
    published: null,
  };
}

/** Timers of this slice that a visitor change clears: none. */
export const visitorTimers = [] as const;

/** Only for files of this folder. */
export function setTabsSlice(context: StepContext, part: Partial<TabsSlice>): void {
  context.write(part);
}
