import type { MiddlewareHandler } from 'hono';

/** What the pages may reach besides their own origin. */
export interface Reach {
  readonly socketUrl: string;
  readonly apiUrl: string;
  readonly agentUrl: string | null;
  /** Where a deployment's settings are. @default the API's */
  readonly configurationUrl?: string;
  /** Where files are uploaded to. @default the API's */
  readonly uploadOrigin?: string;
  /** Where Genesys Cloud's own dialect is spoken; `null` for the webchat dialect. */
  readonly deployment: Deployment | null;
}

/** Options of `genesysCloud`. */
export interface Deployment {
  readonly deploymentId: string;
  readonly region?: string;
  readonly endpoint?: string;
  readonly visitorUrl: string;
}

/** Where browsers tell what a page did against the policy. */
export const reportPath = '/policy-reports';

/** The least that the pages run under; docs/security.md lists it. */
export function contentSecurityPolicy(reach: Reach): string {
  const { socketUrl, apiUrl, agentUrl, configurationUrl, uploadOrigin, deployment } = reach;
  const addresses = [socketUrl, apiUrl, agentUrl, configurationUrl, uploadOrigin].filter(
    (url) => url != null,
  );
  const origins = new Set(addresses.map((url) => new URL(url).origin));
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    `connect-src 'self' ${[...origins].join(' ')}`,
    "worker-src 'self'",
    `img-src 'self'${picturesOf(deployment)}`,
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    // Lit's templates, and the site's own policy for the addresses of its workers.
    'trusted-types lit-html default',
    `report-uri ${reportPath}`,
  ].join('; ');
}

/** A deployment's cards and attachments show pictures from anywhere; the emulator has its own. */
function picturesOf(deployment: Deployment | null): string {
  if (!deployment) return '';
  return deployment.endpoint ? ` https: ${deployment.endpoint}` : ' https:';
}

export function securityHeaders(reach: Reach): MiddlewareHandler {
  const headers = {
    'Content-Security-Policy': contentSecurityPolicy(reach),
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    // With `no-referrer` a form's own origin would be sent as `null`.
    'Referrer-Policy': 'same-origin',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Permissions-Policy': 'camera=(), geolocation=(), microphone=()',
  };
  return async (context, next) => {
    await next();
    for (const [name, value] of Object.entries(headers)) context.header(name, value);
  };
}

const loopbackNames = new Set(['127.0.0.1', 'localhost', '[::1]']);

/**
 * Refuses a request that came by another name than this machine's own: a page of a foreign domain
 * that points to 127.0.0.1 would otherwise count as ours.
 */
export const loopbackOnly: MiddlewareHandler = async (context, next) => {
  if (!loopbackNames.has(new URL(context.req.url).hostname)) {
    return context.text('This server answers to 127.0.0.1 and localhost only.', 421);
  }
  return next();
};
