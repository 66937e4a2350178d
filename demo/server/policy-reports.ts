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

/** Prints what browsers report, a line each: no page of this site should do anything of the kind. */
export function policyReports(print: (line: string) => void): Hono {
  const routes = new Hono();
  routes.post(reportPath, bodyLimit({ maxSize: 64 * 1024 }), async (context) => {
    // What is no JSON is refused as any other wrong shape is.
    const body: unknown = await context.req.json().catch(() => null);
    const report = reportSchema.safeParse(body);
    if (!report.success) return context.body(null, 400);
    print(`A page broke the policy: ${JSON.stringify(report.data['csp-report'])}`);
    return context.body(null, 204);
  });
  return routes;
}
