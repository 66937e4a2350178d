import { describe, expect, it } from 'vitest';
import { emptyMeta } from '../../../src/worker/core/records.ts';
import { TestHub } from './harness.ts';
import { PlatformHub } from './platform.ts';
import { hub, operationsOf, outcome, routing } from './scenes.ts';

const set = (made: TestHub, attributes: Record<string, string | number | boolean>) =>
  made.call({ type: 'set-attributes', attributes });

describe('attributes that a page sets', () => {
  it('are answered once they are durable, and merged', () => {
    const made = hub();
    set(made, { cart: 1, vip: true });
    const call = set(made, { cart: 2 });
    made.flush();
    expect(made.answers.get(call)).toBeUndefined();
    expect(made.all('write').at(-1)?.durability).toBe('strict');
    made.store();
    expect(outcome(made, call)).toBe('ok');
    expect(made.state.meta.attributes).toEqual({ cart: 2, vip: true });
    expect(operationsOf(made, 'put-meta').at(-1)?.meta.attributes).toEqual({ cart: 2, vip: true });
  });

  it('go with the next routing, also after a restart', () => {
    const meta = { ...emptyMeta, subject: 'visitor-1', attributes: { cart: 2 } };
    const made = new TestHub().authenticated({ meta });
    made.call({ type: 'start', routing: { ...routing, attributes: { cart: 1, page: 'pay' } } });
    made.flush();
    expect(made.sent().at(-1)).toEqual({
      type: 'open-conversation',
      routing: { ...routing, attributes: { cart: 2, page: 'pay' } },
    });
  });

  it('are refused where the schema of the site or the limit of the gateway does not allow them', () => {
    const made = hub();
    expect(outcome(made, set(made, { cart: 'x'.repeat(16_384) }))).toBe('invalid-call');
    made.take({
      type: 'call',
      tabId: 'a',
      callId: 900,
      call: { type: 'set-attributes', attributes: { x: 1 } },
      routingProblems: ['Unknown attribute “x”.'],
    });
    expect(outcome(made, 900)).toBe('routing-refused');
    expect(made.state.meta.attributes).toBeUndefined();
  });

  it('are in each message from then on where messages bear attributes', () => {
    const made = new PlatformHub().talking();
    set(made, { cart: 3 });
    made.store();
    made.call({ type: 'send', messageId: 'm2', text: 'hello' });
    made.store();
    expect(JSON.stringify(made.requests.at(-1))).toContain('"cart":"3"');
  });

  it('do not outlive their visitor', () => {
    const made = hub();
    set(made, { cart: 1 });
    made.store();
    made.call({ type: 'sign-out' });
    made.flush();
    expect(made.state.meta.attributes).toBeUndefined();
  });
});
