// The module that the demo's server generates at /config.js, for pages and workers.

/** The absolute URL of the gateway's WebSocket. */
export const socketUrl: string;
/** The origin of the gateway's REST API. */
export const apiUrl: string;
/** The URL of the emulator's agent side; `null` with an external gateway. */
export const agentUrl: string | null;
/** Options of `genesysCloud`; `null` with the webchat dialect. */
export const deployment: {
  readonly deploymentId: string;
  readonly region?: string;
  readonly endpoint?: string;
  readonly visitorUrl: string;
} | null;
/** Timing options of the hub that differ from the defaults, in ms. */
export const timing: Partial<import('partyline/worker').Timing>;
/** Increases with every build of the site. */
export const build: string;
