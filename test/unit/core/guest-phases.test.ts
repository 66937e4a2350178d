import { describe, expect, it } from 'vitest';
import type { GatewayEvent, GatewayProblem } from '../../../src/protocol/gateway/events.ts';
import type { Input } from '../../../src/worker/core/input.ts';
import { genesysCloud } from '../../../src/worker/genesys-cloud/extension.ts';
import { type SessionEvent, sessionEvent } from '../session-event.ts';
import { agentSays, TestHub } from './harness.ts';
import { socketOf } from './link-scenes.ts';
import { asked, type Happenings, heard, phaseTable, timersFire } from './phase-table.ts';

const authenticated = { type: 'authenticated', serverTime: null } as const;
const conversation = {
  type: 'conversation',
  conversation: { conversationId: null, status: 'connected' },
} as const;

/** A hub on a gateway whose session is the conversation. */
class SessionHub extends TestHub {
  constructor(codeUrl?: string) {
    const more = codeUrl === undefined ? {} : { codeUrl };
    super({ gateway: genesysCloud({ deploymentId: 'd', region: 'us-east-1', ...more }) });
  }

  wants(): this {
    this.restore().attach();
    this.call({ type: 'start', routing: { skillGroups: ['Billing'] } });
    return this;
  }

  /** The session is told of, as a new one or not. */
  configured(rest: Partial<SessionEvent> = {}): this {
    return this.gateway(authenticated).gateway(sessionEvent(rest)).gateway(conversation);
  }

  talking(): this {
    return this.wants().token(null).open().configured({ isNew: true }).history();
  }

  history(): this {
    const { requestId } = this.last('rest');
    const value = { type: 'history', messages: [], nextCursor: null, invalidCount: 0 } as const;
    return this.take({ type: 'rest', requestId, result: { ok: true, value } }).store();
  }

  /** Somebody has said something, which a new session would not know. */
  spoken(): this {
    const { conversationId: _, ...message } = agentSays(null, 'hi');
    this.gateway({ type: 'message', message: { ...message, conversationId: null } });
    return this.pass(200);
  }

  again(): this {
    this.cut();
    const { retry = this.now } = this.state.timers;
    return this.pass(retry - this.now);
  }
}

const scenes: Record<string, () => TestHub> = {
  'idle, nothing wanted': () => new SessionHub().restore().attach(),
  'token, the first wanted': () => new SessionHub().wants(),
  'authenticating, the first wanted': () => new SessionHub().wants().token(null).open(),
  'authenticating, with an identity': () => new SessionHub('/code').wants().token(null).open(),
  'authenticating, refused before': () => refusedOnce(new SessionHub()),
  'authenticating, with an identity, refused before': () => refusedOnce(new SessionHub('/code')),
  'online, the first wanted': () =>
    new SessionHub().wants().token(null).open().gateway(authenticated),
  'online, in conversation': () => new SessionHub().talking(),
  'online, a message on its way': () => new SessionHub().talking().type('on its way', 'm1'),
  'online, resuming what was said': () =>
    new SessionHub().talking().spoken().again().open().gateway(authenticated),
  'online, resuming where nothing was said': () =>
    new SessionHub().talking().again().open().gateway(authenticated),
  'online, resuming with a doubt': () => {
    const hub = new SessionHub().talking().type('on its way', 'm1');
    return hub.again().open().gateway(authenticated);
  },
  'authenticating, to resume': () => new SessionHub().talking().spoken().again().open(),
  'authenticating, an ended one to be read': () => leftAway().open(),
  'online, reading the end': () => {
    const hub = new SessionHub().talking().spoken();
    hub.call({ type: 'end' });
    return hub;
  },
  'online, reading the end after a lost line': () => leftAway().open().gateway(authenticated),
  'connecting, an ended one to be read': () => leftAway(),
  'idle, the conversation ended': () => ended(),
  'token, the next one wanted': () => {
    const hub = ended();
    hub.call({ type: 'start', routing: { skillGroups: ['Billing'] } });
    return hub.pass(2_000);
  },
  'waiting, in conversation': () => new SessionHub().talking().cut(),
  'failed, evicted': () => new SessionHub().talking().gateway({ type: 'evicted', reason: null }),
};

function refusedOnce(hub: SessionHub): SessionHub {
  hub.wants().token(null).open().gateway({ type: 'refused', message: 'no' });
  return hub.cut('token').token(null).open();
}

/** The visitor has left it while there was no line. */
function leftAway(): SessionHub {
  const hub = new SessionHub().talking().spoken().cut();
  hub.call({ type: 'end' });
  const { retry = hub.now } = hub.state.timers;
  return hub.store().pass(retry - hub.now);
}

