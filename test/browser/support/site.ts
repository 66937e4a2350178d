import type { Gateway } from '../../../src/testing/index.ts';
import type { Timing } from '../../../src/worker/index.ts';
import { secrets, secretsIn } from '../../support/secrets.ts';
import { SiteHost } from './site-host.ts';

export interface Site {
  readonly url: string;
  /** What the server has printed so far. */
  printed(): string;
  close(): Promise<void>;
}

export interface SiteOptions {
  /** The hub's times. @default its own */
  readonly timing?: Partial<Timing>;
  /** @default a free one */
  readonly port?: number;
  /** The folder of a built site. @default the demo's */
  readonly folder?: string;
}

function addressesOf(gateway: Gateway): Record<string, string> {
  if (gateway.dialect === 'genesys-cloud') {
    return {
      PARTYLINE_GENESYS_DEPLOYMENT_ID: gateway.deploymentId,
      PARTYLINE_GENESYS_ENDPOINT: gateway.apiUrl,
    };
  }
  return {
    PARTYLINE_SOCKET_URL: gateway.socketUrl,
    PARTYLINE_API_URL: gateway.apiUrl,
    PARTYLINE_OAUTH_URL: gateway.oauthUrl,
    PARTYLINE_CLIENT_ID: gateway.clientId,
    PARTYLINE_CLIENT_SECRET: gateway.clientSecret,
  };
}

function settingsOf(gateway: Gateway, options: SiteOptions): Record<string, string> {
  return {
    PORT: String(options.port ?? 0),
    ...(options.folder === undefined ? {} : { PARTYLINE_SITE: options.folder }),
    ...(options.timing === undefined ? {} : { PARTYLINE_TIMING: JSON.stringify(options.timing) }),
    ...addressesOf(gateway),
    PARTYLINE_SESSION_SECRET: secrets.session,
  };
}

/** The built demo, served by its own server in another process, against the test's gateway. */
export async function startSite(gateway: Gateway, options: SiteOptions = {}): Promise<Site> {
  const host = SiteHost.current();
  let printed = '';
  const stopReading = host.onPrinted((text) => {
    printed += text;
  });
  const { id, url } = await host.open(settingsOf(gateway, options)).catch((error: unknown) => {
    stopReading();
    throw error;
  });
  let closing: Promise<void> | null = null;
  return {
    url,
    printed: () => printed,
    close: () => {
      closing ??= host.close(id).then(() => {
        stopReading();
        const found = secretsIn(printed);
        if (printed.includes(gateway.clientSecret)) found.push('the client secret');
        if (found.length > 0) throw new Error(`the site printed secrets: ${found.join(', ')}`);
      });
      return closing;
    },
  };
}
