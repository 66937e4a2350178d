// What a page loads once something is shown: one file, since who calls the hub may want any of it.
export { Calls } from './calls.ts';
export { loadEarlier, refreshAbove } from './earlier.ts';
