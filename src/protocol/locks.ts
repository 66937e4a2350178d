/** Held by the hub that may use the socket and the store: never two of one origin. */
export const hubLock = 'partyline-hub';

/** Held by the tab that runs the hub where there is no SharedWorker. */
export const hostLock = 'partyline-host';

/** Held by a hub as long as it lives; tabs queue on it to learn of its death. */
export function aliveLock(boot: string): string {
  return `partyline-alive-${boot}`;
}

/** Held by a tab as long as it lives; the hub queues on it to learn of its death. */
export function tabLock(tabId: string): string {
  return `partyline-tab-${tabId}`;
}
