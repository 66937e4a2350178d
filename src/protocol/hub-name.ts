/**
 * One origin can have several hubs, such as one for each deployment: `connect({ name })` and
 * `startHub({ name })` choose one. Hubs of different names share no lock, channel, database or storage key.
 */

/** Letters, digits, hyphens and underscores. The empty name is the default hub's. */
export const hubNamePattern = /^[\w-]{0,64}$/;

export const hubNameRule = 'must have at most 64 letters, digits, hyphens or underscores';

/** What a dedicated Worker tells the tab that runs it: tabs of another name could never reach it. */
export interface HubNameMessage {
  readonly type: 'partyline-hub-name';
  readonly name: string;
}

/** The name that a resource of a hub has in the browser, such as a lock's. */
export function nameOf(resource: string, hubName: string): string {
  return hubName === '' ? resource : `${resource}.${hubName}`;
}

/** The BroadcastChannel for connect requests, in browsers without SharedWorker. */
export function hubChannel(hubName: string): string {
  return nameOf('partyline-hub', hubName);
}
