/** What the site's own server answers at /config.js (`site-server.ts`). */
declare module 'bench:config' {
  /** The gateway's WebSocket, a whole URL. */
  export const socketUrl: string;
  /** The origin of the gateway's REST. */
  export const apiUrl: string;
}
