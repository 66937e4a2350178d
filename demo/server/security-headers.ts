import type { MiddlewareHandler } from 'hono';

/** The external URLs that the pages use. */
export interface Reach {
  readonly socketUrl: string;
  readonly apiUrl: string;
  readonly agentUrl: string | null;
  /** The URL of a deployment's settings. @default on the API's origin */
  readonly configurationUrl?: string;
  /** The origins for file uploads. */
  readonly uploadOrigins?: readonly string[];
  /** The Genesys Cloud deployment; `null` with the webchat dialect. */
  readonly deployment: Deployment | null;
}

/** Options of `genesysCloud`. */
export interface Deployment {
  readonly deploymentId: string;
  readonly region?: string;
  readonly endpoint?: string;
  readonly visitorUrl: string;
  readonly uploads?: { readonly origins: readonly string[] };
}

/** The path to which browsers send CSP violation reports. */
export const reportPath = '/policy-reports';

/** The strictest policy under which the pages work. See docs/security.md. */
export function contentSecurityPolicy(reach: Reach): string {
  const { socketUrl, apiUrl, agentUrl, configurationUrl, deployment } = reach;
  const { uploadOrigins = [] } = reach;
  const addresses = [socketUrl, apiUrl, agentUrl, configurationUrl, ...uploadOrigins].filter(
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
    // Lit's policy for templates, and the site's own for worker URLs.
    'trusted-types lit-html default',
    `report-uri ${reportPath}`,
  ].join('; ');
}

/** A deployment's cards and attachments can have images from any origin, the emulator's from its own. */
function picturesOf(deployment: Deployment | null): string {
  if (!deployment) return '';
  return deployment.endpoint ? ` https: ${deployment.endpoint}` : ' https:';
}

export function securityHeaders(reach: Reach): MiddlewareHandler {
  const headers = {
    'Content-Security-Policy': contentSecurityPolicy(reach),
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    // With `no-referrer`, forms would send `Origin: null`.
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
 * Refuses requests for other host names. Otherwise a foreign domain that resolves to 127.0.0.1 would count as
 * same-origin (DNS rebinding).
 */
export const loopbackOnly: MiddlewareHandler = async (context, next) => {
  if (!loopbackNames.has(new URL(context.req.url).hostname)) {
    return context.text('This server is only available as 127.0.0.1 or localhost.', 421);
  }
  return next();
};