function ended(): SessionHub {
  const hub = new SessionHub().talking().spoken();
  hub.call({ type: 'end' });
  return hub.history();
}

const problem = (kind: GatewayProblem['kind'], code: string, rest: Partial<GatewayProblem> = {}) =>
  heard({
    type: 'problem',
    problem: {
      kind,
      code,
      message: kind,
      conversationId: null,
      messageId: null,
      retryAfter: null,
      ...rest,
    },
  });

const presence = (rest: Partial<Extract<GatewayEvent, { type: 'presence' }>>) =>
  heard({
    type: 'presence',
    presence: 'disconnect',
    from: 'other',
    at: null,
    isReadOnly: false,
    name: 'Disconnect',
    ...rest,
  });

const over = (reason: Extract<GatewayEvent, { type: 'session-over' }>['reason']) =>
  heard({ type: 'session-over', reason, message: reason });

const happenings: Happenings = {
  'socket opened': (hub) => ({ type: 'socket-opened', socketId: socketOf(hub) }),
  'socket closed': (hub): Input | null =>
    socketOf(hub) === -1
      ? null
      : { type: 'socket-closed', socketId: socketOf(hub), meaning: 'network' },
  authenticated: heard(authenticated),
  refused: heard({ type: 'refused', message: 'no' }),
  'token expired': heard({ type: 'token-expired' }),
  'a session': heard(sessionEvent()),
  'a new session': heard(sessionEvent({ isNew: true })),
  'a read-only session': heard(sessionEvent({ isReadOnly: true })),
  'a session without a conversation': heard(sessionEvent({ isConnected: false })),
  'the conversation': heard(conversation),
  'the conversation is over': heard({
    type: 'conversation',
    conversation: { conversationId: null, status: 'ended' },
  }),
  'session over: expired': over('expired'),
  'session over: not-found': over('not-found'),
  'session over: cleared': over('cleared'),
  'session over: signed-in': over('signed-in'),
  evicted: heard({ type: 'evicted', reason: null }),
  'signed out there': heard({ type: 'signed-out', message: 'out' }),
  'an agent leaves': presence({}),
  'an agent leaves, read-only': presence({ isReadOnly: true }),
  'the visitor leaves elsewhere': presence({ from: 'visitor' }),
  'an agent joins': presence({ presence: 'join', name: 'Join' }),
  'problem 400': problem('rejected', '400'),
  'problem 403': problem('forbidden', '403'),
  'problem 403, unavailable': problem('unavailable', '403'),
  'problem 404': problem('other', '404'),
  'problem 404 of another request': problem('other', '404', { messageId: 'another' }),
  'problem 409': problem('conversation-ended', '409'),
  'problem 429': problem('rate-limited', '429', { retryAfter: 30_000 }),
  'problem 500': problem('unavailable', '500'),
  'problem 500 of another request': problem('unavailable', '500', { messageId: 'another' }),
  'token comes': ({ state: { token } }) =>
    token.requestId === null
      ? null
      : {
          type: 'token',
          requestId: token.requestId,
          result: { ok: true, expiresIn: null, subject: 'visitor-1' },
        },
  'history: nothing': ({ state: { requests } }) =>
    requests[0] === undefined
      ? null
      : {
          type: 'rest',
          requestId: requests[0].requestId,
          result: {
            ok: true,
            value: { type: 'history', messages: [], nextCursor: null, invalidCount: 0 },
          },
        },
  'history: out of reach': ({ state: { requests } }) =>
    requests[0] === undefined
      ? null
      : {
          type: 'rest',
          requestId: requests[0].requestId,
          result: { ok: false, failure: { kind: 'network', message: '', retryAfter: null } },
        },
  start: asked({ type: 'start', routing: { skillGroups: ['Sales'] } }),
  send: asked({ type: 'send', messageId: 'm9', text: 'hello' }),
  'try now': asked({ type: 'reconnect' }),
  'leave the conversation': asked({ type: 'end' }),
  'sign out': asked({ type: 'sign-out' }),
  'a newer build comes': () => ({ type: 'step-down' }),
  ...timersFire,
};

// After a change that is meant, `npx vitest run test/unit/core/guest-phases.test.ts -u`: read what differs.
describe('where the session is the conversation, what each thing that can happen leads to', () => {
  it.each(Object.keys(scenes))('%s', async (name) => {
    const scene = scenes[name] ?? expect.fail(`no scene ${name}`);
    const file = `./phases/guest-${name.replaceAll(/[^a-z-]+/g, '-')}.txt`;
    await expect(phaseTable(scene, happenings)).toMatchFileSnapshot(file);
  });
});
