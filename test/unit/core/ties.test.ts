import { describe, expect, it } from 'vitest';
import { comparePlaces } from '../../../src/protocol/message.ts';
import { rowOf } from '../../../src/worker/core/transcript/rows.ts';
import { echo, TestHub } from './harness.ts';
import { found, hears, hub, operationsOf, page, unnumbered, untilAsked } from './scenes.ts';

/** One millisecond. */
const instant = 1_700_000_000_000;

function bubbles(...texts: readonly string[]) {
  return texts.map((text) => unnumbered(text, instant));
}

function look(made: TestHub): TestHub {
  made.clearKeepingSocket();
  untilAsked(made);
  return made;
}

const ties = (made: TestHub) => made.state.window.map(({ position }) => position[4] ?? 0);

describe('messages of one millisecond', () => {
  it('stand in the order of their arrival, live or by REST', () => {
    const made = hub();
    hears(made, ...bubbles('one', 'two', 'three')).pass(200);
    expect(made.shown()).toEqual(['one', 'two', 'three']);
    expect(ties(made)).toEqual([0, 1, 2]);
    page(look(made), bubbles('one', 'two', 'three', 'a fourth', 'a fifth'));
    expect(made.shown()).toEqual(['one', 'two', 'three', 'a fourth', 'a fifth']);
  });

  it('take the order of the history once it is known, in the store and in all tabs', () => {
    const made = hub();
    hears(made, ...bubbles('two', 'one', 'four')).pass(200);
    page(look(made), bubbles('one', 'two', 'three', 'four'));
    made.flush();
    expect(made.shown()).toEqual(['one', 'two', 'three', 'four']);
    expect(ties(made)).toEqual([0, 1, 2, 3]);
    const stored = new Map(
      operationsOf(made, 'put-message').map(({ message: { text, position } }) => [
        text,
        position[4] ?? 0,
      ]),
    );
    expect(Object.fromEntries(stored)).toEqual({ one: 0, two: 1, three: 2, four: 3 });
  });

  it('do not move without need: a row that the history does not list keeps its place', () => {
    const made = hub();
    hears(made, ...bubbles('one', 'only live', 'two')).pass(200);
    page(look(made), bubbles('one', 'two'));
    expect(made.shown()).toEqual(['one', 'only live', 'two']);
    expect(operationsOf(made, 'put-message')).toEqual([]);
  });

  it('are counted as unread and read one by one', () => {
    const made = hub();
    hears(made, ...bubbles('one')).pass(200);
    made.call({ type: 'mark-read' });
    made.flush();
    hears(made, ...bubbles('two')).pass(200);
    expect(made.snapshot?.unread).toBe(1);
  });

  it('are in their order after a restart, and another one stands behind them', () => {
    const rows = bubbles('z', 'a').map((message, index) =>
      rowOf(message, index === 0 ? [1, 0, 1, instant] : [1, 0, 1, instant, index]),
    );
    const made = found(new TestHub(), rows);
    expect(made.shown()).toEqual(['z', 'a']);
    hears(made, ...bubbles('m')).pass(200);
    expect(made.shown()).toEqual(['z', 'a', 'm']);
  });

  it('that may be below the window are looked up in the store', () => {
    const rows = bubbles('b', 'c').map((message, index) =>
      rowOf(message, [1, 0, 1, instant, index + 4]),
    );
    const made = found(new TestHub(), rows, { hasEarlier: true });
    hears(made, ...bubbles('a')).pass(200);
    expect(made.shown()).toEqual(['b', 'c']);
    made.flush();
    expect(operationsOf(made, 'add-message')).toMatchObject([{ isUnread: true }]);
  });

  it("are in the order of sending where they are the visitor's own", () => {
    const made = hub();
    const own = (messageId: string) => ({
      ...echo(null, messageId, messageId),
      timestamp: instant,
    });
    for (const messageId of ['z', 'a'])
      made.call({ type: 'send', messageId, text: messageId, isRepeat: true });
    made.flush().store();
    made.rest(own('a'), own('z'));
    expect(made.shown()).toEqual(['z', 'a']);
  });

  it('compare by tie, and a shorter position is the lower one', () => {
    const at = (tie?: number) => ({
      position: tie === undefined ? ([1, 0, 1, 5] as const) : ([1, 0, 1, 5, tie] as const),
      messageId: 'm',
    });
    expect(comparePlaces(at(), at(1))).toBeLessThan(0);
    expect(comparePlaces(at(2), at(1))).toBeGreaterThan(0);
    expect(comparePlaces(at(-1), at())).toBeLessThan(0);
  });
});
