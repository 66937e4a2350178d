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

it('logs the first twenty notes of each kind, then every hundredth', () => {
  const log = new Log();
  for (let index = 1; index <= 20; index += 1) log.note({ kind: 'invalid', detail: `no ${index}` });
  expect(said).toHaveLength(20);
  expect(said[0]).toBe('warn [partyline] no 1 (1 total).');
  expect(said[19]).toBe('warn [partyline] no 20 (20 total).');
  for (let index = 21; index <= 99; index += 1) log.note({ kind: 'invalid', detail: 'more' });
  expect(said).toHaveLength(20);
  log.note({ kind: 'flood', detail: 'another' });
  expect(said.at(-1)).toBe('warn [partyline] another (1 total).');
  log.note({ kind: 'gateway-problem', detail: 'busy' });
  expect(said.at(-1)).toBe('warn [partyline] Gateway error: busy (1 total).');
  for (let index = 100; index <= 300; index += 1) log.note({ kind: 'invalid', detail: 'more' });
  expect(said.slice(22)).toEqual([
    'warn [partyline] more (100 total).',
    'warn [partyline] more (200 total).',
    'warn [partyline] more (300 total).',
  ]);
});

it('logs an error with its cause', () => {
  const log = new Log();
  log.error('Store write failed', new RangeError('too much'));
  log.error('Store write failed', 'QuotaExceededError');
  log.error('Store write failed', undefined);
  expect(said).toEqual([
    'error [partyline] Store write failed: RangeError: too much',
    'error [partyline] Store write failed: QuotaExceededError',
    'error [partyline] Store write failed: undefined',
  ]);
});
