import type { HttpBindings } from '@hono/node-server';
import type { MiddlewareHandler } from 'hono';
import { garbageText, type HttpFaults } from './http-faults.ts';

export type Bindings = HttpBindings;

/**
 * Applies the faults of one HTTP API. Headers set before, such as those for CORS, are kept.
 *
 * @param errorBody creates the body of an error response
 */
export function withFaults(
  faults: HttpFaults,
  errorBody: (status: number, code: string | undefined) => Record<string, string>,
): MiddlewareHandler<{ Bindings: Bindings }> {
  return async (c, next) => {
    const fault = faults.take(c.req.method, c.req.path);
    const { outgoing } = c.env;
    switch (fault?.how) {
      case undefined:
        return next();
      case 'status':
        return new Response(JSON.stringify(errorBody(fault.status, fault.code)), {
          status: fault.status,
          headers: {
            'Content-Type': 'application/json',
            ...(fault.retryAfter === undefined ? {} : { 'Retry-After': String(fault.retryAfter) }),
          },
        });
      case 'garbage':
        return new Response(garbageText(fault.garbage), {
          status: fault.status ?? 200,
          headers: { 'Content-Type': fault.garbage === 'html' ? 'text/html' : 'text/plain' },
        });
      case 'drop':
        outgoing.destroy();
        return unsent();
      case 'lose-answer':
        await next();
        outgoing.destroy();
        return;
      case 'hang':
        await faults.hang((gone) => outgoing.on('close', gone));
        outgoing.destroy();
        return unsent();
      case 'delay':
        await new Promise((resolve) => setTimeout(resolve, fault.ms));
        return next();
    }
  };
}

/** Hono needs a response even without a connection; this one only appears in the stats. */
function unsent(): Response {
  return new Response(null, { status: 599 });
}
