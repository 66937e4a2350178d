import { isDeepStrictEqual } from 'node:util';
import { initialToken, isPlannedReconnect } from '../../../src/worker/core/connection/state.ts';
import { initialRouting } from '../../../src/worker/core/conversation/state.ts';
import { emptyMeta } from '../../../src/worker/core/records.ts';
import { type HubState, initialState } from '../../../src/worker/core/state.ts';
import { epochOf } from '../../../src/worker/core/tabs/snapshot.ts';
import { timerNames } from '../../../src/worker/core/timers.ts';
import { initialCatchUps } from '../../../src/worker/core/transcript/state.ts';
import type { Step } from '../model/hub.ts';
import { check } from '../violation.ts';
import { type Owner, timerRules } from './timers.ts';

/** Kinds of endings; those listed first end the most. */
export const endings = [
  /** A token names another visitor. */
  'visitor switched',
  'signed out',
  /** Reported by the broker or the gateway; the visitor stays the same. */
  'session over',
  'stepped down',
  'slept',
  'next conversation',
  'conversation gone',
  'conversation ended',
  'socket gone',
] as const;
export type Ending = (typeof endings)[number];

/** The step in which something has ended. */
export type End = Pick<Step, 'before' | 'after' | 'input'>;

type Rule = (end: End) => boolean;

type Expectation =
  /** As in a new hub. */
  | 'initial'
  /** As before. */
  | 'kept'
  | Rule
  /** Not checked, with the reason. */
  | { readonly free: string };

type Row = Readonly<Record<Ending, Expectation>>;

function row(otherwise: Expectation, special: Partial<Row> = {}): Row {
  return {
    'visitor switched': otherwise,
    'signed out': otherwise,
    'session over': otherwise,
    'stepped down': otherwise,
    slept: otherwise,
    'next conversation': otherwise,
    'conversation gone': otherwise,
    'conversation ended': otherwise,
    'socket gone': otherwise,
    ...special,
  };
}

/** Kept through every ending. */
const perHub = () => row('kept');

/** Reset by a change of visitor only. */
const perVisitor = (special: Partial<Row> = {}) =>
  row('kept', { 'visitor switched': 'initial', 'signed out': 'initial', ...special });

const free = (why: string) => ({ free: why });

// --- rules ---

const lastMessages = free('its last messages may come with the end');
const asked = free('new requests are for the next conversation');

function hasNewOrNoSocket({ before, after }: End): boolean {
  if (!('socketId' in after.connection)) return true;
  return (
    !('socketId' in before.connection) || before.connection.socketId !== after.connection.socketId
  );
}

const isPlanned: Rule = ({ after: { connection } }) => isPlannedReconnect(connection);

const phaseIs =
  (...phases: readonly HubState['connection']['phase'][]): Rule =>
  ({ after }) =>
    phases.includes(after.connection.phase) || after.isSteppingDown;

/** The next conversation waits for the final catch-up, and nothing is sent into this one. */
const awaitsFinalCatchUp: Rule = ({ after: { connection } }) =>
  connection.phase !== 'online' || connection.session.stage === 'ready';

const circuitIsClosed: Rule = ({ after: { breaker } }) => !breaker.isOpen;
const startsAfresh: Rule = ({ after: { breaker } }) => !breaker.isOpen && breaker.attempt === 0;

const hasSignedOut: Rule = ({ after: { problem } }) => problem?.code === 'signed-out';

/** The calls to end it are answered. */
const hasNoEndCalls: Rule = ({ after: { endRequest } }) => endRequest.calls.length === 0;

const isFreshMeta: Rule = ({ before, after: { meta } }) =>
  isDeepStrictEqual(meta, {
    ...emptyMeta,
    subject: meta.subject,
    resetCount: before.meta.resetCount + 1,
  });

/** The subject and the draft do not depend on the conversation. */
const keepsVisitorData: Rule = ({ before: { meta: a }, after: { meta: b }, input }) => {
  const wasSent = input.type === 'call' && input.call.type === 'send';
  return a.subject === b.subject && (a.draft === b.draft || wasSent);
};

