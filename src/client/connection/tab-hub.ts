/** What a page needs for a hub that a tab runs, loaded together. */
export { openBroadcastTransport } from './broadcast-transport.ts';
export { TabHost } from './tab-host.ts';
