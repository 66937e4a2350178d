import { describe, expect, it } from 'vitest';
import type { GatewayEvent, GatewayProblem } from '../../../src/protocol/gateway/events.ts';
import type { Input } from '../../../src/worker/core/input.ts';
import { genesysCloud } from '../../../src/worker/genesys-cloud/extension.ts';
import { type SessionEvent, sessionEvent } from '../session-event.ts';
import { socketOf } from './connection-scenes.ts';
import { agentSays, TestHub } from './harness.ts';
import {
  gatewayInputs,
  type PhaseInputs,
  phaseTable,
  requestedInputs,
  timersFire,
} from './phase-table.ts';

const authenticated = { type: 'authenticated', serverTime: null } as const;
const conversation = {
  type: 'conversation',
  conversation: { conversationId: null, status: 'connected' },
} as const;

/** A hub with a session dialect. */
class SessionHub extends TestHub {
  constructor(codeUrl?: string) {
    const more = codeUrl === undefined ? {} : { codeUrl };
    super({ gateway: genesysCloud({ deploymentId: 'd', region: 'us-east-1', ...more }) });
  }

  request(): this {
    this.restore().attach();
    this.call({ type: 'start', routing: { skillGroups: ['Billing'] } });
    return this;
  }

  /** The session answer arrives. */
  configured(rest: Partial<SessionEvent> = {}): this {
    return this.gateway(authenticated).gateway(sessionEvent(rest)).gateway(conversation);
  }

  inSession(): this {
    return this.request().token(null).open().configured({ isNew: true }).history();
  }

  history(): this {
    const { requestId } = this.last('rest');
    const value = { type: 'history', messages: [], nextCursor: null, invalidCount: 0 } as const;
    return this.take({ type: 'rest', requestId, result: { ok: true, value } }).store();
  }

  /** An agent’s message, which a new session would not have. */
  receiveMessage(): this {
    const { conversationId: _, ...message } = agentSays(null, 'hi');
    this.gateway({ type: 'message', message: { ...message, conversationId: null } });
    return this.pass(200);
  }

  reconnect(): this {
    this.cut();
    const { retry = this.now } = this.state.timers;
    return this.pass(retry - this.now);
  }
}

const scenes: Record<string, () => TestHub> = {
  'idle, no conversation requested': () => new SessionHub().restore().attach(),
  'token, first conversation': () => new SessionHub().request(),
  'authenticating, first conversation': () => new SessionHub().request().token(null).open(),
  'authenticating, with an identity': () => new SessionHub('/code').request().token(null).open(),
  'authenticating, after a refusal': () => refusedOnce(new SessionHub()),
  'authenticating, with an identity, after a refusal': () => refusedOnce(new SessionHub('/code')),
  'online, first conversation': () =>
    new SessionHub().request().token(null).open().gateway(authenticated),
  'online, in conversation': () => new SessionHub().inSession(),
  'online, message in flight': () => new SessionHub().inSession().type('on its way', 'm1'),
  'online, resuming with messages': () =>
    new SessionHub().inSession().receiveMessage().reconnect().open().gateway(authenticated),
  'online, resuming without messages': () =>
    new SessionHub().inSession().reconnect().open().gateway(authenticated),
  'online, resuming with an unconfirmed message': () => {
    const hub = new SessionHub().inSession().type('on its way', 'm1');
    return hub.reconnect().open().gateway(authenticated);
  },
  'authenticating, to resume': () =>
    new SessionHub().inSession().receiveMessage().reconnect().open(),
  'authenticating, final catch-up': () => endedOffline().open(),
  'online, final catch-up': () => {
    const hub = new SessionHub().inSession().receiveMessage();
    return hub.gateway({
      type: 'conversation',
      conversation: { conversationId: null, status: 'ended' },
    });
  },
  'online, final catch-up after a disconnect': () => endedOffline().open().gateway(authenticated),
  'connecting, final catch-up': () => endedOffline(),
  'idle, conversation ended': () => ended(),
  'online, ending': () => {
    const hub = new SessionHub().inSession().receiveMessage();
    hub.call({ type: 'end' });
    return hub.flush().store();
  },
  'token, next conversation': () => {
    const hub = ended();
    hub.call({ type: 'start', routing: { skillGroups: ['Billing'] } });
    return hub.pass(2_000);
  },
  'waiting, in conversation': () => new SessionHub().inSession().cut(),
  'failed, evicted': () => new SessionHub().inSession().gateway({ type: 'evicted', reason: null }),
};

