import { PartylineError } from '../protocol/errors.ts';

/** Tells whether a value from outside is a `T`. Looks, and copies nothing. */
export type Validator<T> = (value: unknown) => value is T;

/** What a call was answered with. @throws {PartylineError} `unknown-outcome` */
export function readAs<T>(is: Validator<T>, value: unknown): T {
  if (is(value)) return value;
  throw new PartylineError('unknown-outcome', 'The hub’s answer could not be read.');
}

type OptionalKeys<T> = {
  [K in keyof T]-?: Record<never, never> extends Pick<T, K> ? K : never;
}[keyof T];

type Guards<T, K extends keyof T> = { readonly [Key in K]-?: Validator<Required<T>[Key]> };

export const isString = (value: unknown): value is string => typeof value === 'string';

export const isBoolean = (value: unknown): value is boolean => typeof value === 'boolean';

export const isNumber = (value: unknown): value is number => Number.isFinite(value);

export const isAnything = (_value: unknown): _value is unknown => true;

/** One of these, and nothing else. */
export function oneOf<const T>(...values: readonly T[]): Validator<T> {
  const known: ReadonlySet<unknown> = new Set(values);
  return (value): value is T => known.has(value);
}

export function nullable<T>(isInner: Validator<T>): Validator<T | null> {
  return (value): value is T | null => value === null || isInner(value);
}

export function arrayOf<T>(isItem: Validator<T>): Validator<T[]> {
  // Unlike `every`, it sees holes.
  return (value): value is T[] =>
    Array.isArray(value) && value.findIndex((item) => !isItem(item)) < 0;
}

export function either<T>(...guards: readonly Validator<T>[]): Validator<T> {
  return (value): value is T => guards.some((is) => is(value));
}

/** An object with these properties. Every property of `T` must be named, so none goes unseen. */
export function shape<T extends object>(
  required: Guards<T, Exclude<keyof T, OptionalKeys<T>>>,
  ...[optional]: [OptionalKeys<T>] extends [never] ? [] : [Guards<T, OptionalKeys<T>>]
): Validator<T> {
  const always = Object.entries<Validator<unknown>>(required);
  const sometimes = Object.entries<Validator<unknown>>(optional ?? {});
  return (value): value is T => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
    const has = ([key, is]: [string, Validator<unknown>]) =>
      key in value && is(Reflect.get(value, key));
    return always.every(has) && sometimes.every((entry) => !(entry[0] in value) || has(entry));
  };
}
