// Everything that a page needs for calls to the hub, in one script. It is loaded with the first snapshot:
// a later call then needs no script, which might be gone after a deploy.

export { ComlinkCalls } from '../connection/comlink-calls.ts';
export { loadEarlier, refreshRows } from '../transcript/pagination.ts';
export { readConversation } from '../validation/read-as.ts';
export { PlatformClient } from './platform-client.ts';
export { resendPending } from './resend-pending.ts';
