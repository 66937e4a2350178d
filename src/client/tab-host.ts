/** What a page needs only where there is no SharedWorker, or none that starts. */
export { throughChannels } from './channels.ts';
export { Host } from './host.ts';
