import * as z from 'zod/mini';

// A strict CSP forbids `new Function`, which zod otherwise tries for its compiled parsers.
z.config({ jitless: true });

export { z };
