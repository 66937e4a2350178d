import type { GatewayMessage } from '../../src/protocol/gateway/messages.ts';
import { comparePositions, type Message, type Position } from '../../src/protocol/message.ts';
import type { HubState } from '../../src/worker/core/state.ts';
import type { ModelGateway } from './model/gateway.ts';
import { genesysStoreIsComplete } from './model/genesys-cloud/final-checks.ts';
import { GenesysPlatform } from './model/genesys-cloud/platform.ts';
import type { Simulation } from './simulation.ts';
import { check } from './violation.ts';

/** The maximum lag of REST, in ms: profile.ts. */
const longestLag = 15_000;

/** Checks, once all is quiet, that every promise is kept and all copies agree. */
export function runFinalChecks(simulation: Simulation): void {
  const state = simulation.hub?.state;
  check(state?.isRestored === true, 'hub alive', () => 'there is no hub');
  simulation.assert(() => {
    check(
      isSettled(state),
      'online',
      () => `the connection is ${JSON.stringify(state.connection)}`,
    );
  });
  simulation.assert(() => outboxIsDone(simulation));
  simulation.assert(() => promisesAreKept(simulation));
  simulation.assert(() => sendOrderIsKept(simulation));
  simulation.assert(() => storeIsComplete(simulation));
  simulation.assert(() => tabsAgree(simulation));
  simulation.assert(() => unreadIsCorrect(simulation));
  simulation.assert(() => previousVisitorsAreGone(simulation));
  simulation.assert(() => deletedHistoryIsGone(simulation));
  simulation.assert(() => callsAreAnswered(simulation));
}

/** Online, or with no need to be: session dialects connect only for a conversation. */
export function isSettled({ connection, settings, conversation, meta }: HubState): boolean {
  if (connection.phase === 'online') return true;
  if (settings.traits.authentication === 'frame' || connection.phase !== 'idle') return false;
  return meta.routing === null && conversation?.details.status !== 'connected';
}

function outboxIsDone({ hub, disk }: Simulation): void {
  for (const { messageId, at } of hub?.state.outbox ?? []) {
    check(at.stage === 'failed', 'outbox', () => `${messageId} is still ${at.stage}`);
  }
  for (const { messageId, failure } of disk.outbox.values()) {
    check(failure !== null, 'outbox', () => `the outbox still has the row of ${messageId}`);
  }
}

function promisesAreKept(simulation: Simulation): void {
  const { ledger, gateway, hub } = simulation;
  const counts = new Map<string, number>();
  for (const { messages } of gateway.conversations) {
    for (const { messageId } of messages) counts.set(messageId, (counts.get(messageId) ?? 0) + 1);
  }
  if (gateway instanceof GenesysPlatform) resendsAreExcused(simulation, gateway);
  const failed = new Set(hub?.state.outbox.map((item) => item.messageId));
  const isForgotten = (messageId: string) =>
    gateway.forgotten.some(({ ids }) => ids.has(messageId));
  for (const entry of ledger.entries.values()) {
    const { messageId, isPromised, isDiscarded, hasFailed, isVoid } = entry;
    const count = counts.get(messageId) ?? 0;
    // A page may resend a message without an answer after the first one was forgotten.
    // A platform that does not deduplicate has each copy: `resendsAreExcused` looks at those.
    if (!hasFailed && !wasDeleted(simulation) && gateway.knowsRepeats) {
      check(count <= 1, 'exactly once', () => `${messageId} is in ${count} conversations`);
    }
    if (!isPromised || isDiscarded || isVoid || failed.has(messageId)) continue;
    const isAmbiguous = mayTakeOlder(simulation);
    const isThere = count >= 1 || isForgotten(messageId) || isAmbiguous;
    check(isThere, 'nothing lost', () => `${messageId} was promised and never arrived`);
  }
}

