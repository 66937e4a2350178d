import { nameOf } from './hub-name.ts';

/** Held by the one hub of its name in this origin that uses the socket and the store. */
export function hubLock(hubName: string): string {
  return nameOf('partyline-hub', hubName);
}

/** Held by the tab that runs the hub in browsers without SharedWorker. */
export function hostLock(hubName: string): string {
  return nameOf('partyline-host', hubName);
}

/** Held by a hub while it runs; tabs queue for it to detect that the hub has died. */
export function aliveLock(boot: string): string {
  return `partyline-alive-${boot}`;
}

/** Held by a tab while it is open; the hub queues for it to detect that the tab is gone. */
export function tabLock(tabId: string): string {
  return `partyline-tab-${tabId}`;
}
