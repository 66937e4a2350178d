import * as z from 'zod/mini';

// A strict CSP forbids `new Function`, which zod otherwise tries for its compiled parsers.
z.config({ jitless: true });

export { z };

/** Lighter than zod's own formats, which bring a part of the library each. */
export function matching(pattern: RegExp, words: string) {
  return z.refine<string>((text) => pattern.test(text), words);
}

export const integer = z
  .number()
  .check(z.refine<number>(Number.isSafeInteger, 'must be of type int'));