/**
 * Without ids, a hub that has lost its memory of the conversation can take an older message with the same
 * text for one that waits: see "Limits" in docs/simulation.md.
 */
function mayTakeOlder(simulation: Simulation): boolean {
  const { profile, faults } = simulation.context;
  const isClockWrong =
    faults['clock jump'] !== undefined && faults['visitor changed'] !== undefined;
  return profile.sparse && (wasDeleted(simulation) || isClockWrong);
}

/** No message was resent after a history showed it, except by the visitor or after memory was lost. */
function resendsAreExcused(simulation: Simulation, gateway: GenesysPlatform): void {
  // The report that a conversation was deleted may be lost. A page requested before the deletion
  // does not count, and there is no other copy.
  const mayMissNews = simulation.context.faults['conversation deleted'] !== undefined;
  const isGone = (messageId: string) =>
    gateway.forgotten.some(({ ids }) => ids.has(messageId)) &&
    gateway.conversations.filter(({ ids }) => ids.has(messageId)).length <= 1;
  for (const messageId of gateway.resent) {
    const isChoice = simulation.ledger.entries.get(messageId)?.hasFailed === true;
    const isExcused = isChoice || wasDeleted(simulation) || (mayMissNews && isGone(messageId));
    check(isExcused, 'exactly once', () => {
      return `${messageId} was sent again although the history had it`;
    });
  }
}

function sendOrderIsKept(simulation: Simulation): void {
  const { ledger, gateway } = simulation;
  const lasts = new Map<string, { order: number; messageId: string }>();
  const arrived = new Set<string>();
  for (const { messages, subject } of gateway.conversations) {
    for (const { messageId, from } of messages) {
      const entry = ledger.entries.get(messageId);
      if (from.role !== 'visitor' || !entry || entry.hasFailed || entry.isDiscarded) continue;
      if (entry.isVoid || duplicatedIds(gateway).has(messageId)) continue;
      // After a deletion, a page may resend a forgotten message into the next conversation too: see
      // `promisesAreKept`. Its place is where it arrived first.
      if (wasDeleted(simulation) && arrived.has(messageId)) continue;
      arrived.add(messageId);
      const last = lasts.get(subject) ?? { order: 0, messageId: '' };
      check(entry.order > last.order, 'send order', () => {
        return `${messageId} (${entry.order}) arrived after ${last.messageId} (${last.order})`;
      });
      lasts.set(subject, { order: entry.order, messageId });
    }
  }
}

const none: ReadonlySet<string> = new Set();

/** Messages that the gateway has more than once; any of their positions may be shown. */
function duplicatedIds(gateway: ModelGateway): ReadonlySet<string> {
  return gateway instanceof GenesysPlatform ? gateway.duplicated : none;
}

/**
 * What a gateway without ids sends: equal messages of one millisecond are one, with the id of its row. An
 * own one has the id with which it was sent.
 */
function withoutIds({ disk }: Simulation, messages: readonly GatewayMessage[]): GatewayMessage[] {
  const shown = new Map<string, GatewayMessage>();
  const rows = new Map([...disk.messages.values()].map((row) => [contentOf(row), row.messageId]));
  for (const message of messages) {
    const content = contentOf(message);
    const messageId = rows.get(content) ?? message.messageId;
    if (!shown.has(content)) shown.set(content, { ...message, messageId });
  }
  return [...shown.values()];
}

function contentOf({ conversationId, from, timestamp, text }: Message | GatewayMessage): string {
  return JSON.stringify([conversationId, from.id, timestamp, text]);
}

/**
 * The times of which not all messages are in the hub's window. Those that were below it when their
 * order became known keep their places.
 */
function timesBelowWindow(
  state: HubState | undefined,
  messages: readonly GatewayMessage[],
): ReadonlySet<number> {
  const ids = new Set(
    state?.window.flatMap(({ messageId, aliases = [] }) => [messageId, ...aliases]),
  );
  return new Set(
    messages.filter(({ messageId }) => !ids.has(messageId)).map(({ timestamp }) => timestamp),
  );
}

