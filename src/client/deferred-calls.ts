// What a page loads once something is shown: one file, since who calls the hub may want any of it.

export { loadEarlier, refreshRows } from './pagination.ts';
export { RpcChannel } from './rpc-types.ts';
