import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { z } from 'zod';
import { reportPath } from './security-headers.ts';

const reportSchema = z.object({
  'csp-report': z.object({
    'document-uri': z.string(),
    'effective-directive': z.string(),
    'blocked-uri': z.string().default(''),
  }),
});

/** Prints each CSP violation report on one line. The site's own pages must cause none. */
export function policyReports(print: (line: string) => void): Hono {
  const routes = new Hono();
  routes.post(reportPath, bodyLimit({ maxSize: 64 * 1024 }), async (context) => {
    // Invalid JSON is refused like any other invalid report.
    const body: unknown = await context.req.json().catch(() => null);
    const report = reportSchema.safeParse(body);
    if (!report.success) return context.body(null, 400);
    print(`CSP violation: ${JSON.stringify(report.data['csp-report'])}`);
    return context.body(null, 204);
  });
  return routes;
}
