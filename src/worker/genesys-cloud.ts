import { contentsSchema } from '../protocol/content-schema.ts';
import {
  genesysCloud as dialect,
  type GenesysCloudOptions,
} from '../protocol/genesys-cloud/index.ts';
import { guestRules, identityRules } from './core/guest.ts';
import type { HubGateway } from './options.ts';
import { RestTokens } from './rest-token.ts';
import { SessionTokens } from './session-tokens.ts';
import { findAlike } from './store/alike.ts';
import { Uploads } from './uploads.ts';

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
    rules: adapter.sessions.authentication ? identityRules : guestRules,
    contents: contentsSchema,
    findAlike,
    supply: (hub) => {
      const restTokens = new RestTokens(() => hub.send({ type: 'rest-token' }));
      const uploads = new Uploads(hub, options.uploads ?? {});
      return {
        tokens: new SessionTokens(adapter.sessions, (what, cause) => hub.logError(what, cause)),
        restTokens,
        files: uploads.call,
        hear(event) {
          if (event.type === 'session' && event.isConnected) restTokens.opened();
          if (event.type !== 'rest-token') return uploads.hear(event);
          restTokens.take(event);
          return null;
        },
        forget() {
          restTokens.forget();
          uploads.forget();
        },
      };
    },
  };
}
