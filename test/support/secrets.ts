/**
 * Every secret that the tests use. What a test run prints is searched for them: test/unit/consoles.ts
 * and test/browser/support/site.ts.
 */
export const secrets = {
  client: 'client-secret-8f3b1c77d2',
  session: 'session-secret-that-is-long-enough-4d1f',
  formerSession: 'session-secret-of-last-year-long-enough-9a',
  site: 'site-secret-shared-with-the-sign-in-5c2e',
  token: 'upstream-token-77aa0e51f3',
  redis: 'redis-password-31be90c4',
} as const;

const looksLikeToken = /\beyJ[\w-]{10,}\.[\w-]{10,}/;

/** The names of the secrets that stand in a text, in any of the ways in which they are written. */
export function secretsIn(text: string): string[] {
  const found = Object.entries(secrets)
    .filter(([, secret]) =>
      [
        secret,
        encodeURIComponent(secret),
        Buffer.from(secret).toString('base64').replaceAll('=', ''),
        Buffer.from(secret).toString('base64url'),
        Buffer.from(secret).toString('hex'),
      ].some((written) => text.includes(written)),
    )
    .map(([name]) => name);
  return looksLikeToken.test(text) ? [...found, 'a signed token'] : found;
}
