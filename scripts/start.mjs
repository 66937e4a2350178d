import { spawn } from 'node:child_process';
import { build } from './build.mjs';
import { dialectOf, ensureDependencies, isHelpWanted, main, root } from './setup.mjs';

const help = `npm start: sets up what is missing, builds, and serves the demo.

  npm start -- --dialect genesys-cloud   the emulator speaks Genesys Cloud's own API

Environment
  PORT                      where the site listens, on 127.0.0.1             (8080)
  GATEWAY_PORT              where the gateway emulator listens               (8081)
  PARTYLINE_TIMING          times of the hub in ms, as JSON                (its defaults)
  PARTYLINE_DATA            a folder in which the emulator keeps its data    (in memory)
  DATABASE_URL              PostgreSQL for the emulator, instead of that
  PARTYLINE_SESSION_SECRET  signs the visitors' cookies, 32 characters or more
                            (made once, kept in .partyline/session-secret)
  REDIS_URL                 Redis or Valkey, for rate limits that several servers share
  PARTYLINE_SITE            another folder with a built site                 (demo/build/site)

  PARTYLINE_DIALECT         what the emulator speaks, as --dialect says      (webchat)

To work against a Genesys Cloud deployment instead of the emulator, set both of
  PARTYLINE_GENESYS_DEPLOYMENT_ID   the messenger deployment's id
  PARTYLINE_GENESYS_REGION          its region, such as eu-west-1 or mypurecloud.ie
and, for sending files, the origin of its upload addresses, for the pages' policy:
  PARTYLINE_GENESYS_UPLOADS         such as https://uploads.example

To work against a gateway of your own instead of the emulator, set all of
  PARTYLINE_SOCKET_URL      its WebSocket, a whole URL
  PARTYLINE_API_URL         the origin of its REST
  PARTYLINE_OAUTH_URL       its OAuth token address, a whole URL
  PARTYLINE_CLIENT_ID       the client id
  PARTYLINE_CLIENT_SECRET   the client secret
`;

/** Runs the server in the foreground, and goes when it goes. */
function serve() {
  const server = spawn(process.execPath, ['demo/build/server/index.js'], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...dialectOf() },
  });
  // After Ctrl+C the server gets the signal twice, from the terminal and from here, which it bears;
  // a signal sent to this process alone would not reach it otherwise.
  process.on('SIGINT', () => server.kill('SIGINT'));
  process.on('SIGTERM', () => server.kill('SIGTERM'));
  server.on('exit', (code) => process.exit(code ?? 1));
  server.on('error', (error) => {
    console.error(error);
    process.exit(1);
  });
}

await main(() => {
  if (isHelpWanted()) {
    console.log(help);
    return;
  }
  ensureDependencies();
  build({ weighs: false });
  serve();
});
