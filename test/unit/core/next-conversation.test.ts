import { describe, expect, it } from 'vitest';
import { agentSays, conversationId, TestHub } from './harness.ts';
import { PlatformHub, routing } from './platform.ts';

describe('the next conversation', () => {
  it('gets no read receipt of the previous one', () => {
    const hub = new TestHub().inConversation();
    hub.gateway({ type: 'message', message: agentSays(1) }).flush();
    hub.cut();
    // Read while disconnected: the receipt is sent later.
    hub.call({ type: 'mark-read' });
    hub.flush();
    expect(hub.state.receiptDue).not.toBeNull();
    hub.pass(10_000).open().gateway({ type: 'authenticated', serverTime: hub.wall });
    hub.gateway({
      type: 'conversation',
      conversation: { conversationId, status: 'ended' },
    });
    hub.rest().store();
    hub.call({ type: 'start', routing: { skillGroups: ['Billing'] } });
    hub.flush().clearKeepingSocketAndRest();
    hub.gateway({
      type: 'conversation',
      conversation: { conversationId: 'conv-2', status: 'connected' },
    });
    hub.rest().store();
    expect(hub.state.conversation?.details.conversationId).toBe('conv-2');
    expect(hub.sent().filter(({ type }) => type === 'mark-read')).toEqual([]);
    // And what is read there is.
    hub.gateway({
      type: 'message',
      message: { ...agentSays(1, 'anew'), conversationId: 'conv-2' },
    });
    hub.call({ type: 'mark-read' });
    expect(hub.flush().sent()).toContainEqual({
      type: 'mark-read',
      conversationId: 'conv-2',
      messageId: 'm-anew',
    });
  });

  it('does not inherit the previous session’s expiry', () => {
    const hub = new PlatformHub();
    hub.session = { connected: true, newSession: true, durationSeconds: 600 };
    hub.begun();
    hub.session = { connected: true, newSession: false, durationSeconds: 600 };
    hub.type('hello', 'm-1');
    expect(hub.state.timers.expiry).toBeDefined();
    hub.says({ class: 'SessionExpiredEvent', body: {} });
    hub.session = { connected: true, newSession: true };
    hub.call({ type: 'start', routing });
    hub.flush();
    hub.type('again', 'm-2');
    expect(hub.snapshot?.conversation?.status).toBe('connected');
    expect(hub.outcomes).toContain('again: delivered');
    expect(hub.state.timers.expiry).toBeUndefined();
  });
});
