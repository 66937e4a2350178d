/** Raised when an older tab could no longer understand a newer hub, or the other way round. */
export const protocolVersion = 1;