const hasOpened: Rule = (step) => keepsVisitorData(step) && step.after.meta.routing === null;

/** What has been read stays read. */
const keepsUnread: Rule = ({ before: { unread: a }, after: { unread: b } }) =>
  isDeepStrictEqual(a.readUntil, b.readUntil) && b.count >= a.count;

const isFreshConversation: Rule = ({ before, after: { conversation, lastOrdinal, window } }) => {
  if (!conversation) return false;
  const {
    ordinal,
    reorderBuffer,
    unsequencedBuffer,
    readMark,
    earlyReceipt,
    finalCatchUp,
    isReadToEnd,
    endedAt,
  } = conversation;
  // No message of it has arrived yet.
  const isUntouched = !window.some((one) => one.position[0] === ordinal);
  const isNew = isUntouched ? conversation.next === 1 && conversation.gaps.length === 0 : true;
  return (
    isNew &&
    ordinal === before.lastOrdinal + 1 &&
    ordinal === lastOrdinal &&
    reorderBuffer.length === 0 &&
    unsequencedBuffer.length === 0 &&
    readMark === null &&
    earlyReceipt === null &&
    // It may have ended already.
    (finalCatchUp === null) === (endedAt === null) &&
    (endedAt === null || conversation.details.status === 'ended') &&
    !isReadToEnd
  );
};

/**
 * A final catch-up is given up only together with its session, since it needs that session's own
 * connection.
 */
const isKeptOrGivenUp: Rule = ({
  before: { conversation: was },
  after: { conversation, sessionMemory },
}) => {
  const isGivenUp = sessionMemory?.isSessionOver === true && was?.finalCatchUp != null;
  const expected =
    isGivenUp && conversation?.finalCatchUp === null ? { ...was, finalCatchUp: null } : was;
  return isDeepStrictEqual(conversation, expected);
};

const hasEnded: Rule = ({ after: { conversation } }) =>
  conversation?.details.status === 'ended' && conversation.endedAt !== null;

/** The previous conversation is kept until its final catch-up. */
const keepsPrevious: Rule = ({ before, after: { previousConversations, conversation } }) => {
  const previous = before.conversation;
  if (!previous || previous.isReadToEnd) return true;
  const { conversationId } = previous.details;
  return (
    previousConversations.some((one) => one.details.conversationId === conversationId) &&
    !previousConversations.some(
      (one) => one.details.conversationId === conversation?.details.conversationId,
    )
  );
};

function isSubset(before: HubState, after: HubState): boolean {
  const known = new Set(before.outbox.map(({ messageId }) => messageId));
  return after.outbox.every(({ messageId }) => known.has(messageId));
}

function isOnItsWay({ outbox }: HubState): boolean {
  return outbox.some(({ at }) => at.stage === 'sent');
}

/** No message is lost, and none is in flight. */
const isUnconfirmed: Rule = ({ before, after }) =>
  before.outbox.length === after.outbox.length &&
  after.outbox.every(({ messageId, at }, index) => {
    return messageId === before.outbox[index]?.messageId && at.stage !== 'sent';
  });

/** Messages go into the current conversation. */
const isAddressed: Rule = ({ after: { outbox, conversation } }) =>
  outbox.every(
    ({ at, conversationId }) =>
      at.stage !== 'sent' || conversationId === conversation?.details.conversationId,
  );

/** No message waits for a conversation that will not start. */
const isNotStranded: Rule = ({ after: { outbox, meta } }) =>
  meta.routing !== null || outbox.every(({ at }) => at.stage !== 'queued');

const onlyFewer =
  (key: 'requests' | 'paginations' | 'lookups' | 'closingSockets'): Rule =>
  ({ before, after }) => {
    const known: readonly unknown[] = before[key];
    return after[key].every((one: unknown) => known.includes(one));
  };

const resetsCatchUps: Rule = ({ before, after: { catchUps } }) =>
  isDeepStrictEqual(catchUps, { ...initialCatchUps, lastCatchUpId: before.catchUps.lastCatchUpId });

