import { z } from '../zod.ts';

/**
 * Readers for a platform that is not ours and changes without asking: what is absent, `null` or of
 * another type reads as nothing, numbers may come as strings, and no field that we can do without
 * makes a frame unreadable.
 */

const scalar = z.union([z.string(), z.number(), z.boolean()]);

/** A text, or a number or truth value as one. */
export const text = z.catch(
  z.pipe(
    z.nullable(scalar),
    z.transform((value): string | null => (value === null ? null : String(value))),
  ),
  null,
);

/** A text that says something. */
export const words = z.pipe(
  text,
  z.transform((value): string | null => (value === null || value.trim() === '' ? null : value)),
);

/** So many seconds are the life of no session, and so many bytes no file. */
const largest = 1e12;

/** A number, or a string of one. */
export const number = z.pipe(
  words,
  z.transform((value): number | null => {
    const parsed = value === null ? Number.NaN : Number(value);
    return Math.abs(parsed) <= largest ? parsed : null;
  }),
);

/** `true`, and the string of it. */
export const flag = z.pipe(
  text,
  z.transform((value) => value?.toLowerCase() === 'true'),
);

/** Epoch ms of an ISO instant, or of the beginning of a day; one that names no zone is in UTC. */
export const instant = z.pipe(
  words,
  z.transform((value): number | null => {
    const [, day, time, zone] =
      /^(\d{4}-\d\d-\d\d)(T[\d:.,]+)?(Z|[+-][\d:]+)?$/i.exec(value ?? '') ?? [];
    const parsed = day ? Date.parse(time ? `${day}${time}${zone ?? 'Z'}` : day) : Number.NaN;
    return Number.isNaN(parsed) ? null : parsed;
  }),
);

/** An address that can be opened without harm. */
export const address = z.pipe(
  words,
  z.transform((value) => (value !== null && /^https?:\/\/[^\s]+$/i.test(value) ? value : null)),
);

/** Anything in a list; no list reads as an empty one. */
export const list = z.catch(z.array(z.unknown()), []);

/** The texts of a map. */
export const map = z.pipe(
  z.catch(z.record(z.string(), z.unknown()), {}),
  z.transform((value) => {
    const entries = Object.entries(value).flatMap(([key, part]) => {
      const read = text.safeParse(part);
      return read.success && read.data !== null ? [[key, read.data] as const] : [];
    });
    return new Map(entries);
  }),
);

/** Of every object in a list, what a shape makes of it; what is no object is left out. */
export function listOf<T>(shape: z.ZodMiniType<T>) {
  return z.pipe(
    list,
    z.transform((values: unknown[]): T[] =>
      values.flatMap((value) => {
        const read = shape.safeParse(value);
        return read.success ? [read.data] : [];
      }),
    ),
  );
}

/** An object, or nothing. */
export function maybe<T>(shape: z.ZodMiniType<T>) {
  return z.catch(z.nullable(shape), null);
}
