import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createApp } from './app.ts';
import { openGateway, type RunningGateway } from './gateway.ts';
import { isPortTaken, listen } from './listen.ts';
import { loadSessionSecret } from './session-secret.ts';
import { readSettings, type Settings, SettingsError } from './settings.ts';
import { readBuild } from './site.ts';

// This file runs as demo/build/server/index.js.
const repository = fileURLToPath(new URL('../../..', import.meta.url));

async function start(): Promise<void> {
  const settings = readSettings(process.env);
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

  closeOnSignal(async () => {
    await server.close();
    await gateway.close();
  });
  console.log(banner(`http://127.0.0.1:${server.port}`, gateway));
}

function takenPort(settings: Settings, variable: 'PORT' | 'GATEWAY_PORT'): SettingsError {
  const port =
    variable === 'GATEWAY_PORT' && settings.gateway.kind === 'emulator'
      ? settings.gateway.port
      : settings.port;
  return new SettingsError(
    `Port ${port} is taken by another program: choose another with ${variable}=… npm start.`,
  );
}

function closeOnSignal(close: () => Promise<void>): void {
  let isClosing = false;
  const onSignal = () => {
    // The same Ctrl+C can arrive twice, from the terminal and from `npm start`.
    if (isClosing) return;
    isClosing = true;
    close().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
}

function banner(site: string, gateway: RunningGateway): string {
  return [
    '',
    `  The shop            ${site}/`,
    ...(gateway.agentUrl === null ? [] : [`  The agents' desk    ${site}/desk/`]),
    `  The gateway         ${gateway.socketUrl}`,
    `                      ${gateway.apiUrl} (REST)`,
    ...(gateway.oauth === null ? [] : [`                      ${gateway.oauth.oauthUrl} (OAuth)`]),
    '',
    '  Press Ctrl+C to stop',
    '',
  ].join('\n');
}

start().catch((error: unknown) => {
  console.error(error instanceof SettingsError ? error.message : error);
  process.exit(1);
});
