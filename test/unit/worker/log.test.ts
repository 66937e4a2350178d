import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Log } from '../../../src/worker/host/log.ts';

const said: string[] = [];

beforeEach(() => {
  said.length = 0;
  for (const method of ['warn', 'error'] as const) {
    vi.spyOn(console, method).mockImplementation((text) => void said.push(`${method} ${text}`));
  }
});

afterEach(() => void vi.restoreAllMocks());

it('odd things are told one by one twenty times, then every hundredth, each kind by itself', () => {
  const log = new Log();
  for (let index = 1; index <= 20; index += 1) log.note({ kind: 'invalid', detail: `no ${index}` });
  expect(said).toHaveLength(20);
  expect(said[0]).toBe('warn [partyline] invalid (1 so far): no 1');
  expect(said[19]).toBe('warn [partyline] invalid (20 so far): no 20');
  for (let index = 21; index <= 99; index += 1) log.note({ kind: 'invalid', detail: 'more' });
  expect(said).toHaveLength(20);
  log.note({ kind: 'flood', detail: 'another' });
  expect(said.at(-1)).toBe('warn [partyline] flood (1 so far): another');
  for (let index = 100; index <= 300; index += 1) log.note({ kind: 'invalid', detail: 'more' });
  expect(said.slice(21)).toEqual([
    'warn [partyline] invalid (100 so far): more',
    'warn [partyline] invalid (200 so far): more',
    'warn [partyline] invalid (300 so far): more',
  ]);
});

it('what failed is told with its reason, whatever that is', () => {
  const log = new Log();
  log.error('the store failed', new RangeError('too much'));
  log.error('the store failed', 'QuotaExceededError');
  log.error('the store failed', undefined);
  expect(said).toEqual([
    'error [partyline] the store failed: RangeError: too much',
    'error [partyline] the store failed: QuotaExceededError',
    'error [partyline] the store failed: undefined',
  ]);
});
