import { describe, expect, it } from 'vitest';
import { requestIds } from '../../../src/protocol/genesys-cloud/request-ids.ts';
import { noEndRequest } from '../../../src/worker/core/conversation/state.ts';
import { failing, PlatformHub, routing } from './platform.ts';

/** On a platform that answers a Clear only when the test says so. */
class EndingHub extends PlatformHub {
  /** How often the platform was asked to end the conversation. */
  get asked(): number {
    return this.requests.filter(({ tracingId }) => tracingId === requestIds.end).length;
  }

  get ending(): string | undefined {
    return this.flush().snapshot?.conversation?.ending;
  }

  get status(): string | undefined {
    return this.flush().snapshot?.conversation?.status;
  }

  ends(): number {
    const callId = this.call({ type: 'end' });
    this.flush();
    return callId;
  }

  /** The platform returns the Clear, with the id of its request or without one. */
  returns(tracingId?: string): this {
    const events = [{ eventType: 'Presence', presence: { type: 'Clear' } }];
    const body = { id: 'clear', type: 'Event', direction: 'Inbound', events };
    return this.says({ class: 'StructuredMessage', body, ...(tracingId ? { tracingId } : {}) });
  }

  cleared(): this {
    return this.says({ class: 'SessionClearedEvent', body: {} });
  }

  answerOf(callId: number): string | undefined {
    const answer = this.flush().answers.get(callId);
    return answer && (answer.ok ? 'ok' : answer.problem.code);
  }
}

const fresh = { connected: true, newSession: true };
const silent = { class: 'string', body: '' };

/** With a message, and without an answer to a Clear. */
function talking(): EndingHub {
  const hub = new EndingHub().talking();
  hub.refuse = ({ tracingId }) => (tracingId === requestIds.end ? silent : null);
  return hub.type('hello', 'm1').flush();
}

