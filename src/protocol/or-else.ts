import { optional, pipe, transform, unknown, type ZodMiniType } from 'zod/mini';

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

/** `shape`, or `null` for anything that does not match it. */
export function orNull<T>(shape: ZodMiniType<T>) {
  return orElse<T | null>(shape, null);
}
