/**
 * Without SharedWorker the hub runs in a dedicated Worker of one tab, and no port can be handed to the
 * others. There each tab knocks on a channel that all know; the talk itself is on channels of its own,
 * which nobody else listens to.
 */

/** Where a hub without SharedWorker is found. */
export const hubChannel = 'partyline-hub';

/** For the calls of one connection. */
export function callChannel(connectionId: string): string {
  return `partyline-calls-${connectionId}`;
}

/** For the stream of one tab. */
export function streamChannel(tabId: string): string {
  return `partyline-stream-${tabId}`;
}

/** A tab asks for a connection. */
export interface ConnectRequest {
  readonly type: 'partyline-connect-request';
  readonly connectionId: string;
}

/** A hub is there from now on: who knocked before it was heard by nobody. */
export interface HubReady {
  readonly type: 'partyline-hub-ready';
}
