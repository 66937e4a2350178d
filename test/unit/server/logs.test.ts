import { expect, it, vi } from 'vitest';
import { jsonLines, redact } from '../../../src/server/logs.ts';
import { ask } from './support.ts';

it('a message for the log is freed of what the request bore, of secrets, and of tokens', () => {
  const request = ask({
    Cookie: 'sid=opaque-session-0123; theme=dark',
    Authorization: 'Bearer opaque-bearer-4567',
  });
  const message = redact(
    'no row for opaque-session-0123 (opaque-bearer-4567): the-secret, eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.abc in dark mode',
    request,
    'the-secret',
  );
  expect(message).toBe('no row for [redacted] ([redacted]): [redacted], [redacted] in dark mode');
  expect(redact('x'.repeat(10_000), request)).toHaveLength(500);
});

it('an entry is one line of JSON, with its level and time', () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  jsonLines().warn({ event: 'rate-limits-lost', message: 'two\nlines', reason: 'TimeoutError' });
  const line = String(warn.mock.calls[0]?.[0]);
  warn.mockRestore();
  expect(line).not.toContain('\n');
  expect(JSON.parse(line)).toEqual({
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    level: 'warn',
    event: 'rate-limits-lost',
    message: 'two\nlines',
    reason: 'TimeoutError',
  });
});
