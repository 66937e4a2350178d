import { describe, expect, it, vi } from 'vitest';
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

describe('what is taken out of a message', () => {
  const withCookie = (Cookie: string) => ask({ Cookie });

  it.each([
    ['a word of seven characters stays', 'sid=1234567', 'no 1234567', 'no 1234567'],
    ['a word of eight goes', 'sid=12345678', 'no 12345678', 'no [redacted]'],
    [
      'each value of several',
      'a=aaaaaaaa; b=bbbbbbbb',
      'aaaaaaaa bbbbbbbb',
      '[redacted] [redacted]',
    ],
    ['every time it is told', 'a=aaaaaaaa', 'aaaaaaaa, aaaaaaaa', '[redacted], [redacted]'],
    ['parts between commas', 'a=aaaaaaaa,bbbbbbbb', 'bbbbbbbb', '[redacted]'],
    ['what a regular expression would read', 'a=a.b*c(d)[e]$1', 'x a.b*c(d)[e]$1', 'x [redacted]'],
  ])('%s', (_, cookie, message, reported) => {
    expect(redact(message, withCookie(cookie))).toBe(reported);
  });

  it('is every secret of the broker’s, and nothing where there is none', () => {
    expect(redact('one or two or one', ask(), 'one', 'two')).toBe(
      '[redacted] or [redacted] or [redacted]',
    );
    expect(redact('nothing to hide', ask())).toBe('nothing to hide');
  });

  it.each([
    ['whole', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.abc-_9', '[redacted]'],
    ['without a signature', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.', '[redacted]'],
    ['cut off', 'eyJhbGciOiJIUzI1NiJ9.eyJzd', '[redacted]'],
    ['in quotes', '"eyJhbGciOiJIUzI1NiJ9.a.b"', '"[redacted]"'],
    ['only alike', 'eyJonly and they.eyJ.', 'eyJonly and they.eyJ.'],
  ])('is a token of somebody else’s, %s', (_, token, reported) => {
    expect(redact(`read ${token}`, ask())).toBe(`read ${reported}`);
  });

  it('leaves 500 characters, counted once the secrets are out', () => {
    expect(redact('x'.repeat(500), ask())).toBe('x'.repeat(500));
    expect(redact('x'.repeat(501), ask())).toBe('x'.repeat(500));
    const message = `${'x'.repeat(495)}the-secret`;
    expect(redact(message, ask(), 'the-secret')).toBe(`${'x'.repeat(495)}[reda`);
  });
});

it.each(['info', 'warn', 'error'] as const)(
  'an entry at the level %s goes out at that level',
  (level) => {
    const spies = (['info', 'warn', 'error'] as const).map((method) =>
      vi.spyOn(console, method).mockImplementation(() => {}),
    );
    const printed = () => spies.map(({ mock }) => mock.calls.length);
    jsonLines()[level]({ event: 'token', status: 200 });
    const counts = printed();
    const line = spies.flatMap(({ mock }) => mock.calls).map(([text]) => JSON.parse(String(text)));
    for (const spy of spies) spy.mockRestore();
    expect(counts).toEqual(['info', 'warn', 'error'].map((method) => Number(method === level)));
    expect(line).toEqual([{ time: expect.any(String), level, event: 'token', status: 200 }]);
  },
);
