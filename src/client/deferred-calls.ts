// What a page loads once something is shown: one file, since who calls the hub may want any of it.

export { loadEarlier, refreshAbove } from './pagination.ts';
export { Calls } from './rpc-types.ts';
