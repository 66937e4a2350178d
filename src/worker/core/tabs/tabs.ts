import type { Message } from '../../../protocol/message.ts';
import { type PatchMessage, patchCredit, type SnapshotMessage } from '../../../protocol/port.ts';
import type { SharedSnapshot } from '../../../protocol/snapshot.ts';
import { disconnectIdle, onTabAttached } from '../connection/connection.ts';
import type { StepContext } from '../context.ts';
import { adoptSessionHint, adoptVisitor } from '../conversation/conversation.ts';
import { assignEndWrite } from '../conversation/ending.ts';
import { conversationRecordOf } from '../conversation/previous-conversations.ts';
import { sendTyping } from '../conversation/typing.ts';
import type { AttachHint } from '../input.ts';
import { assignWrite, outboxMessage } from '../outbox/outbox.ts';
import type { StoreOperation } from '../records.ts';
import { onBecameVisible } from '../transcript/catch-up.ts';
import { hasOlder } from '../transcript/pagination.ts';
import { expectLookup, isLookup } from '../transcript/window.ts';
import { hidePrevious, shownOutbox } from '../visitor/identity-gate.ts';
import { pageVisitor } from '../visitor/state.ts';
import { alertOneTab, markUsed } from './alerts.ts';
import { epochOf, sharedSnapshot } from './snapshot.ts';
import { setTabsSlice, type Tab } from './state.ts';

export function attach(
  context: StepContext,
  tabId: string,
  isVisible: boolean,
  { conversationId, visitor, resetCount }: AttachHint,
): void {
  const tab: Tab = {
    tabId,
    isVisible,
    isTyping: false,
    // A visible new page counts as used; a background one does not.
    usedAt: isVisible ? context.clock.now : 0,
    unacknowledged: 0,
    acknowledged: context.state.revision,
    needsPull: false,
  };
  // Earlier changes are part of the new tab's snapshot.
  flushChanges(context);
  setTabsSlice(context, {
    tabs: [...context.state.tabs.filter((other) => other.tabId !== tabId), tab],
  });
  if (conversationId !== null && visitor !== null)
    adoptSessionHint(context, conversationId, visitor);
  else if (visitor !== null && resetCount >= context.state.meta.resetCount)
    adoptVisitor(context, visitor);
  onTabAttached(context);
  sendFirstSnapshot(context, tab);
  if (isVisible) onBecameVisible(context);
}

function sendFirstSnapshot(context: StepContext, tab: Tab): void {
  flushChanges(context);
  postSnapshot(context, tab.tabId);
}

export function detach(context: StepContext, tabId: string): void {
  setTabsSlice(context, { tabs: context.state.tabs.filter((tab) => tab.tabId !== tabId) });
  if (context.state.alertedTab === tabId) setTabsSlice(context, { alertedTab: null });
  sendTyping(context);
  if (context.state.tabs.length === 0) context.setTimer('idle', context.state.settings.timing.idle);
}

/** The `idle` timer. */
export function idleOverdue(context: StepContext): void {
  if (context.state.tabs.length === 0) disconnectIdle(context);
}

export function setVisible(context: StepContext, tabId: string, isVisible: boolean): void {
  const before = context.state.tabs.find((tab) => tab.tabId === tabId);
  if (!before || before.isVisible === isVisible) return;
  setTab(context, { ...before, isVisible });
  if (isVisible) {
    markUsed(context, tabId);
    onBecameVisible(context);
  }
}

export function acknowledgeRevision(context: StepContext, tabId: string, revision: number): void {
  const tab = context.state.tabs.find((candidate) => candidate.tabId === tabId);
  if (!tab || revision <= tab.acknowledged || revision > context.state.revision) return;
  // Each revision is at most one post, so this never undercounts.
  const unacknowledged = Math.min(tab.unacknowledged, context.state.revision - revision);
  setTab(context, { ...tab, acknowledged: revision, unacknowledged });
}

/** A tab that lagged behind asks for a snapshot. */
export function pull(context: StepContext, tabId: string): void {
  const tab = context.state.tabs.find((candidate) => candidate.tabId === tabId);
  if (!tab) return;
  // The tab is alive: earlier posts no longer count against its credit.
  setTab(context, { ...tab, unacknowledged: 0 });
  postSnapshot(context, tabId);
}

function setTab(context: StepContext, tab: Tab): void {
  setTabsSlice(context, {
    tabs: context.state.tabs.map((other) => (other.tabId === tab.tabId ? tab : other)),
  });
}

function postSnapshot(context: StepContext, tabId: string): void {
  const tab = context.state.tabs.find((candidate) => candidate.tabId === tabId);
  if (!tab) return;
  setTab(context, { ...tab, needsPull: false, unacknowledged: tab.unacknowledged + 1 });
  context.emit({ type: 'post', tabId, message: snapshotMessage(context) });
}

function snapshotMessage(context: StepContext): SnapshotMessage {
  const { window, settings, hasEarlier, revision, isConfirmed } = context.state;
  const newest = isConfirmed ? window.slice(-settings.limits.page) : [];
  return {
    type: 'snapshot',
    epoch: epochOf(context.state),
    revision,
    visitor: isConfirmed ? pageVisitor(context.state) : null,
    resetCount: context.state.meta.resetCount,
    // The identity may have been revoked since it was published.
    shared: hidePrevious(context, context.state.published ?? sharedSnapshot(context)),
    messages: [...newest, ...shownOutbox(context).map((item) => outboxMessage(context, item))],
    hasEarlier: isConfirmed && (hasEarlier || window.length > newest.length || hasOlder(window[0])),
  };
}