describe('a conversation that the visitor ends', () => {
  it('is open until the platform has ended it, and stays in the transcript', () => {
    const hub = talking();
    const callId = hub.ends();
    expect([hub.asked, hub.status, hub.ending]).toEqual([1, 'connected', 'pending']);
    expect(hub.answerOf(callId)).toBeUndefined();
    hub.returns(requestIds.end).cleared();
    expect([hub.status, hub.ending, hub.answerOf(callId)]).toEqual(['ended', undefined, 'ok']);
    expect(hub.outcomes).toEqual(['hello: delivered']);
    expect(hub.state.meta.resetCount).toBe(0);
    expect(hub.phase).toBe('ready');
  });

  it('stays in the transcript where the platform does not name the request', () => {
    const hub = talking();
    hub.ends();
    hub.returns().cleared();
    expect(hub.outcomes).toEqual(['hello: delivered']);
  });

  it.each([
    ['another client of the visitor', 'f2a0c5d7-64c9-4d63-9a53-2b6f0c4a7e19'],
    ['another device', requestIds.clear],
  ])('is deleted when %s deletes it first', (_who, tracingId) => {
    const hub = talking();
    const callId = hub.ends();
    hub.returns(tracingId).cleared();
    expect(hub.outcomes).toEqual([]);
    expect(hub.answerOf(callId)).toBe('ok');
  });

  it('stays in the transcript of other devices', () => {
    const hub = talking().returns(requestIds.end);
    hub.cleared();
    expect([hub.status, ...hub.outcomes]).toEqual(['ended', 'hello: delivered']);
  });

  it('is deleted when the visitor then deletes it', () => {
    const hub = talking();
    hub.ends();
    hub.take({ type: 'command-sent', command: { type: 'clear-conversation' } });
    hub.returns(requestIds.end).cleared();
    expect(hub.outcomes).toEqual([]);
  });

  it('is stored as ending before the platform is asked', () => {
    const hub = talking();
    hub.call({ type: 'end' });
    expect(hub.asked).toBe(0);
    hub.flush();
    const written = hub.all('write').flatMap(({ operations }) => operations);
    expect(written).toContainEqual(
      expect.objectContaining({
        record: expect.objectContaining({
          details: expect.objectContaining({ ending: 'pending' }),
        }),
      }),
    );
    expect(hub.asked).toBe(1);
  });

  it('is asked for once by two tabs, and both learn the outcome', () => {
    const hub = talking();
    const calls = [hub.ends(), hub.ends()];
    expect(hub.asked).toBe(1);
    hub.cleared();
    expect(calls.map((callId) => hub.answerOf(callId))).toEqual(['ok', 'ok']);
  });

  it('goes on when nobody confirms the end, and the visitor reads so', () => {
    const hub = talking();
    const callId = hub.ends();
    hub.pass(9_999);
    expect(hub.ending).toBe('pending');
    hub.pass(1);
    expect([hub.status, hub.ending]).toEqual(['connected', 'unconfirmed']);
    expect(hub.answerOf(callId)).toBe('timeout');
    hub.pass(60_000);
    expect(hub.asked).toBe(1);
    hub.cleared();
    expect([hub.status, ...hub.outcomes]).toEqual(['ended', 'hello: delivered']);
  });

  it('goes on when the visitor writes after that, and is not ended on the next connection', () => {
    const hub = talking();
    hub.ends();
    hub.pass(10_000);
    hub.type('still here', 'm2');
    expect([hub.ending, ...hub.outcomes]).toEqual([
      undefined,
      'hello: delivered',
      'still here: delivered',
    ]);
    hub.cut().pass(60_000);
    expect([hub.asked, hub.status]).toEqual([1, 'connected']);
  });

  it('is asked for again after a failure', () => {
    const hub = talking();
    hub.ends();
    hub.pass(10_000);
    const callId = hub.ends();
    expect([hub.asked, hub.ending]).toEqual([2, 'pending']);
    hub.cleared();
    expect(hub.answerOf(callId)).toBe('ok');
  });

  it.each([
    [400, 'unavailable'],
    [403, 'forbidden'],
    [4000, 'forbidden'],
    [429, 'rate-limited'],
    [4029, 'rate-limited'],
    [500, 'unavailable'],
    [408, 'unavailable'],
    [4999, 'unavailable'],
  ])('goes on when the platform refuses (%d), and the visitor reads why: %s', (code, reason) => {
    const hub = talking();
    hub.refuse = ({ tracingId }) =>
      tracingId === requestIds.end ? { ...failing(code), tracingId: requestIds.end } : null;
    const callId = hub.ends();
    expect([hub.status, hub.ending, hub.answerOf(callId)]).toEqual(['connected', reason, reason]);
    hub.pass(10_000);
    expect(hub.ending).toBe(reason);
    expect(hub.outcomes).toEqual(['hello: delivered']);
  });

  it('has ended when the platform says that it had ended before', () => {
    const hub = talking();
    hub.refuse = ({ tracingId }) =>
      tracingId === requestIds.end ? { ...failing(409), tracingId: requestIds.end } : null;
    const callId = hub.ends();
    expect([hub.status, hub.answerOf(callId)]).toEqual(['ended', 'ok']);
  });

  it.each([4006, 4007])('has ended when its session is over (%d)', (code) => {
    const hub = talking();
    const callId = hub.ends();
    hub.says(failing(code));
    expect([hub.status, hub.answerOf(callId)]).toEqual(['ended', 'ok']);
    expect(hub.outcomes).toEqual(['hello: delivered']);
  });

  it('has ended when the connection is closed after the Clear came back', () => {
    const hub = talking();
    const callId = hub.ends();
    hub.returns(requestIds.end).says({ class: 'ConnectionClosedEvent', body: {} });
    expect([hub.status, hub.answerOf(callId)]).toEqual(['ended', 'ok']);
    expect(hub.phase).toBe('ready');
  });

  it('is not ended by an eviction that comes first', () => {
    const hub = talking();
    hub.ends();
    hub.says({ class: 'ConnectionClosedEvent', body: {} });
    expect([hub.phase, hub.status, hub.ending]).toEqual(['failed', 'connected', 'pending']);
    hub.pass(10_000);
    expect(hub.ending).toBe('unconfirmed');
    hub.call({ type: 'reconnect' });
    hub.flush();
    expect([hub.asked, hub.ending]).toEqual([2, 'pending']);
  });

  it('is asked for again on the next connection, once its history is read', () => {
    const hub = talking();
    const callId = hub.ends();
    hub.cut().pass(8_001);
    expect([hub.asked, hub.status]).toEqual([2, 'connected']);
    hub.cleared();
    expect(hub.answerOf(callId)).toBe('ok');
  });

  it('has ended when the next connection finds another session', () => {
    const hub = talking();
    const callId = hub.ends();
    hub.session = { connected: true, newSession: true };
    hub.cut().pass(8_001);
    expect([hub.status, hub.answerOf(callId)]).toEqual(['ended', 'ok']);
    expect(hub.outcomes).toEqual(['hello: delivered']);
  });

  it('is followed by another one after it ended late', () => {
    const hub = talking();
    hub.refuse = ({ action }) => (action === 'configureSession' ? failing(500) : null);
    hub.cut();
    hub.ends();
    hub.pass(30_000);
    expect(hub.ending).toBe('unconfirmed');
    hub.session = fresh;
    hub.refuse = () => null;
    hub.pass(30_000);
    expect(hub.status).toBe('ended');
    hub.call({ type: 'start', routing });
    hub.type('something else', 'm2').pass(5_000);
    expect(hub.outcomes).toEqual(['hello: delivered', 'something else: delivered']);
  });

  it('ends later when there was no connection', () => {
    const hub = talking();
    hub.refuse = ({ action }) => (action === 'configureSession' ? failing(500) : null);
    hub.cut();
    hub.ends();
    hub.pass(10_000);
    expect([hub.ending, hub.asked]).toEqual(['unconfirmed', 0]);
    hub.refuse = () => null;
    hub.pass(60_000);
    expect([hub.status, hub.asked]).toEqual(['ended', 1]);
    hub.session = fresh;
    hub.call({ type: 'start', routing });
    hub.type('something else', 'm2').pass(5_000);
    expect(hub.outcomes).toEqual(['hello: delivered', 'something else: delivered']);
  });

  it('is ended after the messages that were written before', () => {
    const hub = talking();
    const { refuse } = hub;
    // The echo of the last message is late.
    hub.refuse = (request) => (request.message?.text === 'one more' ? silent : refuse(request));
    hub.type('one more', 'm2').flush();
    hub.ends();
    expect(hub.asked).toBe(0);
    const body = { id: 'x', type: 'Text', text: 'one more', direction: 'Inbound' };
    hub.says({ class: 'StructuredMessage', type: 'message', body, tracingId: 'm2' }).pass(1_000);
    expect(hub.asked).toBe(1);
  });

  it('keeps what is written while it ends, as failed', () => {
    const hub = talking();
    hub.ends();
    hub.type('too late', 'm2').flush();
    expect(hub.texts).not.toContain('too late');
    hub.cleared();
    expect(hub.outcomes).toEqual(['hello: delivered', 'too late: conversation-ended']);
  });

  it('takes what is written while it ends if it goes on, and is not asked to end then', () => {
    const hub = talking();
    const callId = hub.ends();
    hub.type('still here', 'm2').pass(10_000);
    expect(hub.outcomes.at(-1)).toBe('still here: delivered');
    expect([hub.ending, hub.answerOf(callId)]).toEqual([undefined, 'timeout']);
    hub.cut().pass(60_000);
    expect([hub.asked, hub.status]).toEqual([1, 'connected']);
  });

  it('does not get what is written after the end was asked for without a connection', () => {
    const hub = talking();
    hub.refuse = ({ action }) => (action === 'configureSession' ? failing(500) : null);
    hub.cut();
    hub.ends();
    const started = hub.call({ type: 'start', routing });
    hub.type('something else', 'm2').flush();
    const before = hub.snapshot?.conversation?.conversationId;
    hub.refuse = ({ action }) => {
      if (action === 'configureSession' && hub.asked > 0) hub.session = fresh;
      return null;
    };
    hub.pass(9_000);
    expect([hub.asked, hub.answerOf(started)]).toEqual([1, 'ok']);
    expect(hub.outcomes).toEqual(['hello: delivered', 'something else: delivered']);
    const rows = hub.snapshot?.messages ?? [];
    expect(rows.map(({ conversationId }) => conversationId === before)).toEqual([true, false]);
  });

  it('is followed by the one that is started meanwhile', () => {
    const hub = talking();
    hub.ends();
    const callId = hub.call({ type: 'start', routing });
    hub.flush();
    const before = hub.snapshot?.conversation?.conversationId;
    hub.session = { connected: true, newSession: true };
    hub.cleared().flush();
    expect([hub.status, hub.answerOf(callId)]).toEqual(['connected', 'ok']);
    expect(hub.snapshot?.conversation?.conversationId).not.toBe(before);
  });

  it('is the one that is started if it goes on', () => {
    const hub = talking();
    hub.ends();
    const callId = hub.call({ type: 'start', routing });
    hub.pass(10_000);
    expect(hub.answerOf(callId)).toBe('ok');
    expect(hub.state.meta.routing).toBeNull();
  });

  it('is not waited for by a visitor who signs out', () => {
    const hub = talking();
    const callId = hub.ends();
    hub.call({ type: 'sign-out' });
    expect(hub.answerOf(callId)).toBe('signed-out');
    hub.flush();
    expect(hub.state.endRequest).toEqual(noEndRequest);
  });

  it('is rejected when the platform says that the visitor is signed out', () => {
    const hub = talking();
    const callId = hub.ends();
    hub.says({ class: 'LogoutEvent', body: {} });
    expect(hub.answerOf(callId)).toBe('signed-out');
    expect(hub.answerOf(hub.ends())).toBe('signed-out');
  });

  it('is still ending for the next hub, which asks and learns the outcome', () => {
    const record = {
      details: { conversationId: 'c', status: 'connected', ending: 'pending' },
      ordinal: 1,
      next: 1,
      gaps: [],
      completeUntil: 0,
      readMark: null,
      isReadToEnd: false,
    } as const;
    const hub = new EndingHub();
    hub.session = { connected: true, newSession: false };
    hub.refuse = ({ tracingId }) => (tracingId === requestIds.end ? silent : null);
    hub.restore({ current: record, meta: { ...hub.state.meta, subject: 'visitor-1' } }).attach();
    hub.flush();
    expect([hub.asked, hub.ending]).toEqual([1, 'pending']);
    hub.pass(10_000);
    expect(hub.ending).toBe('unconfirmed');
    hub.cleared();
    expect(hub.status).toBe('ended');
  });
});

