import type { Chat } from './chat.ts';
import { type ConnectOptions, checkOptions } from './options.ts';
import { PageChat } from './page-chat.ts';

/**
 * Attaches this page to the origin's one conversation. Returns at once; the snapshot fills in within
 * one round trip to the hub.
 *
 * @throws {PartylineError} `invalid-option`: the message names the option.
 */
export function connect(options: ConnectOptions): Chat {
  return new PageChat(checkOptions(options));
}
