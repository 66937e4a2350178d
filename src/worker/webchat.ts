import {
  genesysWebchat as dialect,
  type GenesysWebchatOptions,
} from '../protocol/webchat/index.ts';
import type { HubGateway } from './options.ts';
import { findDerivedDuplicate } from './store/same-message.ts';

/**
 * The webchat dialect: auth frame, sequence numbers, message ids of the client. See docs/protocol.md and
 * the guide that it cites.
 *
 * @throws {PartylineError} `invalid-option`: an option is invalid (the message names it), such as a
 *   `socketUrl` with a query, or `ws:` for another host than loopback without `allowInsecure`.
 */
export function genesysWebchat(options: GenesysWebchatOptions): HubGateway {
  return { ...dialect(options), findDuplicate: findDerivedDuplicate };
}
