import { contentsSchema } from '../protocol/content-schema.ts';
import {
  genesysCloud as dialect,
  type GenesysCloudOptions,
} from '../protocol/genesys-cloud/index.ts';
import { guestRules } from './core/guest.ts';
import type { HubGateway } from './options.ts';
import { RestTokens } from './rest-token.ts';
import { SessionTokens } from './session-tokens.ts';

/**
 * The dialect of Genesys Cloud's Web Messaging Guest API: see docs/genesys-cloud.md. Built from public
 * sources and not yet tried against a live organisation.
 *
 * @throws {PartylineError} `invalid-option`, naming the option.
 */
export function genesysCloud(options: GenesysCloudOptions): HubGateway {
  const adapter = dialect(options);
  return {
    ...adapter,
    rules: guestRules,
    contents: contentsSchema,
    supply: ({ askRestToken, logError }) => ({
      tokens: new SessionTokens(adapter.sessions, logError),
      restTokens: new RestTokens(askRestToken),
    }),
  };
}
