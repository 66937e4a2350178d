import { defaultLimits } from '../../src/worker/core/settings.ts';
import type { Mutation } from './bundle.ts';
import type { Profile } from './profile.ts';

export interface Mutant extends Mutation {
  readonly name: string;
  /** Overrides that the mutant needs to be noticed, if they are drawn too rarely. */
  readonly profile?: Partial<Profile>;
}

/** The dialect with a session policy. */
const guests: Partial<Profile> = { dialect: 'genesys-cloud' };

const core = (file: string) => `src/worker/core/${file}.ts`;
const guest = (file: string) => `src/worker/genesys-cloud/core/${file}.ts`;
const client = (file: string) => `src/client/${file}.ts`;

/** Deliberate faults that the simulation must notice. docs/simulation.md has a table of them. */
export const mutants: readonly Mutant[] = [
  // --- no duplicates, in order, with gap markers ---
  {
    name: 'no-deduplication',
    file: core('transcript/window'),
    find: 'return context.state.window.find(predicate);',
    replace: 'return context.state.window.slice(0, 0).find(predicate);',
  },
  {
    name: 'duplicate-in-reorder-buffer',
    file: core('transcript/reorder-buffer'),
    find: 'if (conversation.reorderBuffer.some((buffered) => buffered.sequence === message.sequence)) return;',
    replace: '',
  },
  {
    name: 'no-reorder-buffer-limit',
    file: core('transcript/reorder-buffer'),
    find: 'if (reorderBuffer.length > context.state.settings.limits.reorderBuffer) {',
    replace: 'if (reorderBuffer.length > 1e9) {',
  },
  {
    name: 'no-window-limit',
    file: core('transcript/window'),
    find: 'const surplus = grown.length - settings.limits.window;',
    replace: 'const surplus = 0;',
  },
  {
    name: 'gap-not-marked',
    file: core('transcript/reorder-buffer'),
    find: 'showNext(context, ordinal, next, Math.max(0, next.sequence - conversation.next));',
    replace: 'showNext(context, ordinal, next, 0);',
  },
  {
    name: 'gap-marker-not-updated',
    file: core('transcript/window'),
    find: 'if (shown) replaceRow(context, { ...shown, missingBefore });',
    replace: 'if (shown) return;',
  },
  {
    name: 'gap-marker-below-window-not-updated',
    file: core('transcript/window'),
    find: "  else\n    context.store({ type: 'put-gap-marker', position: [ordinal, sequence, 0, 0], missingBefore });",
    replace: '',
  },
  {
    name: 'late-sequence-dropped',
    file: core('transcript/transcript'),
    find: 'if (known.sequence === null && message.sequence !== null)\n      assignSequence(context, ordinal, known, message);',
    replace: '',
    profile: { sequences: true, unsequenced: 0.1 },
  },
  // --- nothing lost ---
  {
    name: 'catch-up-since-exclusive',
    file: core('transcript/catch-up'),
    find: 'const since = conversation.completeUntil;',
    replace: 'const since = conversation.completeUntil + 1;',
  },
  {
    name: 'catch-up-since-newest',
    file: core('transcript/catch-up'),
    find: 'const since = conversation.completeUntil;',
    replace: 'const since = conversation.newest;',
  },
  {
    name: 'catch-up-stops-at-first-page',
    file: core('transcript/catch-up'),
    find: 'const isLast = isLastPage(active, page);',
    replace: 'const isLast = true;',
  },
  {
    name: 'no-reconciliation',
    file: core('transcript/catch-up'),
    find: "context.setTimer('reconcile', jittered(context, context.state.settings.timing.reconcile));",
    replace: '',
  },
  {
    name: 'previous-conversation-dropped',
    file: core('conversation/previous-conversations'),
    find: '[...context.state.previousConversations, conversation].slice(',
    replace: '[...context.state.previousConversations].slice(',
  },
  {
    name: 'conversation-not-stored',
    file: core('tabs/tabs'),
    find: 'if (changes.isConversationChanged && conversation) {',
    replace: 'if (changes.isConversationChanged && conversation && conversation.next < 3) {',
  },
  {
    name: 'dead-connection-not-detected',
    file: core('connection/keep-alive'),
    find: "if (!context.hasTimer('pong')) context.setTimer('pong', deadline);",
    replace: '',
  },
  {
    name: 'session-hint-ignored',
    file: core('tabs/tabs'),
    find: 'if (conversationId !== null && visitor !== null)\n    adoptSessionHint(context, conversationId, visitor);',
    replace: 'if (conversationId !== null && visitor !== null) void 0;',
  },
  {
    name: 'deleted-outbox-not-rewritten',
    file: core('rewrite'),
    find: "  for (const item of outbox)\n    context.store({ type: 'put-outbox', record: recordOfItem(context, item) });",
    replace: '',
  },
  // --- sending ---
  {
    name: 'arrived-message-resent',
    file: core('outbox/outbox'),
    find: "isRepeat ? 'add-outbox' : 'put-outbox'",
    replace: "'put-outbox'",
    profile: { tabs: 4, freezes: 16, kills: 16, agentMessages: 240, agentEnds: 2, sends: 60 },
  },
  {
    name: 'unknown-visitors-treated-as-one',
    file: client('session/identity'),
    find: 'if (before.resetCount < after.resetCount) return true;',
    replace: '',
    profile: { tabs: 4, brokerFails: 0.5, freezes: 16, kills: 16, sends: 90, visitorChanges: 16 },
  },
  {
    name: 'wipe-not-durable',
    file: core('visitor-change'),
    find: 'context.change({ isMetaChanged: true, needsSnapshot: true, isDurable: true });',
    replace: 'context.change({ isMetaChanged: true, needsSnapshot: true });',
    profile: { kills: 8, powerCuts: 0.9, visitorChanges: 8, sends: 60, agentMessages: 60 },
  },
  {
    name: 'resolves-before-durable',
    file: core('outbox/outbox'),
    find: '    record: recordOfItem(context, item),\n  });',
    replace:
      '    record: recordOfItem(context, item),\n  });\n  context.resolve(callId, messageId);',
  },
  {
    name: 'sends-before-durable',
    file: core('outbox/send-queue'),
    find: "if (!head || head.at.stage === 'storing') return;",
    replace: 'if (!head) return;',
  },
  {
    name: 'two-in-flight',
    file: core('outbox/send-queue'),
    find: "if (pausedUntil !== null || inFlight(context)) return;\n  const head = outbox.find(\n    (item) => item.at.stage !== 'failed' && item.at.stage !== 'acknowledged',\n  );",
    replace:
      "if (pausedUntil !== null) return;\n  const head = outbox.find((item) => item.at.stage !== 'failed' && item.at.stage !== 'acknowledged' && item.at.stage !== 'sent');",
  },
  {
    name: 'outbox-order-reversed',
    file: core('outbox/outbox'),
    find: 'const outbox = records.map(',
    replace: 'const outbox = [...records].reverse().map(',
  },
  {
    name: 'deleted-before-echo',
    file: core('outbox/send-queue'),
    find: "setItem(context, messageId, { at: { stage: 'sent' } });",
    replace:
      "setItem(context, messageId, { at: { stage: 'sent' } });\n    context.store({ type: 'delete-outbox', messageId });",
  },
  {
    name: 'restored-message-queued',
    file: core('outbox/outbox'),
    find: ": { stage: 'unconfirmed', catchUpId: nextCatchUpId(context), isShownAsSent: false };\n}",
    replace: ": { stage: 'queued' };\n}",
  },
  {
    name: 'resends-without-catch-up',
    file: core('outbox/unconfirmed'),
    find: "at: { stage: 'unconfirmed', catchUpId: nextCatchUpId(context), isShownAsSent: true },",
    replace: "at: { stage: 'queued' },",
  },
  {
    name: 'unconfirmed-resolved-by-older-catch-up',
    file: core('outbox/unconfirmed'),
    find: "if (item.at.stage === 'unconfirmed' && item.at.catchUpId <= catchUpId) {",
    replace: "if (item.at.stage === 'unconfirmed') {",
  },
  {
    name: 'not-unconfirmed-after-disconnect',
    file: core('consequences'),
    find: '        markAllUnconfirmed(context);\n        clearSentTyping(context);',
    replace: '        clearSentTyping(context);',
  },
  {
    name: 'no-echo-timer',
    file: core('outbox/send-queue'),
    find: "context.setTimer('echo', context.state.settings.timing.echo);",
    replace: '',
  },
  {
    name: 'routes-before-final-catch-up',
    file: core('conversation/conversation'),
    find: '} else if (meta.routing && conversation?.finalCatchUp == null) {',
    replace: '} else if (meta.routing) {',
  },
  {
    name: 'conversation-id-stored-late',
    file: core('outbox/send-queue'),
    find: 'if (item.conversationId === conversationId) return true;',
    replace:
      'if (item.conversationId === conversationId) return true;\n  setItem(context, item.messageId, { conversationId });\n  storeItem(context, item.messageId);\n  return true;',
  },
  {
    name: 'repeated-send-treated-as-new',
    file: core('outbox/outbox'),
    find: 'const at: OutboxStage = isRepeat\n',
    replace: 'const at: OutboxStage = !isRepeat && isRepeat\n',
    profile: {
      kills: 6,
      freezes: 12,
      deletions: 4,
      agentMessages: 60,
      sends: 20,
      storeLatency: 30,
    },
  },
  // --- one socket, backoff and throttling ---
  {
    name: 'opens-before-old-socket-closed',
    file: core('connection/connection'),
    find: '  });\n  if (context.state.closingSockets.length > 0) {\n    setConnection',
    replace: '  });\n  if (context.state.closingSockets.length > 9) {\n    setConnection',
  },
  {
    name: 'hands-over-with-open-socket',
    file: core('connection/connection'),
    find: "if (context.state.connection.phase === 'handed-over') return;\n  leaveSocket(context);",
    replace: "if (context.state.connection.phase === 'handed-over') return;",
  },
  {
    name: 'backoff-without-floor',
    file: core('backoff'),
    find: 'return backoffFloor + random * Math.max(0, bound - backoffFloor);',
    replace: 'return random * bound;',
  },
  {
    name: 'rest-retry-after-ignored',
    file: core('connection/rest-requests'),
    find: 'if (!result.ok) pauseRest(context, result.failure.retryAfter);',
    replace: '',
  },
  {
    name: 'broker-retry-after-ignored',
    file: core('connection/token'),
    find: 'const pause = Math.max(0, (pausedUntil ?? 0) - context.clock.now);',
    replace: 'const pause = pausedUntil === null ? 0 : 0;',
  },
  {
    name: 'rate-limit-ignored',
    file: core('outbox/send-queue'),
    find: 'setOutboxSlice(context, { pausedUntil: context.clock.now + pause });',
    replace: '',
  },
  {
    name: 'typing-not-throttled',
    file: core('conversation/typing'),
    find: 'if (remaining > 0) {',
    replace: 'if (remaining > 1e9) {',
  },
  // --- tabs agree ---
  {
    name: 'credit-ignored',
    file: core('tabs/tabs'),
    find: 'if (tab.unacknowledged >= patchCredit) {',
    replace: 'if (tab.unacknowledged >= 1e9) {',
  },
  {
    name: 'needs-pull-not-cleared',
    file: core('tabs/tabs'),
    find: 'setTab(context, { ...tab, needsPull: false, unacknowledged:',
    replace: 'setTab(context, { ...tab, unacknowledged:',
  },
  {
    name: 'revision-not-raised',
    file: core('tabs/tabs'),
    find: 'setTabsSlice(context, { revision: context.state.revision + 1 });',
    replace: 'context.set({ revision: context.state.revision + (upserts.length === 2 ? 0 : 1) });',
  },
  {
    name: 'discarded-stays-in-tabs',
    file: core('tabs/tabs'),
    find: 'const removed = changes.removed.filter((messageId) => !present.has(messageId));',
    replace: 'const removed = changes.removed.slice(0, 0);',
  },
  {
    name: 'snapshot-without-outbox',
    file: core('tabs/tabs'),
    find: 'messages: [...newest, ...shownOutbox(context).map((item) => outboxMessage(context, item))],',
    replace: 'messages: newest,',
  },
  {
    name: 'older-rows-twice',
    file: core('transcript/pagination'),
    find: 'const from = rows[0] ?? before;',
    replace: 'const from = before;',
  },
  {
    name: 'patch-below-loaded-rows',
    file: client('transcript/transcript'),
    find: '? upserts.filter((row) => comparePositions(row.position, first.position) >= 0)',
    replace: '? upserts',
    profile: { tabs: 3, loss: 0.2, burst: 20, agentMessages: 200, otherActions: 60 },
  },
  {
    name: 'ties-by-arrival-only',
    file: core('transcript/ties'),
    find: 'if (moved.length > 0) reorderRows(context, moved);',
    replace: '',
    profile: { sequences: false, ties: 0.5, swap: 0.2, agentMessages: 60 },
  },
  {
    name: 'alerts-every-tab',
    file: core('tabs/alerts'),
    find: 'postAlert(context, tab.tabId, newest);',
    replace: 'for (const one of tabs) postAlert(context, one.tabId, newest);',
  },
  {
    name: 'alert-not-withdrawn',
    file: core('tabs/alerts'),
    find: 'if (alertedTab !== null && alertedTab !== tab.tabId) postAlert(context, alertedTab, null);',
    replace: '',
  },
  {
    name: 'alerts-not-throttled',
    file: core('tabs/alerts'),
    find: 'if (alertedAt !== null && context.clock.now - alertedAt < alertInterval) return;',
    replace: '',
  },
  // --- read and unread ---
  {
    name: 'unread-not-counted',
    file: core('transcript/unread'),
    find: 'context.change({ unread: context.state.changes.unread + 1 });',
    replace: '',
  },
  {
    name: 'read-rows-counted',
    file: core('transcript/unread'),
    find: 'return readUntil === null || comparePositions(position, readUntil) > 0;',
    replace: 'return readUntil === null || position.length > 0;',
  },
  {
    name: 'read-mark-moves-back',
    file: core('transcript/read-receipts'),
    find: 'if (before && comparePositions(position, before.position) <= 0) return;',
    replace: '',
  },
  // --- visitor isolation ---
  {
    name: 'visitor-change-without-wipe',
    file: core('visitor-change'),
    find: "context.store({ type: 'wipe' });",
    replace: '',
  },
  {
    name: 'window-outlives-visitor',
    file: core('transcript/state'),
    find: '    window: [],\n    hasEarlier',
    replace: '    window: state.window,\n    hasEarlier',
  },
  {
    name: 'outbox-outlives-visitor',
    file: core('visitor-change'),
    find: '    ...outbox.onVisitorChange(),',
    replace: '    ...{ ...outbox.onVisitorChange(), outbox: state.outbox },',
  },
  {
    name: 'lookups-outlive-visitor',
    file: core('transcript/state'),
    find: '    paginations: [],\n    lookups: [],\n  };',
    replace: '    paginations: [],\n    lookups: state.lookups,\n  };',
    profile: { visitorChanges: 6, storeLatency: 300, agentMessages: 60, sequences: false },
  },
  {
    name: 'sends-for-another-visitor',
    file: client('session/identity'),
    find: 'if (!before || !after) return false;',
    replace: 'return false;',
    profile: { tabs: 3, brokerFails: 0.5, freezes: 8, kills: 8, sends: 60, visitorChanges: 8 },
  },
  {
    name: 'new-subject-ignored',
    file: core('connection/broker-answer'),
    find: 'if (subject === null ? hasAnonymousDraft : subject !== result.subject) {',
    replace: "if (subject === null ? hasAnonymousDraft : subject === '') {",
  },
  // --- resets ---
  {
    name: 'rate-pause-outlives-visitor',
    file: core('visitor-change'),
    find: '    ...outbox.onVisitorChange(),',
    replace: '    ...{ ...outbox.onVisitorChange(), pausedUntil: state.pausedUntil },',
  },
  {
    name: 'rate-timer-outlives-visitor',
    file: core('outbox/state'),
    find: "visitorTimers = ['rate'] as const",
    replace: 'visitorTimers = [] as const',
  },
  {
    name: 'routing-timer-outlives-visitor',
    file: core('conversation/state'),
    find: "'typing-sent', 'routing', 'queued'",
    replace: "'typing-sent', 'queued'",
  },
  {
    name: 'circuit-outlives-visitor',
    file: core('connection/state'),
    find: '    breaker: { ...state.breaker, isOpen: false },',
    replace: '    breaker: state.breaker,',
  },
  {
    name: 'typing-outlives-visitor',
    file: core('tabs/state'),
    find: '    tabs: state.tabs.map((tab) => ({ ...tab, isTyping: false })),',
    replace: '    tabs: state.tabs,',
  },
  {
    name: 'receipt-outlives-visitor',
    file: core('transcript/state'),
    find: '    receiptDue: null,\n    catchUps: { ...',
    replace: '    receiptDue: state.receiptDue,\n    catchUps: { ...',
  },
  {
    name: 'catch-up-outlives-visitor',
    file: core('transcript/state'),
    find: '    catchUps: { ...initialCatchUps, lastCatchUpId: state.catchUps.lastCatchUpId },',
    replace: '    catchUps: state.catchUps,',
  },
  {
    name: 'alerted-until-outlives-visitor',
    file: core('tabs/state'),
    find: '    alertedUntil: null,\n    revision: state',
    replace: '    alertedUntil: state.alertedUntil,\n    revision: state',
  },
  {
    name: 'paginations-unanswered-after-wipe',
    file: core('visitor-change'),
    find: 'failPaginations(context, problem);',
    replace: '',
  },
  {
    name: 'token-outlives-sign-out',
    file: core('connection/connection'),
    find: 'token: { ...initialToken, pausedUntil: context.state.token.pausedUntil },',
    replace: '',
  },
  {
    name: 'broker-pause-dropped-at-sign-out',
    file: core('connection/connection'),
    find: 'token: { ...initialToken, pausedUntil: context.state.token.pausedUntil },',
    replace: 'token: initialToken,',
  },
  {
    name: 'polls-after-session-over',
    file: core('connection/connection'),
    find: "  context.clearTimer('poll', 'probe', 'rest-retry', 'renew', 'reorder');",
    replace: "  context.clearTimer('probe', 'rest-retry', 'renew', 'reorder');",
  },
  {
    name: 'start-calls-unanswered-after-session-over',
    file: core('consequences'),
    find: "failStartCalls(context, { code: 'signed-out', message: event.message });",
    replace: '',
  },
  {
    name: 'idle-with-open-circuit',
    file: core('connection/connection'),
    find: '    breaker: { ...context.state.breaker, attempt: 0, isOpen: false },\n  });',
    replace: '  });',
  },
  {
    name: 'idle-hub-keeps-catching-up',
    file: core('transcript/catch-up'),
    find: '  if (isInactive(context)) return;\n',
    replace: '',
  },
  {
    name: 'handed-over-hub-keeps-polling',
    file: core('connection/connection'),
    find: "  leaveSocket(context);\n  context.clearTimer('poll', 'probe', 'rest-retry', 'renew');",
    replace: "  leaveSocket(context);\n  context.clearTimer('rest-retry', 'renew');",
  },
  {
    name: 'pong-outlives-socket',
    file: core('connection/connection'),
    find: "context.clearTimer('auth', 'ping', 'pong', 'answer', 'drain', 'echo', 'retry', 'reconcile');",
    replace: "context.clearTimer('auth', 'ping', 'answer', 'drain', 'echo', 'retry', 'reconcile');",
  },
  {
    name: 'echo-outlives-socket',
    file: core('outbox/unconfirmed'),
    find: "  context.clearTimer('echo');\n",
    replace: '',
  },
  {
    name: 'sent-typing-outlives-socket',
    file: core('consequences'),
    find: '        clearSentTyping(context);\n',
    replace: '',
  },
  {
    name: 'no-final-catch-up',
    file: core('conversation/conversation'),
    find: 'conversation: { ...ended, finalCatchUp: nextCatchUpId(context), endedAt },',
    replace: 'conversation: { ...ended, endedAt },',
  },
  {
    name: 'reorder-timer-outlives-conversation',
    file: core('consequences'),
    find: "      showBuffers(context);\n      context.clearTimer('reorder');\n      clearReceipt",
    replace: '      showBuffers(context);\n      clearReceipt',
  },
  {
    name: 'reorder-timer-not-shortened',
    file: core('transcript/gaps'),
    find: 'if (reorder === undefined || reorder > context.clock.now + delay)',
    replace: 'if (reorder === undefined)',
  },
  {
    name: 'remote-typing-outlives-conversation',
    file: core('conversation/conversation'),
    find: '  clearRemoteTyping(context);\n  if (connection.phase',
    replace: '  if (connection.phase',
  },
  {
    name: 'queue-outlives-conversation',
    file: core('conversation/queue'),
    find: '  if (queue) setRouting(context, { queue: null });\n',
    replace: '',
  },
  {
    name: 'token-not-renewed',
    file: core('connection/connection'),
    find: '  keepRenewed(context);\n',
    replace: '',
  },
  {
    name: 'expiry-timer-outlives-session',
    file: guest('expiry'),
    find: "  context.clearTimer('expiry');\n",
    replace: '',
    profile: guests,
  },
  {
    name: 'session-memory-outlives-visitor',
    file: core('visitor/state'),
    find: '    hiddenOutbox: 0,\n    sessionMemory: null,\n  };\n}\n\n/** Timers',
    replace: '    hiddenOutbox: 0,\n    sessionMemory: state.sessionMemory,\n  };\n}\n\n/** Timers',
    profile: guests,
  },

  // --- in Genesys Cloud's dialect ---
  {
    name: 'session-outlives-conversation',
    file: guest('session-policy'),
    find: 'needsNewSession: (context) => hasEnded(context) || memoryOf(context).isSessionOver',
    replace: 'needsNewSession: () => false',
    profile: { ...guests, agentEnds: 3 },
  },
  {
    name: 'end-not-sent',
    file: guest('session'),
    find: 'return conversation !== null && !isSessionOver(conversation);\n}\n\nexport function isSessionOver',
    replace:
      "return conversation !== null && conversation.details.status !== 'ended';\n}\n\nexport function isSessionOver",
    profile: { ...guests, agentEnds: 4, cuts: 6, sends: 60 },
  },
  {
    name: 'unconfirmed-outlive-session',
    file: guest('session'),
    find: '  failUnconfirmedOfPrevious(context, null);\n  failStranded(context);',
    replace: '',
    profile: { ...guests, forgets: 4, kills: 6, sends: 60 },
  },
  {
    name: 'deleted-history-kept',
    file: guest('session'),
    find: "if (reason === 'cleared' && !isEnd) clearHistory(context);",
    replace: '',
    profile: { ...guests, clears: 4, agentMessages: 60 },
  },
  {
    name: 'end-deletes-transcript',
    file: guest('session'),
    find: "if (reason === 'cleared' && !isEnd) clearHistory(context);",
    replace: "if (reason === 'cleared') clearHistory(context);",
    profile: { ...guests, visitorEnds: 4, agentMessages: 60 },
  },
  {
    name: 'end-shown-before-it-is-confirmed',
    file: core('tabs/calls'),
    find: 'if (context.policyTraits.confirmsEnd && isOpen(context)) {',
    replace: 'if (context.policyTraits.confirmsEnd && !isOpen(context)) {',
    profile: { ...guests, visitorEnds: 4 },
  },
  {
    name: 'end-sent-before-it-is-stored',
    file: core('conversation/ending'),
    find: 'if (endRequest.sentOn === socketId || endRequest.write !== null) return;',
    replace: 'if (endRequest.sentOn === socketId) return;',
    profile: { ...guests, visitorEnds: 4 },
  },
  {
    name: 'end-never-given-up',
    file: core('conversation/ending'),
    find: "failEnd(context, 'unconfirmed');",
    replace: '',
    profile: { ...guests, visitorEnds: 4, cuts: 6 },
  },
  {
    name: 'echo-not-matched-by-text',
    file: guest('message-matching'),
    find: 'if (!item) return message;',
    replace: 'return message;',
    profile: { ...guests, keepsIds: false, cuts: 6, sends: 60 },
  },
  {
    name: 'local-clock-trusted',
    file: guest('message-matching'),
    find: 'return isShared && !wasSentHere && known === 0 ? timestamp : known;',
    replace: 'return isShared || !wasSentHere || known >= 0 ? timestamp : known;',
    profile: { ...guests, keepsIds: false, cuts: 6, sends: 60 },
  },
  {
    name: 'duplicates-matched-by-id-only',
    file: guest('message-matching'),
    find: 'row.timestamp === message.timestamp &&',
    replace: 'row.timestamp !== row.timestamp &&',
    profile: { ...guests, namelessLive: 0.5, agentMessages: 60, burst: 1, limits: defaultLimits },
  },
  {
    name: 'older-rows-matched-by-id-only',
    file: guest('message-matching'),
    find: 'if (known.some((row) => isSame(row, message))) return true;',
    replace: '',
    profile: { ...guests, keepsIds: false, otherActions: 60, sends: 60 },
  },
  {
    name: 'requests-not-counted',
    file: core('connection/rate-limit'),
    find: "countForRateLimit(context, 'sends', 'messages', 'requests');",
    replace: "countForRateLimit(context, 'sends', 'messages');",
    profile: { ...guests, minutes: 4, sends: 120 },
  },
  {
    name: 'stale-history-accepted',
    file: 'src/protocol/genesys-cloud/rest.ts',
    find: 'if (before !== null && total !== null && total < before) {',
    replace: 'if (total === -1) {',
    profile: { ...guests, restLag: 15_000, agentMessages: 60, burst: 20, loss: 0.1, minutes: 2 },
  },
  {
    name: 'left-at-never-cleared',
    file: guest('expiry'),
    find: "if (leftAt !== undefined && message.timestamp > leftAt) setDetail(context, 'leftAt', null);",
    replace: '',
    profile: { ...guests, farewells: 6 },
  },
  {
    name: 'ended-session-reopened',
    file: guest('session'),
    find: 'if (conversation === null || hasEnded(context)) replaceSession(context);',
    replace: '',
    profile: { ...guests, agentEnds: 4, cuts: 6, restFails: 0.6, kills: 4, minutes: 2 },
  },
  // --- a gateway without ids ---
  {
    name: 'echo-without-id-not-matched',
    file: core('transcript/derived-messages'),
    find: 'if (!sent || !conversation) return message;',
    replace: 'return message;',
    profile: { sparse: true },
  },
  {
    name: 'derived-ids-compared-only',
    file: core('transcript/derived-messages'),
    find: 'return row.timestamp === message.timestamp && hasSameText(row, message);',
    replace: 'return false;',
    profile: { sparse: true },
  },
  {
    name: 'older-echo-taken',
    file: core('transcript/derived-messages'),
    find: 'return isOlder ? undefined : oldest;',
    replace: 'return oldest;',
    profile: { sparse: true, cuts: 6, sends: 60 },
  },
  {
    name: 'receipt-for-derived-id',
    file: core('transcript/read-receipts'),
    find: '|| isDerivedId(newest.messageId)',
    replace: '',
    profile: { sparse: true },
  },
  // --- pages ---
  {
    name: 'calls-not-resent',
    file: client('calls/hub-rpc'),
    find: 'for (const pending of [...this.#pending]) this.#send(hub, pending, now - pending.madeAt);',
    replace: '',
  },
  {
    name: 'older-rows-not-refreshed',
    file: client('transcript/replica'),
    find: 'if (first && this.#snapshot.messages[0] !== first) this.#events.olderRowsKept(first);',
    replace: '',
  },
  {
    name: 'head-without-pull',
    file: client('transcript/replica'),
    find: "case 'head':\n        hub.post({ type: 'pull' });",
    replace: "case 'head':",
  },
  {
    name: 'pending-handoff-dropped',
    file: client('calls/resend-pending'),
    find: 'for (const entry of readEntries(entries)) void resend(entry, chat, rpc, warn);',
    replace: '',
  },
];