describe('a conversation that the visitor deletes', () => {
  /** Everything is read, so the connection would be closed with the end. */
  function deleting(): EndingHub {
    const hub = talking();
    hub.take({ type: 'command-sent', command: { type: 'clear-conversation' } });
    const events = [{ eventType: 'Presence', presence: { type: 'Disconnect' } }];
    const metadata = { readOnly: 'true' };
    const body = { id: 'd', type: 'Event', direction: 'Outbound', events, metadata };
    return hub.says({ class: 'StructuredMessage', body });
  }

  it('is deleted although its end comes first', () => {
    const hub = deleting();
    expect([hub.status, hub.phase]).toEqual(['ended', 'ready']);
    expect(hub.state.connection.phase).toBe('online');
    hub.returns(requestIds.clear).cleared();
    expect(hub.outcomes).toEqual([]);
    expect(hub.state.connection.phase).toBe('idle');
  });

  it('keeps the connection for ten seconds, and no longer', () => {
    const hub = deleting();
    hub.pass(9_999);
    expect(hub.state.connection.phase).toBe('online');
    hub.pass(1);
    expect(hub.flush().state.connection.phase).toBe('idle');
    expect(hub.outcomes).toEqual(['hello: delivered']);
  });

  it('lets the connection go when the platform refuses', () => {
    const hub = deleting();
    hub.says({ ...failing(403), tracingId: requestIds.clear });
    expect(hub.state.timers.deletion).toBeUndefined();
  });
});
