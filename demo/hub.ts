import { genesysArticle, startHub } from 'partyline/worker';
import { apiUrl, socketUrl } from '/config.js';

startHub({ gateway: genesysArticle({ socketUrl, apiUrl }), tokenUrl: '/chat/token' });
