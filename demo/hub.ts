import { inspectable } from 'partyline/inspector/worker';
import { genesysCloud, genesysWebchat, startHub } from 'partyline/worker';
import { z } from 'zod/mini';
import { apiUrl, deployment, socketUrl, timing } from '/config.js';

startHub({
  gateway: deployment ? genesysCloud(deployment) : genesysWebchat({ socketUrl, apiUrl }),
  tokenUrl: '/chat/token',
  timing,
  // The token broker has the routing log. Genesys Cloud needs no tokens, so there is no broker.
  ...(deployment ? {} : { routingLogUrl: '/chat/routing-log' }),
  // Strict, because a misspelled attribute could route visitors to an unstaffed queue.
  routing: {
    attributes: z.strictObject({
      source: z.optional(z.string()),
      userTier: z.optional(z.enum(['standard', 'premium'])),
      locale: z.optional(z.string()),
    }),
  },
  // For demo/inspector.
  inspect: inspectable(),
  // If a browser has pages of two builds, the newer hub takes over.
  build: __BUILD__,
});