/** An active catch-up belongs to the current or a previous conversation. */
const readsKnownConversation: Rule = ({
  after: { catchUps, conversation, previousConversations },
}) => {
  const { active } = catchUps;
  if (!active) return true;
  return [conversation, ...previousConversations].some(
    (one) => one?.details.conversationId === active.conversationId,
  );
};

const keepsNames: Rule = ({ before, after: { routing } }) =>
  isDeepStrictEqual(routing, { ...initialRouting, names: before.routing.names });

const isNotQueued: Rule = ({ after: { routing } }) =>
  routing.queue === null && routing.notice?.kind !== 'stalled';

/** The routing check is over, and only the new conversation may be queued. */
const isRouted: Rule = ({ after: { routing, conversation } }) =>
  routing.check === null &&
  (routing.queue === null || routing.queue.conversationId === conversation?.details.conversationId);

const nobodyTypes: Rule = ({ before, after: { typing } }) =>
  typing.remote === null && typing.sentAt === before.typing.sentAt;

/** Typing is reset with an open socket. */
const nobodyTypesOnSocket: Rule = (step) => {
  const { phase } = step.before.connection;
  if (phase !== 'online' && phase !== 'draining') return true;
  return nobodyTypes(step) && !step.after.typing.isSent;
};

/** Tabs stay, and nobody types in them. */
const keepsTabs: Rule = ({ before, after: { tabs } }) =>
  tabs.length === before.tabs.length &&
  tabs.every(({ tabId, isTyping }, index) => tabId === before.tabs[index]?.tabId && !isTyping);

const isNotUsedLess: Rule = ({ before, after: { rateLimit } }) =>
  Object.entries(before.rateLimit).every(([kind, log]) => {
    const now = Object.entries(rateLimit).find(([other]) => other === kind)?.[1] ?? [];
    return now.length >= log.length;
  });

/** Waiting calls stay; the call that causes the ending may be added. */
const keepsWaiting: Rule = ({ before, after: { storeCalls } }) =>
  before.storeCalls.every((one) => storeCalls.includes(one));

const onlyOwnCall: Rule = ({ after: { storeCalls }, input }) =>
  storeCalls.every(({ callId }) => input.type === 'call' && input.callId === callId);

/** The wipe is durable, so that a power cut can't undo it, and comes before any other write. */
const isDurableWipe: Rule = ({ after: { changes } }) => {
  const { operations, upserts, olderThanWindow, removed, readMark, unread } = changes;
  return (
    operations.length === 1 &&
    operations[0]?.type === 'wipe' &&
    changes.isDurable &&
    changes.isMetaChanged &&
    changes.needsSnapshot &&
    !changes.isConversationChanged &&
    upserts.length + olderThanWindow.length + removed.length + unread === 0 &&
    readMark === null
  );
};

const hasNewToken: Rule = ({ after: { token } }) =>
  !token.isRenewing && token.expiresAt !== null && !token.needsFresh;

const hasNoToken: Rule = ({ after: { token } }) => token.expiresAt === null && !token.isRenewing;

/** A session that will not be opened again has no expiry. */
const hasNoExpiry: Rule = ({ before, after: { sessionMemory } }) =>
  before.sessionMemory?.isSessionOver === true ||
  sessionMemory?.isSessionOver !== true ||
  (sessionMemory.life === null && sessionMemory.endsAt === null);

/** The broker's pause holds for the next visitor too. */
const keepsBrokerPause: Rule = ({ before, after: { token } }) =>
  isDeepStrictEqual(token, { ...initialToken, pausedUntil: before.token.pausedUntil });

/** With `history: 'confirmed'`, nothing is shown until the next token. */
const isHidden: Rule = ({ before, after: { isConfirmed, settings } }) =>
  isConfirmed === (settings.history === 'at-once' && before.isConfirmed);

const hidesOutbox: Rule = ({ before, after }) =>
  after.hiddenOutbox ===
  (before.isConfirmed && !after.isConfirmed ? after.lastOutboxOrdinal : before.hiddenOutbox);

/** Timers whose owner has ended are cleared or set again. */
const timersEnd =
  (...ended: readonly Owner[]): Rule =>
  ({ before, after }) =>
    timerNames.every((name) => {
      const due = before.timers[name];
      if (due === undefined || after.timers[name] !== due) return true;
      return !timerRules[name].owners.some((owner) => ended.includes(owner));
    });

