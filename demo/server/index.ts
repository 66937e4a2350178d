import type { RunningGateway } from './gateway.ts';
import { SettingsError } from './settings.ts';
import { startServer } from './start.ts';

function closeOnSignal(close: () => Promise<void>): void {
  let isClosing = false;
  const onSignal = () => {
    // Ctrl+C can arrive twice: from the terminal and from `npm start`.
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
    `  Shop                ${site}/`,
    ...(gateway.agentUrl === null ? [] : [`  Agent desk          ${site}/desk/`]),
    `  Gateway             ${gateway.socketUrl}`,
    `                      ${gateway.apiUrl} (REST)`,
    ...(gateway.oauth === null ? [] : [`                      ${gateway.oauth.oauthUrl} (OAuth)`]),
    '',
    '  Press Ctrl+C to stop',
    '',
  ].join('\n');
}

async function main(): Promise<void> {
  const server = await startServer(process.env);
  closeOnSignal(server.close);
  console.log(banner(server.url, server.gateway));
}

main().catch((error: unknown) => {
  console.error(error instanceof SettingsError ? error.message : error);
  process.exit(1);
});
