import { type HubNameMessage, hubChannel } from '../protocol/hub-name.ts';
import { genesysWebchat as createWebchat } from '../protocol/webchat/index.ts';
import { genesysCloud as createGenesysCloud } from './genesys-cloud/extension.ts';
import { HubCoordinator } from './host/coordinator.ts';
import { unsupportedHost } from './host/hub.ts';
import { Log } from './host/log.ts';
import { acceptConnections } from './host/ports.ts';
import { checkOptions, type HubOptions } from './options.ts';
import { encryptRows as createRowCipher } from './store/encrypted-rows.ts';

export { type ErrorCode, PartylineError } from '../protocol/errors.ts';
export type { GatewayAdapter } from '../protocol/gateway/adapter.ts';
export type { GenesysCloudOptions } from '../protocol/genesys-cloud/index.ts';
export type { RoutingLogLine } from '../protocol/routing.ts';
export type { GenesysWebchatOptions } from '../protocol/webchat/index.ts';
export type { Limits, RoutingPolicy, Timing } from './core/settings.ts';
export type { AttributesSchema } from './host/attributes.ts';
export type { HubGateway, HubOptions } from './options.ts';
export type { EncryptRowsOptions, RowCipher } from './store/encrypted-rows.ts';

// Constants, not re-exports: a site would import those from several modules of the package, and webpack
// joins the modules into one only below a single one.

/**
 * The webchat dialect: auth frame, sequence numbers, message ids of the client. See docs/protocol.md and
 * the guide that it cites.
 *
 * @throws {PartylineError} `invalid-option`: the message names the option.
 */
export const genesysWebchat: typeof createWebchat = createWebchat;

/**
 * The dialect of Genesys Cloud's Web Messaging Guest API: see docs/genesys-cloud.md. It was built from
 * public sources and has not been tried against a live organisation yet.
 *
 * @throws {PartylineError} `invalid-option`, naming the option.
 */
export const genesysCloud: typeof createGenesysCloud = createGenesysCloud;

/**
 * For `encrypted` of `startHub`: encrypts texts, names and the draft in the browser's storage, with a key
 * that scripts can't extract. docs/security.md says what it protects against, and what it costs.
 */
export const encryptRows: typeof createRowCipher = createRowCipher;

/**
 * Makes this SharedWorker the hub of the origin, or this dedicated Worker where the browser has no
 * SharedWorker. Call it at the top of the site's hub file, not after an `await`: the hub would miss
 * the tabs that connect before the call.
 *
 * @throws {PartylineError} `invalid-option`: an option is invalid (the message names it), or this is not a
 *   worker.
 */
export function startHub(options: HubOptions): void {
  const checked = checkOptions(options);
  const scope: unknown = globalThis;
  const log = new Log();
  if (typeof SharedWorkerGlobalScope !== 'undefined' && scope instanceof SharedWorkerGlobalScope) {
    const coordinator = new HubCoordinator(checked, 'shared-worker', log);
    scope.onconnect = ({ ports }) => {
      const [port] = ports;
      if (port) coordinator.connect(port);
    };
    return;
  }
  if (
    typeof DedicatedWorkerGlobalScope !== 'undefined' &&
    scope instanceof DedicatedWorkerGlobalScope
  ) {
    const coordinator = new HubCoordinator(checked, 'tab', log);
    const { name } = checked;
    scope.postMessage({ type: 'partyline-hub-name', name } satisfies HubNameMessage);
    acceptConnections(
      (port, onGone) => coordinator.connect(port, onGone),
      log,
      new BroadcastChannel(hubChannel(name)),
    );
    return;
  }
  throw unsupportedHost();
}
