import type { Message } from '../../../protocol/message.ts';
import { type PatchMessage, patchCredit, type SnapshotMessage } from '../../../protocol/port.ts';
import type { SharedSnapshot } from '../../../protocol/snapshot.ts';
import { sleep, wake } from '../connection/connection.ts';
import type { Run } from '../context.ts';
import { adoptMirror, adoptVisitor } from '../conversation/conversation.ts';
import { recordOf } from '../conversation/previous-conversations.ts';
import { tellTyping } from '../conversation/typing.ts';
import type { TabKnowledge } from '../input.ts';
import { assignWrite, outboxMessage } from '../outbox/outbox.ts';
import type { StoreOperation } from '../records.ts';
import { noChanges, type Tab } from '../state.ts';
import { becameVisible } from '../transcript/catch-up.ts';
import { hasOlder } from '../transcript/pagination.ts';
import { alertOne, used } from './alerts.ts';
import { shownOutbox } from './identity-gate.ts';
import { epochOf, sharedSnapshot } from './snapshot.ts';

export function attach(
  run: Run,
  tabId: string,
  visible: boolean,
  { conversationId, visitor, wipes }: TabKnowledge,
): void {
  const tab: Tab = {
    tabId,
    visible,
    isTyping: false,
    // A page that the visitor opens is used; one that opens in the background is not yet.
    usedAt: visible ? run.clock.now : 0,
    unacknowledged: 0,
    acknowledged: run.state.revision,
    behind: false,
  };
  // What changed before it came is a part of its snapshot.
  flush(run);
  run.set({ tabs: [...run.state.tabs.filter((other) => other.tabId !== tabId), tab] });
  if (conversationId !== null && visitor !== null) adoptMirror(run, conversationId, visitor);
  else if (visitor !== null && wipes >= run.state.meta.wipes) adoptVisitor(run, visitor);
  wake(run);
  welcome(run, tab);
  if (visible) becameVisible(run);
}

/** The one message that a tab waits for. */
function welcome(run: Run, tab: Tab): void {
  flush(run);
  postSnapshot(run, tab.tabId);
}

export function leave(run: Run, tabId: string): void {
  run.set({ tabs: run.state.tabs.filter((tab) => tab.tabId !== tabId) });
  if (run.state.alertedTab === tabId) run.set({ alertedTab: null });
  tellTyping(run);
  if (run.state.tabs.length === 0) run.setTimer('idle', run.state.settings.timing.idle);
}

/** The `idle` timer. */
export function idleOver(run: Run): void {
  if (run.state.tabs.length === 0) sleep(run);
}

export function setVisible(run: Run, tabId: string, visible: boolean): void {
  const before = run.state.tabs.find((tab) => tab.tabId === tabId);
  if (!before || before.visible === visible) return;
  setTab(run, { ...before, visible });
  if (visible) {
    used(run, tabId);
    becameVisible(run);
  }
}

export function acknowledgeRevision(run: Run, tabId: string, revision: number): void {
  const tab = run.state.tabs.find((one) => one.tabId === tabId);
  if (!tab || revision <= tab.acknowledged || revision > run.state.revision) return;
  // Each revision is one post at most, so this never counts fewer than are under way.
  const unacknowledged = Math.min(tab.unacknowledged, run.state.revision - revision);
  setTab(run, { ...tab, acknowledged: revision, unacknowledged });
}

/** A tab that was behind has woken up. */
export function pull(run: Run, tabId: string): void {
  const tab = run.state.tabs.find((one) => one.tabId === tabId);
  if (!tab) return;
  // Asking is a sign of life: what was posted before does not count any more.
  setTab(run, { ...tab, unacknowledged: 0 });
  postSnapshot(run, tabId);
}

function setTab(run: Run, tab: Tab): void {
  run.set({ tabs: run.state.tabs.map((other) => (other.tabId === tab.tabId ? tab : other)) });
}

function postSnapshot(run: Run, tabId: string): void {
  const tab = run.state.tabs.find((one) => one.tabId === tabId);
  if (!tab) return;
  setTab(run, { ...tab, behind: false, unacknowledged: tab.unacknowledged + 1 });
  run.emit({ type: 'post', tabId, message: snapshotMessage(run) });
}