/** What each ending resets, for every key of the state. A key without a row fails the type check. */
export const resetTable = {
  settings: perHub(),
  generation: row('kept', {
    'visitor switched': ({ before, after }) => after.generation === before.generation + 1,
    'signed out': ({ before, after }) => after.generation === before.generation + 1,
  }),
  seed: row(free('the random seed advances')),
  lastId: row(({ before, after }) => after.lastId >= before.lastId),
  timers: row(timersEnd('socket', 'try'), {
    'visitor switched': timersEnd('socket', 'try', 'conversation', 'visitor', 'token', 'circuit'),
    'signed out': timersEnd('socket', 'try', 'conversation', 'visitor', 'token', 'circuit'),
    'session over': timersEnd('socket', 'try', 'token', 'circuit'),
    'stepped down': free('a draining socket needs its timers'),
    slept: timersEnd('socket', 'try', 'token', 'circuit'),
    'next conversation': timersEnd('conversation'),
    'conversation gone': timersEnd('conversation'),
    'conversation ended': free('the hub waits for its final catch-up'),
  }),
  isRestored: perHub(),
  isPersistent: perHub(),
  isConfirmed: row('kept', {
    'visitor switched': ({ after }) => after.isConfirmed,
    'session over': isHidden,
  }),
  hiddenOutbox: perVisitor({ 'session over': hidesOutbox }),
  isOnline: perHub(),
  connection: row(hasNewOrNoSocket, {
    'visitor switched': (end) => hasNewOrNoSocket(end) && !isPlanned(end),
    'signed out': (end) => phaseIs('signed-out')(end) && !isPlanned(end),
    'session over': phaseIs('signed-out'),
    'stepped down': (end) => phaseIs('handed-over')(end) && isPlanned(end),
    slept: phaseIs('idle'),
    'next conversation': free('it is opened on the current socket'),
    'conversation gone': free('the next one is opened on the current socket'),
    'conversation ended': awaitsFinalCatchUp,
  }),
  breaker: row('kept', {
    'visitor switched': circuitIsClosed,
    'signed out': startsAfresh,
    'session over': startsAfresh,
    slept: startsAfresh,
    'conversation gone': free('its session may end with it'),
    'conversation ended': free('its session may end with it'),
    'socket gone': free('it counts attempts'),
  }),
  token: row('kept', {
    'visitor switched': hasNewToken,
    'signed out': keepsBrokerPause,
    'session over': hasNoToken,
    'next conversation': asked,
    'conversation gone': free('its session may end with it'),
    'conversation ended': free('its session may end with it'),
    'socket gone': free('the gateway may have refused it'),
  }),
  closingSockets: row(free('a closing socket stays until it is closed')),
  isSteppingDown: row('kept', { 'stepped down': ({ after }) => after.isSteppingDown }),
  problem: row('kept', {
    'visitor switched': 'initial',
    'signed out': hasSignedOut,
    'session over': hasSignedOut,
    'next conversation': free('an arrived message clears it'),
    'conversation gone': free('it may get the reason'),
    'conversation ended': free('it may get the reason'),
    'socket gone': free('it gets the reason'),
  }),
  requests: perVisitor({
    'session over': free('without a token some fail'),
    slept: onlyFewer('requests'),
    'stepped down': onlyFewer('requests'),
    'next conversation': asked,
    'conversation gone': asked,
    'conversation ended': asked,
    'socket gone': asked,
  }),
  meta: row('kept', {
    'visitor switched': isFreshMeta,
    'signed out': isFreshMeta,
    'next conversation': hasOpened,
    'conversation gone': keepsVisitorData,
    'conversation ended': keepsVisitorData,
  }),
  draftOrigin: perVisitor(),
  hasAnonymousDraft: perVisitor(),
  unread: perVisitor({
    'session over': keepsUnread,
    'next conversation': keepsUnread,
    'conversation gone': free('unread messages may have been deleted'),
    'conversation ended': keepsUnread,
  }),
  conversation: perVisitor({
    'session over': free('without a token a catch-up fails, and the reorder buffer is shown'),
    'next conversation': isFreshConversation,
    'conversation gone': 'initial',
    'conversation ended': hasEnded,
    'socket gone': isKeptOrGivenUp,
  }),
  previousConversations: perVisitor({
    'next conversation': keepsPrevious,
    'conversation gone': onlyKnownPrevious,
  }),
  lastOrdinal: perVisitor({
    'next conversation': ({ before, after }) => after.lastOrdinal === before.lastOrdinal + 1,
  }),
  window: perVisitor({
    'session over': free('without a token a catch-up fails, and the reorder buffer is shown'),
    'next conversation': lastMessages,
    'conversation gone': lastMessages,
    'conversation ended': lastMessages,
  }),
  hasEarlier: perVisitor({
    'session over': lastMessages,
    'next conversation': lastMessages,
    'conversation gone': lastMessages,
    'conversation ended': lastMessages,
  }),
  outbox: perVisitor({
    // The reorder buffer is shown after too many failed catch-ups.
    'session over': ({ before, after }) => isSubset(before, after) && !isOnItsWay(after),
    'stepped down': free('the hub waits for its echo'),
    slept: isUnconfirmed,
    'next conversation': isAddressed,
    'conversation gone': isAddressed,
    'conversation ended': isNotStranded,
    'socket gone': isUnconfirmed,
  }),
  lastOutboxOrdinal: perVisitor(),
  pausedUntil: perVisitor({
    'next conversation': free('sending may reach the rate limit'),
    'socket gone': ({ before, after }) => (after.pausedUntil ?? 0) >= (before.pausedUntil ?? 0),
  }),
  receiptDue: perVisitor({
    'next conversation': 'initial',
    'conversation gone': free('there is no message to acknowledge'),
  }),
  // The server's pause holds for every visitor.
  restPausedUntil: perHub(),
  catchUps: row('kept', {
    'visitor switched': resetsCatchUps,
    'signed out': resetsCatchUps,
    'session over': free('without a token a catch-up fails'),
    'next conversation': readsKnownConversation,
    'conversation gone': free('its answer is no longer needed'),
    'conversation ended': readsKnownConversation,
    // REST polling may begin.
    'socket gone': ({ before: { catchUps: a }, after: { catchUps: b } }) =>
      a.failures === b.failures && a.completedAt === b.completedAt,
  }),
  routing: row('kept', {
    'visitor switched': keepsNames,
    'signed out': keepsNames,
    'session over': free('without a token a check fails'),
    'next conversation': isRouted,
    'conversation gone': isNotQueued,
    'conversation ended': isNotQueued,
  }),
  // The gateway counts all visitors together.
  rateLimit: row(isNotUsedLess),
  sessionMemory: perVisitor({
    'next conversation': ({ after }) => after.sessionMemory?.isSessionOver !== true,
    'conversation gone': hasNoExpiry,
    'conversation ended': hasNoExpiry,
    'socket gone': free('the gateway may have refused it'),
  }),
  typing: perVisitor({
    'session over': nobodyTypesOnSocket,
    slept: nobodyTypesOnSocket,
    'stepped down': free('the socket may drain'),
    'next conversation': nobodyTypes,
    'conversation gone': nobodyTypes,
    'conversation ended': nobodyTypes,
    'socket gone': nobodyTypesOnSocket,
  }),
  tabs: row('kept', { 'visitor switched': keepsTabs, 'signed out': keepsTabs }),
  // The alerted tab keeps its title until another tab is alerted.
  alertedTab: perHub(),
  alertedAt: perHub(),
  alertedUntil: perVisitor({
    'conversation gone': free('the alerted message may have been deleted'),
  }),
  startCalls: row('kept', {
    'visitor switched': 'initial',
    'signed out': 'initial',
    'session over': 'initial',
    'next conversation': 'initial',
    'conversation ended': free('the visitor may start another'),
  }),
  endRequest: row('kept', {
    'visitor switched': 'initial',
    'signed out': 'initial',
    'session over': hasNoEndCalls,
    'stepped down': free('its write may be done'),
    'next conversation': hasNoEndCalls,
    'conversation gone': hasNoEndCalls,
    'conversation ended': hasNoEndCalls,
  }),
  storeCalls: row(keepsWaiting, { 'visitor switched': 'initial', 'signed out': onlyOwnCall }),
  lookups: perVisitor({ 'conversation gone': onlyFewer('lookups') }),
  paginations: perVisitor({
    'session over': onlyFewer('paginations'),
    'conversation gone': onlyFewer('paginations'),
  }),
  revision: row(({ before, after }) => after.revision >= before.revision),
  published: row(free('the next flush compares against it'), {
    'visitor switched': 'initial',
    'signed out': 'initial',
  }),
  changes: row(free('the next flush writes and posts it'), {
    'visitor switched': isDurableWipe,
    'signed out': isDurableWipe,
  }),
} satisfies Record<keyof HubState, Row>;

