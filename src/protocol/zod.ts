import * as z from 'zod/mini';

// A strict CSP forbids `new Function`, which zod otherwise tries for its compiled parsers.
z.config({ jitless: true });

export { z };

/*
 * Each of zod's own checks and formats brings a part of the library into every worker; these are a line
 * each, and say themselves what they want.
 */

export function regex(pattern: RegExp, words: string) {
  return z.refine<string>((text) => pattern.test(text), words);
}

export function range(least: number, most = Number.POSITIVE_INFINITY) {
  const words =
    most === Number.POSITIVE_INFINITY
      ? `must be at least ${least}`
      : `must be from ${least} to ${most}`;
  return z.refine<number>((value) => value >= least && value <= most, words);
}

/** Of a text in UTF-16 code units, or of a list. */
export function length(least: number, most = Number.POSITIVE_INFINITY) {
  const words =
    most === Number.POSITIVE_INFINITY
      ? `must be ${least} long at least`
      : `must be ${least} to ${most} long`;
  return z.refine<{ readonly length: number }>(
    ({ length }) => length >= least && length <= most,
    words,
  );
}

/** Zod's own literal is one class more for the same. */
export function literal<const Word extends string>(word: Word) {
  return z.enum([word]);
}

/** What reads a value: one of zod's schemas, or a choice of them. */
export interface Reader<T> {
  safeParse(value: unknown): z.core.util.SafeParseResult<T>;
}

export type Read<R extends Reader<unknown>> = R extends Reader<infer T> ? T : never;

/**
 * Shapes that are told apart by one key, each under its word. Zod's own union tries one after the other,
 * and is a class more.
 */
export function discriminatedUnion<Shape extends z.ZodMiniType>(
  key: string,
  shapes: Readonly<Record<string, Shape>>,
): Reader<z.infer<Shape>> {
  const words = Object.keys(shapes);
  const none = z.custom<never>(() => false, `${key} must be one of ${words.join(', ')}`);
  return {
    safeParse(value) {
      const word = words.find((one) => Object(value)[key] === one);
      const shape = word === undefined ? none : shapes[word];
      return z.safeParse(shape ?? none, value);
    },
  };
}

/** Made when it is wanted: whoever opens a page waits for the worker to start. */
export function lazy<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

export const integer = z
  .number()
  .check(z.refine<number>(Number.isSafeInteger, 'must be of type int'));
