/**
 * BroadcastChannels for browsers without SharedWorker. There the hub runs in a dedicated Worker of one
 * tab and can't receive ports of other tabs. A tab sends its connect request on a shared channel, the
 * `hubChannel`; calls and the stream then have channels of their own.
 */

/** The calls of one connection. */
export function callChannel(connectionId: string): string {
  return `partyline-calls-${connectionId}`;
}

/** The stream of one tab. */
export function streamChannel(tabId: string): string {
  return `partyline-stream-${tabId}`;
}

/** Sent by a tab that needs a connection. */
export interface ConnectRequest {
  readonly type: 'partyline-connect-request';
  readonly connectionId: string;
}

/** Sent by a new hub: connect requests from before it started were lost and must be repeated. */
export interface HubReady {
  readonly type: 'partyline-hub-ready';
}