/** The gateway's transcript in the order of positions. @param is the ids of the rows in the store */
function expected(
  simulation: Simulation,
  all: readonly GatewayMessage[],
  is: readonly string[],
): string[] {
  const { sequences, sparse } = simulation.context.profile;
  const messages = sparse ? withoutIds(simulation, all) : all;
  if (sequences) return messages.map(({ messageId }) => messageId);
  const below = timesBelowWindow(simulation.hub?.state, messages);
  const tie = ({ messageId, timestamp }: GatewayMessage) =>
    below.has(timestamp) ? is.indexOf(messageId) : 0;
  return [...messages]
    .sort((a, b) => a.timestamp - b.timestamp || tie(a) - tie(b))
    .map(({ messageId }) => messageId);
}

function rowsOf(rows: Iterable<Message>, conversationId: string): Message[] {
  return [...rows]
    .filter((row) => row.conversationId === conversationId)
    .sort(
      (a, b) => comparePositions(a.position, b.position) || (a.messageId < b.messageId ? -1 : 1),
    );
}

/** Messages of this conversation whose row is in another conversation. */
function rowsElsewhere({ gateway, disk }: Simulation, conversationId: string): Set<string> {
  const others = gateway.conversations.filter((one) => one.conversationId !== conversationId);
  const ids = others.flatMap((one) =>
    one.messages
      .map(({ messageId }) => messageId)
      .filter((messageId) => disk.has(one.conversationId, messageId)),
  );
  return new Set(ids);
}

function storeIsComplete(simulation: Simulation): void {
  const { gateway, disk, hub, ledger, machine } = simulation;
  if (gateway instanceof GenesysPlatform) {
    genesysStoreIsComplete(simulation, gateway);
    return;
  }
  const current = hub?.state.conversation?.details.conversationId;
  for (const { conversationId, messages, subject } of gateway.conversations) {
    if (subject !== hub?.state.meta.subject) continue;
    const isCurrent = conversationId === current;
    if (!isCurrent && !disk.conversations.has(conversationId)) continue;
    const rows = rowsOf(disk.messages.values(), conversationId);
    const is = rows.map((row) => row.messageId);
    // A message of unknown outcome that the visitor resent has its one row in the later conversation.
    const isElsewhere = (messageId: string) =>
      !is.includes(messageId) && rowsElsewhere(simulation, conversationId).has(messageId);
    // A clock that was set forward ended the wait for a lagging REST too early.
    const early = messages.filter(
      ({ messageId, timestamp }) =>
        !isCurrent && !is.includes(messageId) && machine.seemedToSleep(timestamp, longestLag),
    );
    const all = expected(simulation, messages, is).filter(
      (id) => !isElsewhere(id) && !early.some(({ messageId }) => messageId === id),
    );
    // Rows that the hub did not have in memory were lost with the database.
    const should = wasDeleted(simulation) ? all.slice(Math.max(0, all.length - is.length)) : all;
    const rule = isCurrent ? 'store' : 'previous conversations';
    const received = all.slice(wasDeleted(simulation) ? all.indexOf(is[0] ?? '') : 0);
    const missing = messages.filter(
      ({ messageId }) => !is.includes(messageId) && received.includes(messageId),
    );
    // A visitor who has left does not receive what the agent writes afterwards.
    const leftAt = isCurrent ? undefined : ledger.left.get(conversationId);
    const isAfterwards = missing.every(({ timestamp }) => timestamp >= (leftAt ?? Infinity));
    const isMissed = missing.length > 0 && isAfterwards;
    if (isMissed && received.join().startsWith(is.join())) continue;
    simulation.assert(() =>
      check(is.join() === should.join(), rule, () =>
        difference(`store of ${conversationId}`, is, should),
      ),
    );
    simulation.assert(() => {
      const marked = rows.find((row) => row.missingBefore > 0);
      const isExcused = is.join() !== should.join() || wasDeleted(simulation) || early.length > 0;
      check(!marked || isExcused, 'gap markers', () => {
        return `${marked?.messageId} still has a gap marker of ${marked?.missingBefore}`;
      });
    });
  }
}

