import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Gateway } from '../../../src/testing/index.ts';
import type { Timing } from '../../../src/worker/index.ts';
import { secrets, secretsIn } from '../../support/secrets.ts';

const server = fileURLToPath(new URL('../../../demo/build/server/index.js', import.meta.url));

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

/** The built demo, served by its own server in a process of its own, against the test's gateway. */
export async function startSite(gateway: Gateway, options: SiteOptions = {}): Promise<Site> {
  const child = spawn(process.execPath, [server], {
    env: {
      PATH: process.env.PATH,
      PORT: String(options.port ?? 0),
      ...(options.folder === undefined ? {} : { PARTYLINE_SITE: options.folder }),
      ...(options.timing === undefined ? {} : { PARTYLINE_TIMING: JSON.stringify(options.timing) }),
      ...addressesOf(gateway),
      PARTYLINE_SESSION_SECRET: secrets.session,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  child.stderr.on('data', (chunk: Buffer) => {
    printed += chunk;
    process.stderr.write(chunk);
  });
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      printed += chunk;
      const [address] = /http:\/\/127\.0\.0\.1:\d+/.exec(printed) ?? [];
      if (address) resolve(address);
    });
    child.once('exit', (code) => reject(new Error(`the site ended with ${code}: ${printed}`)));
  });
  return {
    url,
    printed: () => printed,
    close: async () => {
      if (child.exitCode !== null) return;
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
      const found = secretsIn(printed);
      if (printed.includes(gateway.clientSecret)) found.push('the client secret');
      if (found.length > 0) throw new Error(`the site printed secrets: ${found.join(', ')}`);
    },
  };
}
