import {
  boolean,
  type infer as Infer,
  literal,
  maxLength,
  minLength,
  nullable,
  object,
  regex,
  string,
} from 'zod/mini';

/** Where hubs of different builds of the site meet. */
export const buildsChannel = 'partyline-builds';

/** Where a SharedWorker is found: what `new SharedWorker` wants. */
export const addressSchema = object({
  url: string().check(regex(/^[a-z][a-z\d+.-]*:\/*[^/\s]/i, 'must be a URL')),
  name: string().check(maxLength(128)),
});
export type Address = Infer<typeof addressSchema>;

/** Digits with dots, compared as numbers. */
export const buildSchema = string().check(
  maxLength(64),
  regex(/^\d+(\.\d+)*$/, 'must be digits with dots'),
);

/** A hub says that it is there, and whether it has the socket. */
export const presenceSchema = object({
  type: literal('partyline-build'),
  boot: string().check(minLength(1), maxLength(64)),
  build: buildSchema,
  isHolder: boolean(),
  /** `null` for a hub that runs in a tab: it is reached through the channels. */
  address: nullable(addressSchema),
});
export type Presence = Infer<typeof presenceSchema>;

/** The hub's last word on a connection: another one has the conversation. */
export const redirectSchema = object({
  type: literal('partyline-redirect'),
  address: nullable(addressSchema),
});
export type Redirect = Infer<typeof redirectSchema>;

/** Negative when `a` is the older one, 0 when they are the same. */
export function compareBuilds(a: string, b: string): number {
  const [ours, theirs] = [a.split('.'), b.split('.')];
  for (let index = 0; index < Math.max(ours.length, theirs.length); index += 1) {
    const difference = Number(ours[index] ?? 0) - Number(theirs[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