function difference(what: string, is: readonly string[], should: readonly string[]): string {
  const missing = should.filter((id) => !is.includes(id));
  const surplus = is.filter((id) => !should.includes(id));
  const index = should.findIndex((id, at) => is[at] !== id);
  return `${what}: ${is.length} rows, should be ${should.length}; missing ${missing.slice(0, 5)}; surplus ${surplus.slice(0, 5)}; first difference at ${index}`;
}

/** REST returned it to a tab's pagination only, before the gateway forgot the conversation. */
function wasOnlyInTab({ gateway, disk, hub }: Simulation, messageId: string): boolean {
  if (!gateway.forgotten.some(({ ids }) => ids.has(messageId))) return false;
  const rows = [...disk.messages.values(), ...(hub?.state.outbox ?? [])];
  return !rows.some((row) => row.messageId === messageId);
}

function tabsAgree(simulation: Simulation): void {
  const { tabs, hub, disk } = simulation;
  if (!hub) return;
  const { settings, isConfirmed, hiddenOutbox } = hub.state;
  // Stored messages stay hidden until the broker has named the visitor.
  const outbox = hub.state.outbox.filter(({ ordinal }) => isConfirmed || ordinal > hiddenOutbox);
  const isPartial = wasDeleted(simulation);
  const kept = (isConfirmed ? [...disk.messages.values()] : []).sort(
    (a, b) => comparePositions(a.position, b.position) || (a.messageId < b.messageId ? -1 : 1),
  );
  const open = tabs.filter((tab) => !tab.isGone && tab.isAttached);
  const shared = JSON.stringify(
    open[0]?.snapshot && { ...open[0].snapshot, messages: [], hasEarlier: false },
  );
  for (const tab of open) {
    const { snapshot } = tab;
    if (!snapshot) continue;
    const shown = snapshot.messages
      .map((row) => row.messageId)
      .filter((messageId) => !wasOnlyInTab(simulation, messageId));
    const is = isPartial ? shown.slice(-outbox.length - 1) : shown;
    const all = [...kept, ...outbox].map((row) => row.messageId);
    const length = isPartial ? is.length : Math.max(is.length, settings.limits.page);
    const newest = all.length === 0 ? [] : all.slice(-Math.min(all.length, length));
    check(
      is.join() === newest.join(),
      'tabs',
      () =>
        difference(tab.name, is, newest) +
        ` | hub window ${difference(
          'hub',
          hub.state.window.map((r) => r.messageId),
          kept.map((r) => r.messageId),
        )}`,
    );
    const others = JSON.stringify({ ...snapshot, messages: [], hasEarlier: false });
    check(others === shared, 'tabs agree', () => `${tab.name}: ${others} is not ${shared}`);
    const isMore = kept.length + outbox.length > is.length;
    const { sequences, unsequenced } = simulation.context.profile;
    // Without sequences, only REST can say where the transcript begins.
    const mayBeWrong =
      isPartial ||
      unsequenced > 0 ||
      shown.length < snapshot.messages.length ||
      (!sequences && snapshot.hasEarlier);
    check(mayBeWrong || snapshot.hasEarlier === isMore, 'has earlier', () => {
      return `${tab.name} shows ${is.length} of ${all.length} and says ${snapshot.hasEarlier}`;
    });
    for (const row of snapshot.messages) {
      const stored = kept.find((one) => one.messageId === row.messageId);
      if (!stored) continue;
      // Tabs may get aliases later.
      const { status: _a, aliases: _c, ...shown } = row;
      const { status: _b, aliases: _d, ...written } = stored;
      check(JSON.stringify(shown) === JSON.stringify(written), 'tabs and store', () => {
        return `${tab.name}: ${JSON.stringify(row)} is not ${JSON.stringify(stored)}`;
      });
    }
  }
  const statuses = open.map((tab) => {
    const rows = (tab.snapshot?.messages ?? []).filter(
      ({ messageId }) => !wasOnlyInTab(simulation, messageId),
    );
    return rows
      .slice(-settings.limits.page)
      .map((row) => `${row.messageId}:${row.status}`)
      .join();
  });
  const [first] = statuses;
  for (const status of statuses) {
    check(status === first, 'tabs agree', () => `statuses: ${status} is not ${first}`);
  }
}

