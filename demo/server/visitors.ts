import { createHmac } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { isCrossOrigin, newVisitor, type VisitorSessions } from 'partyline/server';
import { z } from 'zod';

const nameSchema = z.object({ name: z.string().trim().normalize().min(1).max(60) });

/** The opaque visitor id for a name: the same at every sign-in, without revealing the name. */
function subjectOf(name: string, secret: string): string {
  const digest = createHmac('sha256', secret).update(`visitor:${name.toLowerCase()}`).digest();
  return `user_${digest.toString('base64url').slice(0, 32)}`;
}

/** Creates a session on the first page view. */
export async function welcome(context: Context, sessions: VisitorSessions) {
  const { session, setCookie } = await sessions.ensure(context.req.raw);
  if (setCookie !== null) context.header('Set-Cookie', setCookie);
  return session;
}

/** `GET /session`, and the forms for signing in and out. */
export function visitorRoutes(sessions: VisitorSessions, secret: string): Hono {
  const routes = new Hono();

  routes.get('/session', async (context) => {
    const { name } = await welcome(context, sessions);
    context.header('Cache-Control', 'no-store');
    return context.json({ name });
  });

  routes.post('/sign-in', async (context) => {
    if (isCrossOrigin(context.req.raw, []))
      return context.text('Cross-origin requests are not allowed.', 403);
    const form = nameSchema.safeParse(await context.req.parseBody());
    if (!form.success) return context.redirect('/sign-in/?problem=name', 303);
    const { name } = form.data;
    const session = { subject: subjectOf(name, secret), name };
    context.header('Set-Cookie', await sessions.issue(context.req.raw, session));
    return context.redirect('/account/', 303);
  });

  routes.post('/sign-out', async (context) => {
    if (isCrossOrigin(context.req.raw, []))
      return context.text('Cross-origin requests are not allowed.', 403);
    context.header('Set-Cookie', await sessions.issue(context.req.raw, newVisitor()));
    return context.redirect('/', 303);
  });

  return routes;
}
