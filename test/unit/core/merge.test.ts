import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GatewayMessage } from '../../../src/protocol/gateway/messages.ts';
import { agentSays, TestHub } from './harness.ts';

/** Messages as they may arrive: in any order, more than once, many or few to a tick. */
type Arrivals = readonly (readonly GatewayMessage[])[];

const length = 8;
const all = Array.from({ length }, (_, index) => agentSays(index + 1));
const withoutSequence = all.map((message, index) => ({
  ...message,
  sequence: null,
  // Pairs of the same instant, whose order is that of arrival.
  timestamp: message.timestamp - (index % 2) * 1_000,
}));

/** Every message at least once, shuffled, some twice, cut into ticks. */
function arrivals(messages: readonly GatewayMessage[]): fc.Arbitrary<Arrivals> {
  return fc
    .tuple(fc.subarray([...messages]), fc.array(fc.nat(3), { minLength: length, maxLength: 40 }))
    .chain(([doubles, cuts]) => {
      const list = [...messages, ...doubles];
      return fc
        .shuffledSubarray(list, { minLength: list.length, maxLength: list.length })
        .map((shuffled) => cutAt(shuffled, cuts));
    });
}

function cutAt(messages: readonly GatewayMessage[], cuts: readonly number[]): Arrivals {
  const ticks: GatewayMessage[][] = [];
  let index = 0;
  for (const cut of cuts) {
    ticks.push(messages.slice(index, index + cut));
    index += cut;
  }
  return [...ticks, messages.slice(index)];
}

function hubAfter(ticks: Arrivals): TestHub {
  const hub = new TestHub().inConversation();
  for (const tick of ticks) {
    for (const message of tick) hub.gateway({ type: 'message', message });
    hub.flush();
  }
  return hub.pass(200);
}

describe('merging messages', () => {
  it('gives the same rows in whatever order they come, however often and in whatever portions', () => {
    fc.assert(
      fc.property(arrivals(all), (ticks) => {
        const hub = hubAfter(ticks);
        const inOrder = all.map(({ text }) => text);
        expect(hub.shown()).toEqual(inOrder);
        expect(hub.state.window.map(({ text }) => text)).toEqual(inOrder);
        expect(hub.snapshot?.messages.every(({ missingBefore }) => missingBefore === 0)).toBe(true);
        expect(hub.snapshot?.unread).toBe(length);
      }),
    );
  });

  it('does so without sequences: by time, then by arrival', () => {
    fc.assert(
      fc.property(arrivals(withoutSequence), (ticks) => {
        const hub = hubAfter(ticks);
        const arrived = [...new Set(ticks.flat())].sort((a, b) => a.timestamp - b.timestamp);
        expect(hub.shown()).toEqual(arrived.map(({ text }) => text));
        expect(hub.snapshot?.unread).toBe(length);
      }),
    );
  });

  it('does so when some come by REST only', () => {
    fc.assert(
      fc.property(arrivals(all), fc.subarray(all), (ticks, lost) => {
        const ids = new Set(lost.map(({ messageId }) => messageId));
        const heard = ticks.map((tick) => tick.filter(({ messageId }) => !ids.has(messageId)));
        const hub = hubAfter(heard);
        // A minute at most, and REST is asked of its own accord.
        hub.answersPings = true;
        hub.clearKeepingSocket();
        while (hub.all('rest').length === 0) hub.pass(1_000);
        hub.rest(...all);
        expect(hub.shown()).toEqual(all.map(({ text }) => text));
      }),
    );
  });
});
