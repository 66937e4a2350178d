import { genesysArticle, startHub } from 'partyline/worker';
import { apiUrl, socketUrl } from '/config.js';

startHub({
  gateway: genesysArticle({ socketUrl, apiUrl }),
  tokenUrl: '/chat/token',
  // When two builds meet in one browser, the newer one takes over (vite.config.ts).
  build: __BUILD__,
});