function snapshotMessage(run: Run): SnapshotMessage {
  const { window, settings, hasEarlier, revision, isConfirmed } = run.state;
  const newest = isConfirmed ? window.slice(-settings.limits.page) : [];
  return {
    type: 'snapshot',
    epoch: epochOf(run.state),
    revision,
    visitor: isConfirmed ? run.state.meta.subject : null,
    wipes: run.state.meta.wipes,
    shared: run.state.published ?? sharedSnapshot(run),
    messages: [...newest, ...shownOutbox(run).map((item) => outboxMessage(run, item))],
    hasEarlier: isConfirmed && (hasEarlier || window.length > newest.length || hasOlder(window[0])),
  };
}

/** The end of a tick: one transaction and one patch for everything that changed in it. */
export function flush(run: Run): void {
  writeChanges(run);
  const { changes, published } = run.state;
  const shared = sharedSnapshot(run);
  const part = changedPart(published, shared);
  const { upserts, removed, isWhole } = changedMessages(run);
  run.set({ changes: noChanges, published: shared });
  const nothing =
    Object.keys(part).length === 0 &&
    upserts.length === 0 &&
    removed.length === 0 &&
    !changes.readMark &&
    !changes.reset;
  if (nothing || !run.state.restored) return;
  run.set({ revision: run.state.revision + 1 });
  const patch: PatchMessage = {
    type: 'patch',
    epoch: epochOf(run.state),
    revision: run.state.revision,
    shared: part,
    upserts,
    removed,
    readMark: changes.readMark,
  };
  const isReset = changes.reset || !isWhole || upserts.length > run.state.settings.limits.window;
  for (const tab of run.state.tabs) post(run, tab, patch, isReset);
  if (part.unread !== undefined && part.unread > (published?.unread ?? 0)) alertOne(run, upserts);
}

function post(run: Run, tab: Tab, patch: PatchMessage, isReset: boolean): void {
  if (tab.behind) return;
  if (tab.unacknowledged >= patchCredit) {
    setTab(run, { ...tab, behind: true });
    const { epoch, revision } = patch;
    run.emit({ type: 'post', tabId: tab.tabId, message: { type: 'head', epoch, revision } });
    return;
  }
  if (isReset) {
    postSnapshot(run, tab.tabId);
    return;
  }
  setTab(run, { ...tab, unacknowledged: tab.unacknowledged + 1 });
  run.emit({ type: 'post', tabId: tab.tabId, message: patch });
}

function writeChanges(run: Run): void {
  const { changes, conversation, meta } = run.state;
  const operations: StoreOperation[] = [...changes.operations];
  if (changes.conversation && conversation) {
    operations.push({ type: 'put-conversation', record: recordOf(conversation) });
  }
  if (changes.unread > 0) operations.push({ type: 'add-unread', by: changes.unread });
  if (changes.meta) operations.push({ type: 'put-meta', meta });
  if (operations.length === 0 && !changes.durable) return;
  const asks = operations.some(({ type }) => type === 'add-message' || type === 'mark-message');
  const writeId = changes.durable || asks ? run.id() : null;
  if (writeId !== null && changes.durable) assignWrite(run, writeId);
  if (writeId !== null && asks) run.set({ lookups: [...run.state.lookups, writeId] });
  const durability = changes.durable ? 'strict' : 'relaxed';
  run.emit({ type: 'write', operations, durability, writeId });
}

/**
 * Each message once, as it is now. It is not the whole when some came and were pushed out of the
 * window in the same tick.
 */
function changedMessages(run: Run): { upserts: Message[]; removed: string[]; isWhole: boolean } {
  const { changes, window, isConfirmed } = run.state;
  const ids = new Set(changes.upserts.map((message) => message.messageId));
  const upserts: Message[] = [];
  if (ids.size > 0) {
    const current = [
      ...(isConfirmed ? window : []),
      // The last word on each row is the one that holds.
      ...changes.belowWindow.toReversed(),
      ...shownOutbox(run).map((item) => outboxMessage(run, item)),
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
    ...(same(before.connection, after.connection) ? {} : { connection: after.connection }),
    ...(same(before.conversation, after.conversation) ? {} : { conversation: after.conversation }),
    ...(before.unread === after.unread ? {} : { unread: after.unread }),
    ...(same(before.typing, after.typing) ? {} : { typing: after.typing }),
    ...(before.draft === after.draft ? {} : { draft: after.draft }),
    ...(same(before.routing, after.routing) ? {} : { routing: after.routing ?? null }),
    ...(same(before.hub, after.hub) ? {} : { hub: after.hub }),
  };
}

/** These are small plain objects, built in the same order of keys each time. */
function same(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}
