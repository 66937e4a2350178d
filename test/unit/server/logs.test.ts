import { expect, it } from 'vitest';
import { redact } from '../../../src/server/logs.ts';
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
