import { echo, TestHub } from './harness.ts';

const answer = { ok: true, expiresIn: 900, subject: 'visitor-1' } as const;

/** A hub in each phase of its link. */
export const scenes: Record<string, () => TestHub> = {
  idle: () => new TestHub().restore(),
  token: () => new TestHub().restore().attach(),
  connecting: () => new TestHub().restore().attach().token(),
  authenticating: () => new TestHub().restore().attach().token().open(),
  online: () => new TestHub().authenticated(),
  draining: () => renewing(),
  closing: () => new TestHub().authenticated().gateway({ type: 'token-expired' }),
  waiting: () => new TestHub().restore().attach().token().cut(),
  offline: () =>
    new TestHub().restore().attach().token().take({ type: 'online', isOnline: false }).cut(),
  resting: () => {
    const hub = new TestHub().restore().attach().token().cut();
    for (let retry = 0; retry < 5; retry += 1) hub.pass(31_000).cut();
    return hub;
  },
  'signed-out': () => failedToken('signed-out'),
  failed: () => failedToken('forbidden'),
  'handed-over': () => new TestHub().authenticated().take({ type: 'step-down' }).pass(2_000),
};

/** The same phases with something else in progress. */
export const moreScenes: Record<string, () => TestHub> = {
  'authenticating, after a refusal': () => {
    const hub = new TestHub().restore().attach().token().open();
    hub.gateway({ type: 'refused', message: 'no' });
    return hub.cut('token').token().open();
  },
  'connecting to renew': () => {
    const hub = renewing();
    hub.gateway({ type: 'message', message: echo(1, 'm1', 'on its way') });
    return hub.cut();
  },
  'connecting as a probe': () => {
    const hub = resting();
    return hub.pass((hub.state.timers.probe ?? 0) - hub.now);
  },
  'online, routing requested': () => {
    const hub = new TestHub().authenticated();
    hub.call({ type: 'start', routing: { skillGroups: ['Billing'] } });
    return hub;
  },
  'online, resuming': () => {
    const hub = new TestHub().inConversation();
    hub.cut().pass(8_000).open();
    return hub.gateway({ type: 'authenticated', serverTime: hub.wall });
  },
  'online, in conversation': () => new TestHub().inConversation(),
  'online, message in flight': () => new TestHub().inConversation().type('on its way', 'm1'),
  'online, ping unanswered': () => new TestHub().inConversation().pass(20_000),
  'online, renewing the token': () => {
    const hub = new TestHub().inConversation();
    hub.answersPings = true;
    return hub.pass(720_000);
  },
  'online, renewing the token, message in flight': () => {
    const hub = new TestHub().inConversation();
    hub.answersPings = true;
    return hub.pass(720_000).type('on its way', 'm1');
  },
  'online, conversation ended': () => {
    const hub = new TestHub().inConversation();
    hub.call({ type: 'end' });
    return hub.rest().store();
  },
  'closing to hand over': () => new TestHub().inConversation().take({ type: 'step-down' }),
  'draining to hand over': () =>
    new TestHub().inConversation().type('on its way', 'm1').take({ type: 'step-down' }),
  'offline, circuit open': () => resting().take({ type: 'online', isOnline: false }),
  'resting, in conversation': () => {
    const hub = new TestHub().inConversation().cut();
    for (let retry = 0; retry < 5; retry += 1) hub.pass(31_000).cut();
    return hub;
  },
  'online, no tab': () => new TestHub().inConversation().take({ type: 'tab-left', tabId: 'a' }),
};

function resting(): TestHub {
  return scenes.resting?.() ?? new TestHub();
}

function failedToken(kind: 'signed-out' | 'forbidden'): TestHub {
  const hub = new TestHub().restore().attach();
  const { requestId } = hub.last('fetch-token');
  const result = { ok: false, kind, message: kind, retryAfter: null } as const;
  return hub.take({ type: 'token', requestId, result });
}

/** A new token has arrived while a message was in flight. */
function renewing(): TestHub {
  const hub = new TestHub().inConversation();
  hub.answersPings = true;
  const socket = hub.last('open-socket');
  hub.pass(720_000).type('on its way', 'm1');
  const { requestId } = hub.state.token;
  hub.effects = [socket];
  return hub.take({ type: 'token', requestId: requestId ?? -1, result: answer });
}

export function socketOf({ state: { connection } }: TestHub): number {
  return 'socketId' in connection ? connection.socketId : -1;
}
