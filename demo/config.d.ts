// What the demo's server answers at /config.js, for pages and workers alike.

/** The gateway's WebSocket, a whole URL. */
export const socketUrl: string;
/** The origin of the gateway's REST. */
export const apiUrl: string;
/** Where the agent desk reaches the emulator; `null` with a gateway of somebody else. */
export const agentUrl: string | null;
/** Options of `genesysCloud`; `null` where the webchat dialect is spoken. */
export const deployment: {
  readonly deploymentId: string;
  readonly region?: string;
  readonly endpoint?: string;
  readonly visitorUrl: string;
} | null;
/** Times of the hub's that are not the defaults, in ms. */
export const timing: Partial<import('partyline/worker').Timing>;
/** Grows with every build of the site. */
export const build: string;
