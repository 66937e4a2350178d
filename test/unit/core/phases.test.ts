import { describe, expect, it } from 'vitest';
import type { ConnectionEnd } from '../../../src/protocol/gateway/adapter.ts';
import type { RestFailure } from '../../../src/protocol/gateway/rest.ts';
import type { TokenResult } from '../../../src/protocol/gateway/tokens.ts';
import { connectionPhases } from '../../../src/worker/core/connection/state.ts';
import type { Input } from '../../../src/worker/core/input.ts';
import { moreScenes, scenes, socketOf } from './connection-scenes.ts';
import { agentSays, conversationId, echo, type TestHub } from './harness.ts';
import {
  gatewayInputs,
  type PhaseInputs,
  phaseTable,
  requestedInputs,
  timersFire,
} from './phase-table.ts';

const tokenComes =
  (result: TokenResult) =>
  (hub: TestHub): Input | null => {
    const { requestId } = hub.state.token;
    return requestId === null ? null : { type: 'token', requestId, result };
  };

const noToken = (
  kind: Extract<TokenResult, { ok: false }>['kind'],
  retryAfter: number | null = null,
) => tokenComes({ ok: false, kind, message: kind, retryAfter });

const restFails =
  (kind: RestFailure['kind'], retryAfter: number | null = null) =>
  (hub: TestHub): Input | null => {
    const request = hub.state.requests[0];
    const result = { ok: false, failure: { kind, message: kind, retryAfter } } as const;
    return request ? { type: 'rest', requestId: request.requestId, result } : null;
  };

const problem = (
  kind: 'rate-limited' | 'other' | 'conversation-not-found' | 'conversation-ended',
) =>
  gatewayInputs({
    type: 'problem',
    problem: { kind, message: kind, conversationId: null, messageId: null, retryAfter: 3_000 },
  });

const agent = { id: 'agent-1', name: 'Ada', role: 'agent' } as const;
const someone = (status: 'queued' | 'connected' | 'ended', id = conversationId) =>
  gatewayInputs({ type: 'conversation', conversation: { conversationId: id, status } });

const happenings: PhaseInputs = {
  'socket opened': (hub) => ({ type: 'socket-opened', socketId: socketOf(hub) }),
  'another socket opened': () => ({ type: 'socket-opened', socketId: 9_999 }),
  'socket closed': (hub) => closed(hub, 'network'),
  'socket closed: token': (hub) => closed(hub, 'token'),
  'socket closed: crowded': (hub) => closed(hub, 'too-many-connections'),
  'socket closed: client-bug': (hub) => closed(hub, 'client-bug'),
  'socket closed: origin-refused': (hub) => closed(hub, 'origin-refused'),
  'socket closed: inactive': (hub) => closed(hub, 'inactive'),
  'a previous socket closed': ({ state: { closingSockets } }) =>
    closingSockets[0] === undefined
      ? null
      : { type: 'socket-closed', socketId: closingSockets[0], meaning: 'token' },
  'an unknown socket closed': () => ({ type: 'socket-closed', socketId: 9_999, meaning: 'token' }),
  authenticated: gatewayInputs({ type: 'authenticated', serverTime: 1_700_000_005_000 }),
  refused: gatewayInputs({ type: 'refused', message: 'no' }),
  'token expired': gatewayInputs({ type: 'token-expired' }),
  ping: gatewayInputs({ type: 'ping', payload: 1 }),
  pong: gatewayInputs({ type: 'pong' }),
  'queued in the conversation': someone('queued'),
  'connected in the conversation': someone('connected'),
  'the conversation is over': someone('ended'),
  'connected in another conversation': someone('connected', 'conv-2'),
  'another conversation is over': someone('ended', 'conv-2'),
  'an agent’s message': gatewayInputs({ type: 'message', message: agentSays(2) }),
  'an echo': gatewayInputs({ type: 'message', message: echo(2, 'm1', 'on its way') }),
  'a message on another socket': () => ({
    type: 'gateway',
    socketId: 9_999,
    event: { type: 'message', message: agentSays(2) },
  }),
  'typing of an agent': gatewayInputs({
    type: 'typing',
    conversationId: null,
    from: agent,
    isTyping: true,
  }),
  'problem: rate-limited': problem('rate-limited'),
  'problem: conversation-not-found': problem('conversation-not-found'),
  'problem: conversation-ended': problem('conversation-ended'),
  'problem: other': problem('other'),
  'token comes': tokenComes({ ok: true, expiresIn: 900, subject: 'visitor-1' }),
  'token comes, the same': tokenComes({
    ok: true,
    expiresIn: 900,
    subject: 'visitor-1',
    isSame: true,
  }),
  'token comes, another visitor’s': tokenComes({ ok: true, expiresIn: 900, subject: 'visitor-2' }),
  'no token: network': noToken('network'),
  'no token: rate-limited': noToken('rate-limited', 20_000),
  'no token: forbidden': noToken('forbidden'),
  'no token: signed-out': noToken('signed-out'),
  'a token nobody waits for': () => ({
    type: 'token',
    requestId: 9_999,
    result: { ok: true, expiresIn: 900, subject: 'visitor-2' },
  }),
  'REST: network': restFails('network'),
  'REST: unauthorized': restFails('unauthorized'),
  'REST: rate-limited': restFails('rate-limited', 20_000),
  'REST: not-found': restFails('not-found'),
  online: () => ({ type: 'online', isOnline: true }),
  offline: () => ({ type: 'online', isOnline: false }),
  'a tab comes': () => ({
    type: 'tab-attached',
    tabId: 'b',
    isVisible: true,
    conversationId: null,
    visitor: null,
    resetCount: 0,
  }),
  'the tab goes': () => ({ type: 'tab-left', tabId: 'a' }),
  start: requestedInputs({ type: 'start', routing: { skillGroups: ['Sales'] } }),
  send: requestedInputs({ type: 'send', messageId: 'm9', text: 'hello' }),
  'try now': requestedInputs({ type: 'reconnect' }),
  'leave the conversation': requestedInputs({ type: 'end' }),
  'sign out': requestedInputs({ type: 'sign-out' }),
  'a newer build comes': () => ({ type: 'step-down' }),
  ...timersFire,
};

function closed(hub: TestHub, meaning: ConnectionEnd): Input | null {
  const socketId = socketOf(hub);
  return socketId === -1 ? null : { type: 'socket-closed', socketId, meaning };
}

// After a change that is meant, `npx vitest run test/unit/core/phases.test.ts -u`: read what differs.
describe('what each thing that can happen leads to', () => {
  const all = { ...scenes, ...moreScenes };

  it('is informed of every phase', () => {
    expect(Object.keys(scenes).sort()).toEqual(Object.keys(connectionPhases).sort());
  });

  it.each(Object.keys(all))('%s', async (name) => {
    const scene = all[name] ?? expect.fail(`no scene ${name}`);
    const file = `./phases/${name.replaceAll(/[^a-z-]+/g, '-')}.txt`;
    await expect(phaseTable(scene, happenings)).toMatchFileSnapshot(file);
  });
});
