import { apiUrl, socketUrl } from 'bench:config';
import { genesysWebchat, startHub } from '../../../src/worker/index.ts';

startHub({
  gateway: genesysWebchat({ socketUrl, apiUrl }),
  // The rows that are measured must not be pruned meanwhile.
  limits: { stored: 100_000 },
});