function onlyKnownPrevious({ before, after }: End): boolean {
  return after.previousConversations.every((one) => before.previousConversations.includes(one));
}

const refusals: ReadonlySet<string> = new Set(['refused', 'token-expired', 'evicted']);

/** The most comprehensive ending in this step. */
export function endingOf({ before, after, input }: End): Ending | null {
  if (input.type === 'restored' || !before.isRestored) return null;
  if (before.generation !== after.generation) {
    return input.type === 'call' ? 'signed out' : 'visitor switched';
  }
  if (before.connection.phase !== after.connection.phase) {
    if (after.connection.phase === 'signed-out') return 'session over';
    if (input.type === 'timer' && input.name === 'idle') return 'slept';
  }
  if (!before.isSteppingDown && after.isSteppingDown) return 'stepped down';
  const was = before.conversation?.details;
  const is = after.conversation?.details;
  if (was && !is) return 'conversation gone';
  if (was && is && was.conversationId !== is.conversationId) return 'next conversation';
  if (was && is?.status === 'ended' && was.status !== 'ended') return 'conversation ended';
  const { connection } = before;
  // An event that ends a drain also changes the socket, but may change more.
  const call = input.type === 'call' ? input.call.type : null;
  // An end before the conversation is open withdraws the request, which the socket was for.
  const isWithdrawn = call === 'discard' || call === 'end';
  const isAnswered = input.type === 'rest' || input.type === 'token' || isWithdrawn;
  const isNews = isAnswered || (input.type === 'gateway' && !refusals.has(input.event.type));
  if (isNews || !('socketId' in connection)) return null;
  const isThere =
    'socketId' in after.connection && after.connection.socketId === connection.socketId;
  return isThere ? null : 'socket gone';
}

