import { expect, test } from 'vitest';
import { problemsOf, type SoakRun } from '../../soak/judge.ts';

const texts = ['visitor 0', 'agent 0', 'visitor 1', 'agent 1', 'the end'];

const good: SoakRun = { typed: 2, said: 2, texts, shown: [texts, texts], faults: 3 };

test('a soak that kept every promise passes', () => {
  expect(problemsOf(good)).toEqual([]);
});

test('a tab shows the newest 50 messages, and may show more', () => {
  const many = Array.from({ length: 60 }, (_, index) => `visitor ${index}`);
  const run = { ...good, typed: 60, said: 0, texts: many };
  expect(problemsOf({ ...run, shown: [many.slice(-50), many.slice(-55), many] })).toEqual([]);
  expect(problemsOf({ ...run, shown: [many.slice(-49)] })).toHaveLength(1);
  expect(problemsOf({ ...run, shown: [many.slice(-52, -2)] })).toHaveLength(1);
});

test.each<[string, Partial<SoakRun>]>([
  ['lost a message of the visitor', { typed: 3 }],
  ['lost a message of the agent', { said: 3 }],
  ['doubled a message', { typed: 1, texts: texts.with(2, 'visitor 0') }],
  ['swapped two messages', { texts: texts.with(0, 'visitor 1').with(2, 'visitor 0') }],
  ['shows another order in one tab', { shown: [texts, texts.toReversed()] }],
  ['shows too little', { shown: [texts.slice(1)] }],
  ['looked at no tab', { shown: [] }],
  ['saw no fault', { faults: 0 }],
])('a soak that %s fails', (_, changes) => {
  expect(problemsOf({ ...good, ...changes })).not.toEqual([]);
});