function refusedOnce(hub: SessionHub): SessionHub {
  hub.request().token(null).open().gateway({ type: 'refused', message: 'no' });
  return hub.cut('token').token(null).open();
}

/** The connection was lost when the conversation had just ended. */
function endedOffline(): SessionHub {
  const hub = new SessionHub().inSession().receiveMessage();
  hub
    .gateway({ type: 'conversation', conversation: { conversationId: null, status: 'ended' } })
    .cut();
  const { retry = hub.now } = hub.state.timers;
  return hub.store().pass(retry - hub.now);
}

function ended(): SessionHub {
  const hub = new SessionHub().inSession().receiveMessage();
  return hub
    .gateway({ type: 'conversation', conversation: { conversationId: null, status: 'ended' } })
    .history();
}

const problem = (kind: GatewayProblem['kind'], code: string, rest: Partial<GatewayProblem> = {}) =>
  gatewayInputs({
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
  gatewayInputs({
    type: 'presence',
    presence: 'disconnect',
    from: 'other',
    at: null,
    isReadOnly: false,
    name: 'Disconnect',
    ...rest,
  });

const over = (reason: Extract<GatewayEvent, { type: 'session-over' }>['reason']) =>
  gatewayInputs({ type: 'session-over', reason, message: reason });

const happenings: PhaseInputs = {
  'socket opened': (hub) => ({ type: 'socket-opened', socketId: socketOf(hub) }),
  'socket closed': (hub): Input | null =>
    socketOf(hub) === -1
      ? null
      : { type: 'socket-closed', socketId: socketOf(hub), meaning: 'network' },
  authenticated: gatewayInputs(authenticated),
  refused: gatewayInputs({ type: 'refused', message: 'no' }),
  'token expired': gatewayInputs({ type: 'token-expired' }),
  'a session': gatewayInputs(sessionEvent()),
  'a new session': gatewayInputs(sessionEvent({ isNew: true })),
  'a read-only session': gatewayInputs(sessionEvent({ isReadOnly: true })),
  'a session without a conversation': gatewayInputs(sessionEvent({ isConnected: false })),
  'the conversation': gatewayInputs(conversation),
  'the conversation is over': gatewayInputs({
    type: 'conversation',
    conversation: { conversationId: null, status: 'ended' },
  }),
  'session over: expired': over('expired'),
  'session over: not-found': over('not-found'),
  'session over: cleared': over('cleared'),
  'session over: signed-in': over('signed-in'),
  evicted: gatewayInputs({ type: 'evicted', reason: null }),
  'signed out there': gatewayInputs({ type: 'signed-out', message: 'out' }),
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
  start: requestedInputs({ type: 'start', routing: { skillGroups: ['Sales'] } }),
  send: requestedInputs({ type: 'send', messageId: 'm9', text: 'hello' }),
  'try now': requestedInputs({ type: 'reconnect' }),
  'leave the conversation': requestedInputs({ type: 'end' }),
  'sign out': requestedInputs({ type: 'sign-out' }),
  'a newer build comes': () => ({ type: 'step-down' }),
  ...timersFire,
};

// To update after an intended change: `npx vitest run test/unit/core/session-phases.test.ts -u`, then read the diff.
describe('transitions of each phase with a session dialect', () => {
  it.each(Object.keys(scenes))('%s', async (name) => {
    const scene = scenes[name] ?? expect.fail(`no scene ${name}`);
    const file = `./phases/session-${name.replaceAll(/[^a-z-]+/g, '-')}.txt`;
    await expect(phaseTable(scene, happenings)).toMatchFileSnapshot(file);
  });
});