const rows: readonly (readonly [string, Row])[] = Object.entries(resetTable);

/** An ending resets what belongs to it and keeps the rest. */
export class ResetInvariants {
  #hub = '';
  /** Request ids up to this one belong to previous visitors. */
  #previousIds = 0;
  #isWipeWritten = true;

  step(step: Step): void {
    if (this.#hub !== step.hub.epoch) {
      this.#hub = step.hub.epoch;
      this.#previousIds = 0;
      this.#isWipeWritten = true;
    }
    const ending = endingOf(step);
    if (ending !== null) this.#resetsWhatEnds(step, ending);
    this.#ignoresPreviousAnswers(step);
    if (step.before.generation !== step.after.generation) {
      this.#previousIds = step.before.lastId;
      this.#isWipeWritten = false;
    }
    this.#writesAfterTheWipe(step);
    callsAreAnswered(step);
  }

  #resetsWhatEnds(step: Step, ending: Ending): void {
    const [first] = leftovers(step, ending);
    check(first === undefined, 'resets', () => `${ending}: ${first}`);
  }

  /** The wipe is the first write after a change of visitor. */
  #writesAfterTheWipe({ effects }: Step): void {
    if (this.#isWipeWritten) return;
    const write = effects.find((effect) => effect.type === 'write');
    if (write?.type !== 'write') return;
    const isWipe = write.operations[0]?.type === 'wipe' && write.durability === 'strict';
    check(isWipe, 'resets', () => 'a write comes before the wipe');
    this.#isWipeWritten = true;
  }

  /** An answer to a previous visitor's request changes nothing except its server's pause. */
  #ignoresPreviousAnswers({ before, after, input, effects }: Step): void {
    if (input.type !== 'rest' && input.type !== 'token') return;
    if (input.requestId > this.#previousIds) return;
    const { restPausedUntil, token, seed } = before;
    const isIgnored = isDeepStrictEqual({ ...after, restPausedUntil, token, seed }, before);
    check(
      isIgnored && effects.length === 0,
      'resets',
      () => `the answer to ${input.type} ${input.requestId} belongs to a previous visitor`,
    );
  }
}

