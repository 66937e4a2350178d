import { inspectable } from 'partyline/inspector/worker';
import { genesysCloud, genesysWebchat, startHub } from 'partyline/worker';
import { z } from 'zod/mini';
import { apiUrl, deployment, socketUrl, timing } from '/config.js';

startHub({
  gateway: deployment ? genesysCloud(deployment) : genesysWebchat({ socketUrl, apiUrl }),
  tokenUrl: '/chat/token',
  timing,
  // The site's server keeps one beside its tokens, which Genesys Cloud wants none of.
  ...(deployment ? {} : { routingLogUrl: '/chat/routing-log' }),
  // A key that is spelled otherwise would put the visitor into a queue that nobody serves.
  routing: {
    attributes: z.strictObject({
      source: z.optional(z.string()),
      userTier: z.optional(z.enum(['standard', 'premium'])),
      locale: z.optional(z.string()),
    }),
  },
  // Of a demo everybody may see what it does: demo/inspector.
  inspect: inspectable(),
  // When two builds meet in one browser, the newer one takes over (vite.config.ts).
  build: __BUILD__,
});
