import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createApp } from './app.ts';
import { openGateway, type RunningGateway } from './gateway.ts';
import { isPortTaken, listen } from './listen.ts';
import { loadSessionSecret } from './session-secret.ts';
import { readSettings, type Settings, SettingsError } from './settings.ts';
import { readBuild } from './site.ts';

// This file runs as demo/build/server/start.js.
const repository = fileURLToPath(new URL('../../..', import.meta.url));

export interface RunningServer {
  readonly url: string;
  readonly gateway: RunningGateway;
  /** Closes the server, and the emulator if it runs one. */
  close(): Promise<void>;
}

/**
 * Starts the site, and the emulator if no external gateway is configured.
 *
 * @param env the settings, see README.md
 * @throws {SettingsError} if a setting is invalid
 */
export async function startServer(
  env: Readonly<Record<string, string | undefined>>,
): Promise<RunningServer> {
  const settings = readSettings(env);
  const siteFolder = settings.siteFolder ?? join(repository, 'demo/build/site');
  if (!existsSync(join(siteFolder, 'build.json'))) {
    throw new SettingsError(
      `There is no built site in ${siteFolder}: run \`npm run build\` first.`,
    );
  }
  const build = await readBuild(siteFolder);
  const sessionSecret =
    settings.sessionSecret ?? (await loadSessionSecret(join(repository, '.partyline')));

  const gateway = await openGateway(settings.gateway).catch((error: unknown) => {
    throw isPortTaken(error) ? takenPort(settings, 'GATEWAY_PORT') : error;
  });
  const cookieName = `partyline_visitor_${settings.port}`;
  const { redisUrl, timing } = settings;
  const app = createApp({
    gateway,
    siteFolder,
    build,
    sessionSecret,
    cookieName,
    timing,
    redisUrl,
  });
  const server = await listen(app, settings.port).catch(async (error: unknown) => {
    await gateway.close();
    throw isPortTaken(error) ? takenPort(settings, 'PORT') : error;
  });

  return {
    url: `http://127.0.0.1:${server.port}`,
    gateway,
    close: async () => {
      await server.close();
      await gateway.close();
    },
  };
}

function takenPort(settings: Settings, variable: 'PORT' | 'GATEWAY_PORT'): SettingsError {
  const port =
    variable === 'GATEWAY_PORT' && settings.gateway.kind === 'emulator'
      ? settings.gateway.port
      : settings.port;
  return new SettingsError(
    `Port ${port} is taken by another program: choose another with ${variable}=….`,
  );
}
