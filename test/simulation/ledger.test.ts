import { describe, expect, it } from 'vitest';
import type { Input } from '../../src/worker/core/input.ts';
import { conversationId, TestHub } from '../unit/core/harness.ts';
import { Ledger } from './ledger.ts';
import type { Step } from './model/hub.ts';

describe('the conversations that the visitor left', () => {
  function step(ledger: Ledger, hub: TestHub, input: Input, time: number): void {
    const before = hub.state;
    hub.take(input);
    ledger.observe({ before, after: hub.state, input } as Step, time);
  }

  function left(): { ledger: Ledger; hub: TestHub } {
    const ledger = new Ledger(() => false);
    const hub = new TestHub().inConversation();
    const { tabId } = hub.state.tabs[0] ?? { tabId: '' };
    step(ledger, hub, { type: 'call', tabId, callId: 90, call: { type: 'end' } }, 100);
    step(ledger, hub, { type: 'call', tabId, callId: 91, call: { type: 'end' } }, 200);
    return { ledger, hub };
  }

  it('have the time at which the visitor ended them first', () => {
    expect(left().ledger.left).toEqual(new Map([[conversationId, 100]]));
  });

  it('are left no longer when they are open again', () => {
    const { ledger, hub } = left();
    const open = new TestHub().inConversation().state;
    const input = { type: 'flush' } as const;
    ledger.observe({ before: hub.state, after: open, input } as unknown as Step, 300);
    expect(ledger.left).toEqual(new Map());
  });

  it('are not those that the gateway ended', () => {
    const ledger = new Ledger(() => false);
    const hub = new TestHub().inConversation();
    const before = hub.state;
    hub.gateway({ type: 'conversation', conversation: { conversationId, status: 'ended' } });
    ledger.observe({ before, after: hub.state, input: { type: 'flush' } } as unknown as Step, 100);
    expect(hub.state.conversation?.details.status).toBe('ended');
    expect(ledger.left).toEqual(new Map());
  });
});
