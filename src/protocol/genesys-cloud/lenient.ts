import {
  array,
  boolean,
  custom,
  nullable,
  number,
  optional,
  pipe,
  string,
  transform,
  union,
  unknown,
  type ZodMiniType,
} from 'zod/mini';

/**
 * Schemas for a platform that is not ours and that changes without notice. Anything absent, `null` or
 * of another type reads as `null`, numbers may arrive as strings, and no optional field makes a frame
 * invalid.
 */

/** `shape`, or `fallback` for anything that does not match it. Zod's own `catch` weighs 4 KB in a worker. */
export function orElse<T>(shape: ZodMiniType<T>, fallback: T) {
  return pipe(
    // An absent key, too, reads as the fallback.
    optional(unknown()),
    transform((value): T => {
      const parsed = shape.safeParse(value);
      return parsed.success ? parsed.data : fallback;
    }),
  );
}

const scalar = union([string(), number(), boolean()]);

/** A string, or a number or boolean converted to one. */
export const lenientString = orElse(
  pipe(
    nullable(scalar),
    transform((value): string | null => (value === null ? null : String(value))),
  ),
  null,
);

/** A string with more than white space in it. */
export const nonEmptyString = pipe(
  lenientString,
  transform((value): string | null => (value === null || value.trim() === '' ? null : value)),
);

/** No session lasts that many seconds, and no file has that many bytes. */
const maximumNumber = 1e12;

/** A number, or a string that holds one. */
export const lenientNumber = pipe(
  nonEmptyString,
  transform((value): number | null => {
    const parsed = value === null ? Number.NaN : Number(value);
    return Math.abs(parsed) <= maximumNumber ? parsed : null;
  }),
);

/** `true`, or the string `'true'` in any case. */
export const lenientBoolean = pipe(
  lenientString,
  transform((value) => value?.toLowerCase() === 'true'),
);

/** Epoch ms of an ISO instant, or of the start of a day. Without a time zone it is in UTC. */
export const instant = pipe(
  nonEmptyString,
  transform((value): number | null => {
    const [, day, time, zone] =
      /^(\d{4}-\d\d-\d\d)(T[\d:.,]+)?(Z|[+-][\d:]+)?$/i.exec(value ?? '') ?? [];
    const parsed = day ? Date.parse(time ? `${day}${time}${zone ?? 'Z'}` : day) : Number.NaN;
    return Number.isNaN(parsed) ? null : parsed;
  }),
);

/** An `http:` or `https:` URL; other schemes, such as `javascript:`, are not safe to open. */
export const httpUrl = pipe(
  nonEmptyString,
  transform((value) => (value !== null && /^https?:\/\/[^\s]+$/i.test(value) ? value : null)),
);

/** An array of anything; any other value reads as an empty one. */
export const lenientArray = orElse(array(unknown()), []);

/** The entries of an object whose values read as strings. */
export const stringMap = pipe(
  orElse(
    custom<object>((value) => typeof value === 'object' && !Array.isArray(value)),
    {},
  ),
  transform((value) => {
    const entries = Object.entries(value ?? {}).flatMap(([key, part]) => {
      const parsed = lenientString.safeParse(part);
      return parsed.success && parsed.data !== null ? [[key, parsed.data] as const] : [];
    });
    return new Map(entries);
  }),
);

/** An array of `shape`; items that do not match it are left out. */
export function lenientArrayOf<T>(shape: ZodMiniType<T>) {
  return pipe(
    lenientArray,
    transform((values: unknown[]): T[] =>
      values.flatMap((value) => {
        const parsed = shape.safeParse(value);
        return parsed.success ? [parsed.data] : [];
      }),
    ),
  );
}

/** `shape`, or `null` for anything that does not match it. */
export function orNull<T>(shape: ZodMiniType<T>) {
  return orElse<T | null>(shape, null);
}
