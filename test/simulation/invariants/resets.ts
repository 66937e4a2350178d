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

/** What ends, the more that goes with it the further up. */
export const endings = [
  /** A token names somebody else. */
  'visitor switched',
  'signed out',
  /** The broker or the gateway says so: the visitor is still the same. */
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
  /** As in a hub that has just been born. */
  | 'initial'
  /** As before. */
  | 'kept'
  | Rule
  /** Whatever, and why. */
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

/** It is the hub's own, whoever is there. */
const ofHub = () => row('kept');

/** It goes with its visitor, and with nothing else. */
const ofVisitor = (special: Partial<Row> = {}) =>
  row('kept', { 'visitor switched': 'initial', 'signed out': 'initial', ...special });

const free = (why: string) => ({ free: why });

// --- rules ---

const newestWords = free('what ends a conversation brings its last words along');
const asked = free('what is asked for now is asked for by whoever comes next');

function isWithoutFormerSocket({ before, after }: End): boolean {
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

/** None is opened before the last words of this one have been read; and nothing is sent into it. */
const isReadToItsEnd: Rule = ({ after: { connection } }) =>
  connection.phase !== 'online' || connection.session.stage === 'ready';

const circuitIsClosed: Rule = ({ after: { breaker } }) => !breaker.isOpen;
const startsAfresh: Rule = ({ after: { breaker } }) => !breaker.isOpen && breaker.attempt === 0;

const hasSignedOut: Rule = ({ after: { problem } }) => problem?.code === 'signed-out';

const isFreshMeta: Rule = ({ before, after: { meta } }) =>
  isDeepStrictEqual(meta, {
    ...emptyMeta,
    subject: meta.subject,
    resetCount: before.meta.resetCount + 1,
  });

/** What the visitor has typed, and who they are, has nothing to do with what was said. */
const isSameVisitors: Rule = ({ before: { meta: a }, after: { meta: b }, input }) => {
  const wasSent = input.type === 'call' && input.call.type === 'send';
  return a.subject === b.subject && (a.draft === b.draft || wasSent);
};

const hasOpened: Rule = (step) => isSameVisitors(step) && step.after.meta.routing === null;

/** What was read stays read. */
const readsOn: Rule = ({ before: { unread: a }, after: { unread: b } }) =>
  isDeepStrictEqual(a.readUntil, b.readUntil) && b.unread >= a.unread;

const isFreshConversation: Rule = ({ before, after: { conversation, lastOrdinal, window } }) => {
  if (!conversation) return false;
  const {
    ordinal,
    reorderBuffer,
    unsequencedBuffer,
    readMark,
    earlyReceipt,
    finalCatchUp,
    isClosed,
    endedAt,
  } = conversation;
  // Nothing of it has come yet: what has is known by its rows alone.
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
    // It may be over by now.
    (finalCatchUp === null) === (endedAt === null) &&
    (endedAt === null || conversation.details.status === 'ended') &&
    !isClosed
  );
};

/**
 * Only where its session is given up, the last words of a conversation are no longer waited for: they can be
 * had on its own line alone.
 */
const isKeptOrGivenUp: Rule = ({
  before: { conversation: was },
  after: { conversation, sessionMemory },
}) => {
  const isGivenUp = sessionMemory?.startsNew === true && was?.finalCatchUp != null;
  const expected =
    isGivenUp && conversation?.finalCatchUp === null ? { ...was, finalCatchUp: null } : was;
  return isDeepStrictEqual(conversation, expected);
};

const hasEnded: Rule = ({ after: { conversation } }) =>
  conversation?.details.status === 'ended' && conversation.endedAt !== null;

/** The former one is looked after, until its last words are known. */
const isLookedAfter: Rule = ({ before, after: { previousConversations, conversation } }) => {
  const former = before.conversation;
  if (!former || former.isClosed) return true;
  const { conversationId } = former.details;
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

/** No message is lost, and none counts as on its way any more. */
const isInDoubt: Rule = ({ before, after }) =>
  before.outbox.length === after.outbox.length &&
  after.outbox.every(({ messageId, at }, index) => {
    return messageId === before.outbox[index]?.messageId && at.stage !== 'sent';
  });

/** What goes out goes into the conversation that is there. */
const isAddressed: Rule = ({ after: { outbox, conversation } }) =>
  outbox.every(
    ({ at, conversationId }) =>
      at.stage !== 'sent' || conversationId === conversation?.details.conversationId,
  );

/** Nothing waits for a conversation that does not come. */
const isNotStranded: Rule = ({ after: { outbox, meta } }) =>
  meta.routing !== null || outbox.every(({ at }) => at.stage !== 'queued');

const onlyFewer =
  (key: 'requests' | 'paginations' | 'lookups' | 'closingSockets'): Rule =>
  ({ before, after }) => {
    const known: readonly unknown[] = before[key];
    return after[key].every((one: unknown) => known.includes(one));
  };

const runsOn: Rule = ({ before, after: { catchUps } }) =>
  isDeepStrictEqual(catchUps, { ...initialCatchUps, begun: before.catchUps.begun });

/** A catch-up that is under way is this conversation's, or a former one's. */
const readsWhatIsThere: Rule = ({ after: { catchUps, conversation, previousConversations } }) => {
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

/** Its routing is answered: the next one is checked anew, and only the new one is waited in. */
const isRouted: Rule = ({ after: { routing, conversation } }) =>
  routing.check === null &&
  (routing.queue === null || routing.queue.conversationId === conversation?.details.conversationId);

const nobodyTypes: Rule = ({ before, after: { typing } }) =>
  typing.remote === null && typing.sentAt === before.typing.sentAt;

/** A line that was open has told of somebody who types. */
const nobodyTypesThere: Rule = (step) => {
  const { phase } = step.before.connection;
  if (phase !== 'online' && phase !== 'draining') return true;
  return nobodyTypes(step) && !step.after.typing.isSent;
};

/** The pages stay, and what is typed in them is the former visitor's. */
const pagesStay: Rule = ({ before, after: { tabs } }) =>
  tabs.length === before.tabs.length &&
  tabs.every(({ tabId, isTyping }, index) => tabId === before.tabs[index]?.tabId && !isTyping);

const isNotUsedLess: Rule = ({ before, after: { rateLimit } }) =>
  Object.entries(before.rateLimit).every(([kind, log]) => {
    const now = Object.entries(rateLimit).find(([other]) => other === kind)?.[1] ?? [];
    return now.length >= log.length;
  });

/** Whoever has asked waits on; the one who ends it may wait for that. */
const waitsOn: Rule = ({ before, after: { storeCalls } }) =>
  before.storeCalls.every((one) => storeCalls.includes(one));

const onlyTheirs: Rule = ({ after: { storeCalls }, input }) =>
  storeCalls.every(({ callId }) => input.type === 'call' && input.callId === callId);

/** For good, so that a power cut brings nobody back; and before whatever is written next. */
const resetCount: Rule = ({ after: { changes } }) => {
  const { operations, upserts, belowWindow, removed, readMark, unread } = changes;
  return (
    operations.length === 1 &&
    operations[0]?.type === 'wipe' &&
    changes.durable &&
    changes.meta &&
    changes.reset &&
    !changes.conversation &&
    upserts.length + belowWindow.length + removed.length + unread === 0 &&
    readMark === null
  );
};

const hasNewToken: Rule = ({ after: { token } }) =>
  !token.isRenewing && token.expiresAt !== null && !token.needsFresh;

const hasNoToken: Rule = ({ after: { token } }) => token.expiresAt === null && !token.isRenewing;

/** A session that from now on is not opened again has no time left, and hands none on. */
const leavesNoLife: Rule = ({ before, after: { sessionMemory } }) =>
  before.sessionMemory?.startsNew === true ||
  sessionMemory?.startsNew !== true ||
  (sessionMemory.life === null && sessionMemory.endsAt === null);

/** A broker that wants to be left alone is, whoever asks. */
const leavesTheBroker: Rule = ({ before, after: { token } }) =>
  isDeepStrictEqual(token, { ...initialToken, pausedUntil: before.token.pausedUntil });

/** Nothing is shown until somebody is there again, where the site wants it so. */
const isHidden: Rule = ({ before, after: { isConfirmed, settings } }) =>
  isConfirmed === (settings.history === 'at-once' && before.isConfirmed);

const hidesWhatWaits: Rule = ({ before, after }) =>
  after.hiddenOutbox ===
  (before.isConfirmed && !after.isConfirmed ? after.lastOutboxOrdinal : before.hiddenOutbox);

/** A timer that somebody's end takes along is not the same afterwards. */
const timersEnd =
  (...ended: readonly Owner[]): Rule =>
  ({ before, after }) =>
    timerNames.every((name) => {
      const due = before.timers[name];
      if (due === undefined || after.timers[name] !== due) return true;
      return !timerRules[name].owners.some((owner) => ended.includes(owner));
    });

/** Of everything that a hub knows: what an end takes along. A key without its row does not pass the type check. */
export const resetTable = {
  settings: ofHub(),
  generation: row('kept', {
    'visitor switched': ({ before, after }) => after.generation === before.generation + 1,
    'signed out': ({ before, after }) => after.generation === before.generation + 1,
  }),
  seed: row(free('chance goes on')),
  lastId: row(({ before, after }) => after.lastId >= before.lastId),
  timers: row(timersEnd('socket', 'try'), {
    'visitor switched': timersEnd('socket', 'try', 'conversation', 'visitor', 'token', 'circuit'),
    'signed out': timersEnd('socket', 'try', 'conversation', 'visitor', 'token', 'circuit'),
    'session over': timersEnd('socket', 'try', 'token', 'circuit'),
    'stepped down': free('a line that waits for its echoes needs its timers'),
    slept: timersEnd('socket', 'try', 'token', 'circuit'),
    'next conversation': timersEnd('conversation'),
    'conversation gone': timersEnd('conversation'),
    'conversation ended': free('its last words are waited for as before'),
  }),
  isRestored: ofHub(),
  isPersistent: ofHub(),
  isConfirmed: row('kept', {
    'visitor switched': ({ after }) => after.isConfirmed,
    'session over': isHidden,
  }),
  hiddenOutbox: ofVisitor({ 'session over': hidesWhatWaits }),
  isOnline: ofHub(),
  connection: row(isWithoutFormerSocket, {
    'visitor switched': (end) => isWithoutFormerSocket(end) && !isPlanned(end),
    'signed out': (end) => phaseIs('signed-out')(end) && !isPlanned(end),
    'session over': phaseIs('signed-out'),
    'stepped down': (end) => phaseIs('handed-over')(end) && isPlanned(end),
    slept: phaseIs('idle'),
    'next conversation': free('it is opened on the line that is there'),
    'conversation gone': free('the next one is opened on the line that is there'),
    'conversation ended': isReadToItsEnd,
  }),
  breaker: row('kept', {
    'visitor switched': circuitIsClosed,
    'signed out': startsAfresh,
    'session over': startsAfresh,
    slept: startsAfresh,
    'conversation gone': free('its session may go with it'),
    'conversation ended': free('its session may go with it'),
    'socket gone': free('it counts the tries'),
  }),
  token: row('kept', {
    'visitor switched': hasNewToken,
    'signed out': leavesTheBroker,
    'session over': hasNoToken,
    'next conversation': asked,
    'conversation gone': free('its session may go with it'),
    'conversation ended': free('its session may go with it'),
    'socket gone': free('it may be what the gateway refuses'),
  }),
  closingSockets: row(free('a socket lingers until its end is seen')),
  isSteppingDown: row('kept', { 'stepped down': ({ after }) => after.isSteppingDown }),
  problem: row('kept', {
    'visitor switched': 'initial',
    'signed out': hasSignedOut,
    'session over': hasSignedOut,
    'next conversation': free('a message that has arrived ends it'),
    'conversation gone': free('it may be told why'),
    'conversation ended': free('it may be told why'),
    'socket gone': free('it is told why'),
  }),
  requests: ofVisitor({
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
    'conversation gone': isSameVisitors,
    'conversation ended': isSameVisitors,
  }),
  draftOrigin: ofVisitor(),
  hasAnonymousDraft: ofVisitor(),
  unread: ofVisitor({
    'session over': readsOn,
    'next conversation': readsOn,
    'conversation gone': free('what was unread may have been deleted'),
    'conversation ended': readsOn,
  }),
  conversation: ofVisitor({
    'session over': free('without a token a catch-up fails, and what is held is shown'),
    'next conversation': isFreshConversation,
    'conversation gone': 'initial',
    'conversation ended': hasEnded,
    'socket gone': isKeptOrGivenUp,
  }),
  previousConversations: ofVisitor({
    'next conversation': isLookedAfter,
    'conversation gone': onlyFormers,
  }),
  lastOrdinal: ofVisitor({
    'next conversation': ({ before, after }) => after.lastOrdinal === before.lastOrdinal + 1,
  }),
  window: ofVisitor({
    'session over': free('without a token a catch-up fails, and what is held is shown'),
    'next conversation': newestWords,
    'conversation gone': newestWords,
    'conversation ended': newestWords,
  }),
  hasEarlier: ofVisitor({
    'session over': newestWords,
    'next conversation': newestWords,
    'conversation gone': newestWords,
    'conversation ended': newestWords,
  }),
  outbox: ofVisitor({
    // What was held is shown where a catch-up has failed too often.
    'session over': ({ before, after }) => isSubset(before, after) && !isOnItsWay(after),
    'stepped down': free('its echo is waited for'),
    slept: isInDoubt,
    'next conversation': isAddressed,
    'conversation gone': isAddressed,
    'conversation ended': isNotStranded,
    'socket gone': isInDoubt,
  }),
  lastOutboxOrdinal: ofVisitor(),
  pausedUntil: ofVisitor({
    'next conversation': free('what goes out may be the last that may'),
    'socket gone': ({ before, after }) => (after.pausedUntil ?? 0) >= (before.pausedUntil ?? 0),
  }),
  receiptDue: ofVisitor({
    'next conversation': 'initial',
    'conversation gone': free('there is nothing to be told of it'),
  }),
  // The server's wish, whoever asks.
  restPausedUntil: ofHub(),
  catchUps: row('kept', {
    'visitor switched': runsOn,
    'signed out': runsOn,
    'session over': free('without a token a catch-up fails'),
    'next conversation': readsWhatIsThere,
    'conversation gone': free('its answer is nobody’s any more'),
    'conversation ended': readsWhatIsThere,
    // REST may begin to stand in.
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
  // What was used is used, whoever it was.
  rateLimit: row(isNotUsedLess),
  sessionMemory: ofVisitor({
    'next conversation': ({ after }) => after.sessionMemory?.startsNew !== true,
    'conversation gone': leavesNoLife,
    'conversation ended': leavesNoLife,
    'socket gone': free('it may be what the gateway refuses'),
  }),
  typing: ofVisitor({
    'session over': nobodyTypesThere,
    slept: nobodyTypesThere,
    'stepped down': free('the line may live on for its echoes'),
    'next conversation': nobodyTypes,
    'conversation gone': nobodyTypes,
    'conversation ended': nobodyTypes,
    'socket gone': nobodyTypesThere,
  }),
  tabs: row('kept', { 'visitor switched': pagesStay, 'signed out': pagesStay }),
  // A title that tells of something new is that page's until another one has it.
  alertedTab: ofHub(),
  alertedAt: ofHub(),
  alertedUntil: ofVisitor({ 'conversation gone': free('what rang may have been deleted') }),
  startCalls: row('kept', {
    'visitor switched': 'initial',
    'signed out': 'initial',
    'session over': 'initial',
    'next conversation': 'initial',
    'conversation ended': free('whoever leaves it wants no other'),
  }),
  storeCalls: row(waitsOn, { 'visitor switched': 'initial', 'signed out': onlyTheirs }),
  lookups: ofVisitor({ 'conversation gone': onlyFewer('lookups') }),
  paginations: ofVisitor({
    'session over': onlyFewer('paginations'),
    'conversation gone': onlyFewer('paginations'),
  }),
  revision: row(({ before, after }) => after.revision >= before.revision),
  published: row(free('the next flush compares with it'), {
    'visitor switched': 'initial',
    'signed out': 'initial',
  }),
  changes: row(free('the next flush writes and tells it'), {
    'visitor switched': resetCount,
    'signed out': resetCount,
  }),
} satisfies Record<keyof HubState, Row>;

function onlyFormers({ before, after }: End): boolean {
  return after.previousConversations.every((one) => before.previousConversations.includes(one));
}

const refusals: ReadonlySet<string> = new Set(['refused', 'token-expired', 'evicted']);

/** What of it ended in this step, and nothing that is below it. */
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
  // A last echo, or the last message discarded, after which a socket is changed, is news as well.
  const isDiscarded = input.type === 'call' && input.call.type === 'discard';
  const isTold = input.type === 'rest' || input.type === 'token' || isDiscarded;
  const isNews = isTold || (input.type === 'gateway' && !refusals.has(input.event.type));
  if (isNews || !('socketId' in connection)) return null;
  const isThere =
    'socketId' in after.connection && after.connection.socketId === connection.socketId;
  return isThere ? null : 'socket gone';
}

const rows: readonly (readonly [string, Row])[] = Object.entries(resetTable);

/** What ends takes along what is its own, and leaves the rest as it was. */
export class ResetInvariants {
  #hub = '';
  /** Numbers up to this are of what a former visitor has asked for. */
  #formers = 0;
  #isWiped = true;

  step(step: Step): void {
    if (this.#hub !== step.hub.epoch) {
      this.#hub = step.hub.epoch;
      this.#formers = 0;
      this.#isWiped = true;
    }
    const ending = endingOf(step);
    if (ending !== null) this.#takesAlong(step, ending);
    this.#isDeafToFormers(step);
    if (step.before.generation !== step.after.generation) {
      this.#formers = step.before.lastId;
      this.#isWiped = false;
    }
    this.#writesAfterTheWipe(step);
    everybodyIsAnswered(step);
  }

  #takesAlong(step: Step, ending: Ending): void {
    const [first] = leftovers(step, ending);
    check(first === undefined, 'resets', () => `${ending}: ${first}`);
  }

  /** Nothing is written for the next visitor before everything of the former one has gone. */
  #writesAfterTheWipe({ effects }: Step): void {
    if (this.#isWiped) return;
    const write = effects.find((effect) => effect.type === 'write');
    if (write?.type !== 'write') return;
    const isWipe = write.operations[0]?.type === 'wipe' && write.durability === 'strict';
    check(isWipe, 'resets', () => 'something is written before the former visitor is wiped');
    this.#isWiped = true;
  }

  /** An answer to what a former visitor has asked for tells nothing but how busy its server is. */
  #isDeafToFormers({ before, after, input, effects }: Step): void {
    if (input.type !== 'rest' && input.type !== 'token') return;
    if (input.requestId > this.#formers) return;
    const { restPausedUntil, token, seed } = before;
    const isDeaf = isDeepStrictEqual({ ...after, restPausedUntil, token, seed }, before);
    check(
      isDeaf && effects.length === 0,
      'resets',
      () => `the answer to ${input.type} ${input.requestId} is a former's`,
    );
  }
}

/** What is otherwise than the table has it, in words. */
export function leftovers(end: End, ending: Ending): readonly string[] {
  const before = new Map<string, unknown>(Object.entries(end.before));
  const after = new Map<string, unknown>(Object.entries(end.after));
  const born = new Map<string, unknown>(Object.entries(initialState(end.after.settings, 0)));
  return rows.flatMap(([key, { [ending]: expectation }]) => {
    const [is, was] = [after.get(key), before.get(key)];
    if (holds(end, expectation, is, was, born.get(key))) return [];
    const what = typeof expectation === 'string' ? expectation : 'by its rule';
    const told = [is, was].map((value) => JSON.stringify(value)?.slice(0, 200));
    return `${key} should be ${what}, is ${told[0]}, was ${told[1]}`;
  });
}

/** Keys that must be as in a hub just born, and are so already: nothing could be seen of them. */
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

/** Whoever waits goes on waiting, or has an answer: nobody is forgotten, nobody is answered twice. */
function everybodyIsAnswered({ before, after, effects }: Step): void {
  const isAsBefore =
    before.startCalls === after.startCalls &&
    before.storeCalls === after.storeCalls &&
    before.paginations === after.paginations &&
    before.outbox === after.outbox;
  if (isAsBefore) return;
  const answered = effects.flatMap((effect) => (effect.type === 'answer' ? effect.callId : []));
  const wait = new Set(waiting(after));
  for (const callId of waiting(before)) {
    if (wait.has(callId)) continue;
    const times = answered.filter((one) => one === callId).length;
    check(times === 1, 'resets', () => `call ${callId} waits no more, and has ${times} answers`);
  }
  // It is answered once more later.
  const early = answered.find((callId) => wait.has(callId));
  check(early === undefined, 'resets', () => `call ${early} is answered, and still waits`);
}

function waiting({ startCalls, storeCalls, paginations, outbox }: HubState): readonly number[] {
  return [
    ...startCalls,
    ...storeCalls.map(({ callId }) => callId),
    ...paginations.map(({ callId }) => callId),
    ...outbox.flatMap(({ at }) => (at.stage === 'storing' ? (at.callId ?? []) : [])),
  ];
}

/** A page is told of the visitor who is there. */
export function postsAreOfThisVisitor({ after, effects }: Step): void {
  for (const effect of effects) {
    if (effect.type !== 'post') continue;
    const { epoch } = effect.message;
    check(epoch === epochOf(after), 'resets', () => `a post of ${epoch}, now is ${epochOf(after)}`);
  }
}
