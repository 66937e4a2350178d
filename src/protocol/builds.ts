import { length, literal, regex, z } from './zod.ts';

/** Where hubs of different builds of the site meet. */
export const buildsChannel = 'partyline-builds';

/** Where a SharedWorker is found: what `new SharedWorker` wants. */
export const addressSchema = z.object({
  url: z.string().check(regex(/^[a-z][a-z\d+.-]*:\/*[^/\s]/i, 'must be a URL')),
  name: z.string().check(length(0, 128)),
});
export type Address = z.infer<typeof addressSchema>;

/** Digits with dots, compared as numbers. */
export const buildSchema = z
  .string()
  .check(length(0, 64), regex(/^\d+(\.\d+)*$/, 'must be digits with dots'));

/** A hub says that it is there, and whether it has the socket. */
export const presenceSchema = z.object({
  type: literal('partyline-build'),
  boot: z.string().check(length(1, 64)),
  build: buildSchema,
  isHolder: z.boolean(),
  /** `null` for a hub that runs in a tab: it is reached through the channels. */
  address: z.nullable(addressSchema),
});
export type Presence = z.infer<typeof presenceSchema>;

/** The hub's last word on a connection: another one has the conversation. */
export const redirectSchema = z.object({
  type: literal('partyline-redirect'),
  address: z.nullable(addressSchema),
});
export type Redirect = z.infer<typeof redirectSchema>;

/** Negative when `a` is the older one, 0 when they are the same. */
export function compareBuilds(a: string, b: string): number {
  const [ours, theirs] = [a.split('.'), b.split('.')];
  for (let index = 0; index < Math.max(ours.length, theirs.length); index += 1) {
    const difference = Number(ours[index] ?? 0) - Number(theirs[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