/** The end of a tick: emits one transaction and one patch with everything that changed. */
export function flushChanges(context: StepContext): void {
  writeChanges(context);
  const { changes, published } = context.state;
  const shared = sharedSnapshot(context);
  const part = changedPart(published, shared);
  const { upserts, removed, isWhole } = changedMessages(context);
  context.clearChanges();
  setTabsSlice(context, { published: shared });
  const isUnchanged =
    Object.keys(part).length === 0 &&
    upserts.length === 0 &&
    removed.length === 0 &&
    !changes.readMark &&
    !changes.needsSnapshot;
  if (isUnchanged || !context.state.isRestored) return;
  setTabsSlice(context, { revision: context.state.revision + 1 });
  const patch: PatchMessage = {
    type: 'patch',
    epoch: epochOf(context.state),
    revision: context.state.revision,
    shared: part,
    upserts,
    removed,
    readMark: changes.readMark,
  };
  const isReset =
    changes.needsSnapshot || !isWhole || upserts.length > context.state.settings.limits.window;
  for (const tab of context.state.tabs) postPatch(context, tab, patch, isReset);
  if (part.unread !== undefined && part.unread > (published?.unread ?? 0))
    alertOneTab(context, upserts);
}

function postPatch(context: StepContext, tab: Tab, patch: PatchMessage, isReset: boolean): void {
  if (tab.needsPull) return;
  if (tab.unacknowledged >= patchCredit) {
    setTab(context, { ...tab, needsPull: true });
    const { epoch, revision } = patch;
    context.emit({ type: 'post', tabId: tab.tabId, message: { type: 'head', epoch, revision } });
    return;
  }
  if (isReset) {
    postSnapshot(context, tab.tabId);
    return;
  }
  setTab(context, { ...tab, unacknowledged: tab.unacknowledged + 1 });
  context.emit({ type: 'post', tabId: tab.tabId, message: patch });
}

function writeChanges(context: StepContext): void {
  const { changes, conversation, meta } = context.state;
  const operations: StoreOperation[] = [...changes.operations];
  if (changes.isConversationChanged && conversation) {
    operations.push({ type: 'put-conversation', record: conversationRecordOf(conversation) });
  }
  if (changes.unread > 0) operations.push({ type: 'add-unread', by: changes.unread });
  if (changes.isMetaChanged) operations.push({ type: 'put-meta', meta });
  if (operations.length === 0 && !changes.isDurable) return;
  const needsAnswer = operations.some(isLookup);
  const writeId = changes.isDurable || needsAnswer ? context.nextId() : null;
  if (writeId !== null && changes.isDurable) {
    assignWrite(context, writeId);
    assignEndWrite(context, writeId);
  }
  if (writeId !== null && needsAnswer) expectLookup(context, writeId);
  const durability = changes.isDurable ? 'strict' : 'relaxed';
  context.emit({ type: 'write', operations, durability, writeId });
}

/**
 * Returns each changed message once, in its current form. `isWhole` is false when some were pushed
 * out of the window in the same tick.
 */
function changedMessages(context: StepContext): {
  upserts: Message[];
  removed: string[];
  isWhole: boolean;
} {
  const { changes, window, isConfirmed } = context.state;
  const ids = new Set(changes.upserts.map((message) => message.messageId));
  const upserts: Message[] = [];
  if (ids.size > 0) {
    const current = [
      ...(isConfirmed ? window : []),
      // The last change of a row wins.
      ...changes.olderThanWindow.toReversed(),
      ...shownOutbox(context).map((item) => outboxMessage(context, item)),
    ];
    for (const message of current) if (ids.delete(message.messageId)) upserts.push(message);
  }
  const present = new Set(upserts.map((message) => message.messageId));
  const removed = changes.removed.filter((messageId) => !present.has(messageId));
  for (const messageId of removed) ids.delete(messageId);
  return { upserts, removed, isWhole: ids.size === 0 };
}

function changedPart(
  before: SharedSnapshot | null,
  after: SharedSnapshot,
): Partial<SharedSnapshot> {
  if (!before) return after;
  return {
    ...(isEqual(before.connection, after.connection) ? {} : { connection: after.connection }),
    ...(isEqual(before.conversation, after.conversation)
      ? {}
      : { conversation: after.conversation }),
    ...(before.unread === after.unread ? {} : { unread: after.unread }),
    ...(isEqual(before.typing, after.typing) ? {} : { typing: after.typing }),
    ...(before.draft === after.draft ? {} : { draft: after.draft }),
    ...(isEqual(before.routing, after.routing) ? {} : { routing: after.routing ?? null }),
    ...(isEqual(before.hub, after.hub) ? {} : { hub: after.hub }),
  };
}

/** Compares small plain objects whose keys are always in the same order. */
function isEqual(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

/** The visitor has started or stopped typing in a tab. */
export function setTyping(context: StepContext, tabId: string, isTyping: boolean): void {
  setTabsSlice(context, {
    tabs: context.state.tabs.map((tab) => (tab.tabId === tabId ? { ...tab, isTyping } : tab)),
  });
  sendTyping(context);
}