/** Then the store has only what the hub had in memory, and later messages. */
function wasDeleted({ context }: Simulation): boolean {
  return context.faults['database deleted'] !== undefined;
}

/** No row of a previous visitor is left. */
function previousVisitorsAreGone({ hub, disk, gateway, tabs }: Simulation): void {
  const subject = hub?.state.meta.subject;
  const rows = [
    ...disk.messages.values(),
    ...(hub?.state.window ?? []),
    ...tabs.flatMap((tab) => (tab.isGone ? [] : (tab.snapshot?.messages ?? []))),
  ];
  for (const { conversationId, messageId } of rows) {
    if (conversationId === null) continue;
    const owner = gateway.subjectOf(conversationId);
    check(
      owner === subject,
      'visitor isolation',
      () => `${messageId} is ${owner}'s, not ${subject}'s`,
    );
  }
}

/** No row of a deleted conversation is left. */
function deletedHistoryIsGone({ cleared, disk, hub, tabs }: Simulation): void {
  const rows = [
    ...disk.messages.values(),
    ...(hub?.state.window ?? []),
    ...tabs.flatMap((tab) => (tab.isGone ? [] : (tab.snapshot?.messages ?? []))),
  ];
  for (const { conversationId, messageId, status } of rows) {
    // A failed message reached nobody, and stays.
    if (status === 'failed') continue;
    const isCleared = conversationId !== null && cleared.has(conversationId);
    check(!isCleared, 'deleted history', () => `${messageId} of ${conversationId} is still there`);
  }
}

function unreadIsCorrect(simulation: Simulation): void {
  const { hub, disk } = simulation;
  // A row that gets its sequence late may move past `readUntil`.
  if (wasDeleted(simulation) || simulation.context.profile.unsequenced > 0) return;
  const read: Position = disk.reading.readUntil ?? [0, 0, 0, 0];
  const unread = [...disk.messages.values()].filter(
    (row) => row.from.role !== 'visitor' && comparePositions(row.position, read) > 0,
  );
  // A message that came without its time may be counted again when it moves.
  const isTimeless = simulation.context.faults['message without time'] !== undefined;
  const surplus = isTimeless ? disk.moved : 0;
  for (const count of [disk.reading.count, hub?.state.unread.count ?? -1]) {
    const isRight = count >= unread.length && count <= unread.length + surplus;
    check(isRight, 'unread', () => `${count}, should be ${unread.length}`);
  }
}

function callsAreAnswered({ tabs, unanswered, unsent }: Simulation): void {
  for (const messageId of unsent) {
    check(
      false,
      'answers',
      () => `${messageId} was handed off by a page and never sent by the next`,
    );
  }
  // Pages time out by themselves, so the hub's answers are checked.
  for (const { tab, call } of unanswered) {
    check(false, 'answers', () => `the hub owes ${tab.name} an answer to ${JSON.stringify(call)}`);
  }
  for (const tab of tabs) {
    if (tab.isGone) continue;
    for (const { call } of tab.unsettled) {
      check(false, 'answers', () => `${tab.name} still waits for ${JSON.stringify(call)}`);
    }
  }
}
