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
import { nameOf } from './hub-name.ts';

/** Channel on which hubs of different builds of the site announce themselves. */
export function buildsChannel(hubName: string): string {
  return nameOf('partyline-builds', hubName);
}

/** A SharedWorker's URL and name, as `new SharedWorker` takes them. */
export const workerAddressSchema = object({
  url: string().check(regex(/^[a-z][a-z\d+.-]*:\/*[^/\s]/i, 'must be a URL')),
  name: string().check(maxLength(128)),
});
export type WorkerAddress = Infer<typeof workerAddressSchema>;

/** Digits separated by dots, compared as numbers. */
export const buildSchema = string().check(
  maxLength(64),
  regex(/^\d+(\.\d+)*$/, 'must be digits separated by dots'),
);

/** A hub's announcement, with whether it holds the socket. */
export const presenceSchema = object({
  type: literal('partyline-build'),
  boot: string().check(minLength(1), maxLength(64)),
  build: buildSchema,
  isHolder: boolean(),
  /** `null` for a hub that runs in a tab and is reached by BroadcastChannel. */
  address: nullable(workerAddressSchema),
});
export type Presence = Infer<typeof presenceSchema>;

/** The hub's last message on a connection: another hub has taken over. */
export const redirectSchema = object({
  type: literal('partyline-redirect'),
  address: nullable(workerAddressSchema),
});
export type Redirect = Infer<typeof redirectSchema>;

/** Negative if `a` is older, 0 if both are the same. */
export function compareBuilds(a: string, b: string): number {
  const [ours, theirs] = [a.split('.'), b.split('.')];
  for (let index = 0; index < Math.max(ours.length, theirs.length); index += 1) {
    const difference = Number(ours[index] ?? 0) - Number(theirs[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
