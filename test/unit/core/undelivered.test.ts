import { describe, expect, it } from 'vitest';
import { type PlatformFrame, PlatformHub } from './platform.ts';

/** A hub whose visitor has sent one message, which has come back. */
function delivered(): PlatformHub {
  const hub = new PlatformHub().talking();
  hub.type('hello', 'own-1').store();
  hub.pass(1_000);
  expect(hub.outcomes).toEqual(['hello: delivered']);
  return hub;
}

function receipt(body: object, tracingId?: string): PlatformFrame {
  return {
    type: 'message',
    class: 'StructuredMessage',
    ...(tracingId === undefined ? {} : { tracingId }),
    body: { type: 'Receipt', status: 'Failed', direction: 'Outbound', ...body },
  };
}

describe('a receipt that says that a message failed', () => {
  const reasons = [{ code: 'MessageNotAllowed', message: 'not here' }];

  it.each([
    ['its own id', receipt({ id: 'own-1', reasons })],
    ['the platform’s id', receipt({ id: 'id-own-1', reasons })],
    ['the request’s tracing id', receipt({ id: 'r', reasons }, 'own-1')],
  ])('fails it under %s, with the reason, for good', (_, frame) => {
    const hub = delivered();
    hub.says(frame);
    expect(hub.outcomes).toEqual(['hello: undelivered']);
    expect(hub.snapshot?.messages[0]?.failure?.message).toContain('MessageNotAllowed: not here');
    expect(hub.all('write').flatMap(({ operations }) => operations)).toContainEqual(
      expect.objectContaining({
        type: 'put-message',
        message: expect.objectContaining({ status: 'failed' }),
      }),
    );
    // The same receipt again changes nothing.
    const before = hub.snapshot;
    hub.says(frame);
    expect(hub.snapshot?.messages).toEqual(before?.messages);
  });

  it('fails a message that has not come back yet, so that it can be sent again', () => {
    const hub = new PlatformHub().talking();
    hub.refuse = ({ action }) => (action === 'onMessage' ? { class: 'string' } : null);
    hub.type('hello', 'own-1').store();
    hub.says(receipt({ id: 'r', reasons }, 'own-1'));
    expect(hub.outcomes).toEqual(['hello: rejected']);
    hub.refuse = () => null;
    hub.call({ type: 'retry', messageId: 'own-1' });
    hub.store().pass(10_000);
    expect(hub.outcomes).toEqual(['hello: delivered']);
  });

  it('is noted and nothing else for a message that is not here', () => {
    const hub = delivered();
    hub.says(receipt({ id: 'other' }));
    expect(hub.outcomes).toEqual(['hello: delivered']);
    expect(hub.last('note').note.kind).toBe('gateway-problem');
  });
});

describe('a session that has ended another one', () => {
  it('is told, until a message comes', () => {
    const hub = new PlatformHub();
    hub.session = { connected: true, newSession: true, clearedExistingSession: true };
    hub.begun();
    expect(hub.phase).toBe('ready');
    expect(hub.problem).toBe('session-replaced');
    hub.type('hello', 'own-1').store().pass(1_000);
    expect(hub.problem).toBeUndefined();
  });

  it('is not told otherwise', () => {
    const hub = new PlatformHub().begun();
    expect(hub.phase).toBe('ready');
    expect(hub.problem).toBeUndefined();
  });
});