/** Describes the keys that differ from the table. */
export function leftovers(end: End, ending: Ending): readonly string[] {
  const before = new Map<string, unknown>(Object.entries(end.before));
  const after = new Map<string, unknown>(Object.entries(end.after));
  const born = new Map<string, unknown>(Object.entries(initialState(end.after.settings, 0)));
  return rows.flatMap(([key, { [ending]: expectation }]) => {
    const [is, was] = [after.get(key), before.get(key)];
    if (holds(end, expectation, is, was, born.get(key))) return [];
    const what = typeof expectation === 'string' ? expectation : 'by its rule';
    const values = [is, was].map((value) => JSON.stringify(value)?.slice(0, 200));
    return `${key} should be ${what}, is ${values[0]}, was ${values[1]}`;
  });
}

/** Keys that must be reset but had their initial value already, so that the check proves nothing. */
export function untouched(before: HubState, ending: Ending): readonly string[] {
  const is = new Map<string, unknown>(Object.entries(before));
  const born = new Map<string, unknown>(Object.entries(initialState(before.settings, 0)));
  return rows.flatMap(([key, { [ending]: expectation }]) => {
    const isBlind = expectation === 'initial' && isDeepStrictEqual(is.get(key), born.get(key));
    return isBlind ? key : [];
  });
}

function holds(
  end: End,
  expectation: Expectation,
  is: unknown,
  was: unknown,
  born: unknown,
): boolean {
  if (expectation === 'kept') return is === was || isDeepStrictEqual(is, was);
  if (expectation === 'initial') return isDeepStrictEqual(is, born);
  return typeof expectation === 'function' ? expectation(end) : true;
}

/** Each waiting call goes on waiting or gets exactly one answer. */
function callsAreAnswered({ before, after, effects }: Step): void {
  const isAsBefore =
    before.startCalls === after.startCalls &&
    before.endRequest.calls === after.endRequest.calls &&
    before.storeCalls === after.storeCalls &&
    before.paginations === after.paginations &&
    before.outbox === after.outbox;
  if (isAsBefore) return;
  const answered = effects.flatMap((effect) => (effect.type === 'answer' ? effect.callId : []));
  const wait = new Set(waiting(after));
  for (const callId of waiting(before)) {
    if (wait.has(callId)) continue;
    const times = answered.filter((one) => one === callId).length;
    check(times === 1, 'resets', () => `call ${callId} no longer waits, and has ${times} answers`);
  }
  // It would be answered again later.
  const early = answered.find((callId) => wait.has(callId));
  check(early === undefined, 'resets', () => `call ${early} is answered, and still waits`);
}

function waiting({
  startCalls,
  endRequest,
  storeCalls,
  paginations,
  outbox,
}: HubState): readonly number[] {
  return [
    ...startCalls,
    ...endRequest.calls,
    ...storeCalls.map(({ callId }) => callId),
    ...paginations.map(({ callId }) => callId),
    ...outbox.flatMap(({ at }) => (at.stage === 'storing' ? (at.callId ?? []) : [])),
  ];
}

/** Every post has the current visitor's epoch. */
export function postsAreOfThisVisitor({ after, effects }: Step): void {
  for (const effect of effects) {
    if (effect.type !== 'post') continue;
    const { epoch } = effect.message;
    check(epoch === epochOf(after), 'resets', () => `a post of ${epoch}, now is ${epochOf(after)}`);
  }
}
