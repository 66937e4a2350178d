/** Increased when tabs and hubs of different builds become incompatible. */
export const protocolVersion = 1;
