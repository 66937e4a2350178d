import type { Position } from '../../../protocol/message.ts';
import type { SharedSnapshot } from '../../../protocol/snapshot.ts';
import type { StepContext } from '../context.ts';

export interface Tab {
  readonly tabId: string;
  readonly isVisible: boolean;
  readonly isTyping: boolean;
  /** When the visitor last did something there. */
  readonly usedAt: number;
  /** Patches posted and not acknowledged. */
  readonly unacknowledged: number;
  readonly acknowledged: number;
  /** It was told only that there is something new. */
  readonly needsPull: boolean;
}

/** The tabs, and what they have been told. */
export interface TabsSlice {
  readonly tabs: readonly Tab[];
  /** The tab that rang last, and when. */
  readonly alertedTab: string | null;
  readonly alertedAt: number | null;
  /** The place of the newest message that rang. */
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

/** The tabs stay, with nobody typing in them. */
export function onVisitorChange(state: TabsSlice): TabsSlice {
  return {
    tabs: state.tabs.map((tab) => ({ ...tab, isTyping: false })),
    alertedTab: state.alertedTab,
    alertedAt: state.alertedAt,
    alertedUntil: null,
    revision: state.revision,
    published: state.published,
  };
}

/** Timers of this slice that a change of visitor clears: none. */
export const visitorTimers = [] as const;

/** For the files of this folder alone. */
export function setTabsSlice(context: StepContext, part: Partial<TabsSlice>): void {
  context.write(part);
}
