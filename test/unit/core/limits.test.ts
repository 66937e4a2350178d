import { describe, expect, it } from 'vitest';
import { agentSays, echo, TestHub } from './harness.ts';
import {
  answers,
  asked,
  found,
  hears,
  marks,
  outcome,
  patches,
  polling,
  rows,
  snapshots,
  statuses,
  texts,
  unnumbered,
} from './scenes.ts';

const day = 86_400_000;

function numbered(from: number, to: number) {
  return rows(from, to).map(({ sequence }) => agentSays(sequence));
}

describe('a limit', () => {
  it.each([
    [4, 4, false],
    [5, 5, false],
    [6, 5, true],
  ])('of 5 rows a page gives a fresh tab %i rows as %i', (there, given, hasEarlier) => {
    const hub = found(new TestHub({ limits: { page: 5 } }), rows(1, there));
    hub.attach('b');
    const [snapshot] = snapshots(hub, 'b');
    expect(snapshot?.messages).toHaveLength(given);
    expect(snapshot?.messages.at(-1)?.sequence).toBe(there);
    expect(snapshot?.hasEarlier).toBe(hasEarlier);
  });

  it('of a page counts without what waits to be sent', () => {
    const hub = found(new TestHub({ limits: { page: 2 } }), rows(1, 3)).type('waits', 'm1');
    hub.attach('b');
    const [snapshot] = snapshots(hub, 'b');
    expect(snapshot?.messages.map(({ text }) => text)).toEqual(['agent 2', 'agent 3', 'waits']);
  });

  it.each([
    [4, 4, false],
    [5, 5, false],
    [6, 5, true],
  ])('of 5 rows in memory keeps %i as %i, the newest', (come, kept, hasEarlier) => {
    const hub = new TestHub({ limits: { window: 5, page: 5 } }).inConversation();
    for (const message of numbered(1, come)) hears(hub, message);
    expect(hub.state.window.map(({ sequence }) => sequence)).toEqual(
      numbered(come - kept + 1, come).map(({ sequence }) => sequence),
    );
    expect(hub.state.hasEarlier).toBe(hasEarlier);
  });

  it.each([
    [4, 'patch'],
    [5, 'patch'],
    [6, 'snapshot'],
  ])('of 5 rows a patch lets %i changed rows go as a %s', (changed, type) => {
    const hub = new TestHub({ limits: { window: 5, page: 5 } }).inConversation();
    hub.clearKeepingSocket();
    for (let sent = 0; sent < changed - 3; sent += 1) {
      hub.call({ type: 'send', messageId: `m${sent}`, text: `text ${sent}` });
    }
    hears(hub, ...numbered(1, 3));
    expect([...patches(hub, 'a'), ...snapshots(hub, 'a')].map((one) => one.type)).toEqual([type]);
    expect(hub.shown()).toHaveLength(changed);
  });

  it.each([
    [2, false],
    [3, false],
    [4, true],
  ])('of 3 held messages: with %i, whether they are shown all the same: %s', (held, isShown) => {
    const hub = new TestHub({ limits: { reorderBuffer: 3 } }).inConversation();
    for (const message of numbered(2, held + 1)) hears(hub, message);
    expect(hub.shown()).toHaveLength(isShown ? held : 0);
    if (isShown) expect(marks(hub)[0]).toEqual(['agent 2', 1]);
  });

  it.each([
    [2, false],
    [3, false],
    [4, true],
  ])('of 3 held messages holds without sequences: %i are shown: %s', (held, isShown) => {
    const hub = new TestHub({ limits: { reorderBuffer: 3 } }).inConversation();
    for (let index = 1; index <= held; index += 1) hears(hub, unnumbered(`${index}`, index));
    expect(hub.shown()).toHaveLength(isShown ? held : 0);
    expect(hub.state.timers.unsequenced === undefined).toBe(isShown);
  });

  it('of 3 messages that wait takes the third and refuses the fourth, until one has gone', () => {
    const hub = new TestHub({ limits: { outbox: 3 } }).inConversation();
    const calls = ['m1', 'm2', 'm3', 'm4'].map((messageId) =>
      hub.call({ type: 'send', messageId, text: messageId }),
    );
    hub.store();
    expect(calls.map((call) => outcome(hub, call))).toEqual(['ok', 'ok', 'ok', 'rate-limited']);
    expect(hub.shown()).toEqual(['m1', 'm2', 'm3']);
    hears(hub, echo(1, 'm1', 'm1'));
    const again = hub.call({ type: 'send', messageId: 'm4', text: 'm4' });
    hub.store();
    expect(outcome(hub, again)).toBe('ok');
  });

  it('of waiting messages refuses none that was taken in before', () => {
    const hub = new TestHub({ limits: { outbox: 1 } }).inConversation();
    hub.type('one', 'm1');
    const repeat = hub.call({ type: 'send', messageId: 'm1', text: 'one', isRepeat: true });
    hub.store();
    expect(outcome(hub, repeat)).toBe('ok');
    expect(hub.shown()).toEqual(['one']);
  });

  it.each([
    [1, ['m1']],
    [2, ['m1', 'm2']],
    [3, ['m1', 'm2', 'm3']],
    [4, ['m1', 'm2', 'm3']],
  ])('of %i messages a second sends %j of three at once', (sends, expected) => {
    const hub = new TestHub({ limits: { sends } }).inConversation();
    for (const id of ['m1', 'm2', 'm3']) hub.call({ type: 'send', messageId: id, text: id });
    hub.store();
    for (let sequence = 1; sequence <= expected.length; sequence += 1) {
      const last = texts(hub).at(-1) ?? '';
      hears(hub, echo(sequence, last, last));
    }
    expect(texts(hub)).toEqual(expected);
  });

  it('of messages a second is a sliding one: a message waits for the one that many before it', () => {
    const hub = new TestHub({ limits: { sends: 2 } }).inConversation();
    const send = (id: string) => {
      hub.type(id, id);
      hears(hub, echo(Number(id.slice(1)), id, id));
    };
    send('m1');
    hub.pass(600);
    send('m2');
    hub.pass(200).type('m3', 'm3');
    expect(texts(hub)).toEqual(['m1', 'm2']);
    hub.pass(199);
    expect(texts(hub)).toEqual(['m1', 'm2']);
    hub.pass(1);
    expect(texts(hub)).toEqual(['m1', 'm2', 'm3']);
  });

  it('of messages a second holds by REST, too', () => {
    const hub = polling(new TestHub({ limits: { sends: 1 } }).inConversation());
    hub.clearKeepingSocket().type('m1', 'm1').type('m2', 'm2');
    answers(hub, { type: 'message', message: echo(1, 'm1', 'm1') });
    const posted = () => asked(hub).filter(({ type }) => type === 'send-message').length;
    expect(posted()).toBe(1);
    expect(statuses(hub)).toEqual(['m1: delivered', 'm2: pending']);
    hub.pass(999);
    expect(posted()).toBe(1);
    hub.pass(1);
    expect(posted()).toBe(2);
  });

  it.each([
    [9, 10, 10],
    [10, 10, 10],
    [11, 10, 11],
  ])('of %i stored rows, with %i in memory, leaves %i in the store', (stored, window, keep) => {
    const hub = new TestHub({ limits: { stored, window } }).inConversation();
    hub.answersPings = true;
    hub.pass(61_000);
    expect(hub.last('prune').keep).toBe(keep);
  });

  it.each([1, 2, 90])(
    'of %i days keeps them to the millisecond, by the gateway’s clock',
    (days) => {
      const hub = new TestHub({ limits: { storedDays: days } });
      hub.restore().attach().token().open();
      hub.gateway({ type: 'authenticated', serverTime: hub.wall + 5_000 });
      hub.answersPings = true;
      const due = hub.state.timers.prune ?? 0;
      hub.pass(due - hub.now);
      expect(hub.last('prune').before).toBe(hub.wall + 5_000 - days * day);
    },
  );
});
