import { contentsSchema } from '../../protocol/content-schema.ts';
import type { GatewayCommand, SessionContext } from '../../protocol/gateway/commands.ts';
import type { GatewayEvent } from '../../protocol/gateway/events.ts';
import type { ExtensionHost, GatewayExtension } from '../../protocol/gateway/extension.ts';
import type { TokenSource } from '../../protocol/gateway/tokens.ts';
import {
  genesysCloud as dialect,
  type GenesysCloudAdapter,
  type GenesysCloudOptions,
} from '../../protocol/genesys-cloud/index.ts';
import { RequestLimiter } from '../edges/request-limiter.ts';
import type { HubGateway } from '../options.ts';
import { findDuplicate } from '../store/same-message.ts';
import type { AllowedDomains } from './allowed-domains.ts';
import { sessionPolicy } from './core/session-policy.ts';
import { CredentialStore } from './credential-store.ts';
import { DeploymentSettings } from './deployment.ts';
import { HistoryTokens } from './history-token.ts';
import { Journey } from './journey.ts';
import { LazyCalls } from './lazy-calls.ts';
import { OpenRequests } from './open-requests.ts';
import { SessionCredentials } from './session-credentials.ts';

/**
 * The dialect of Genesys Cloud's Web Messaging Guest API: see docs/genesys-cloud.md. It was built from
 * public sources and has not been tried against a live organisation yet.
 *
 * @throws {PartylineError} `invalid-option`, naming the option.
 */
export function genesysCloud(options: GenesysCloudOptions): HubGateway & GenesysCloudAdapter {
  const adapter = dialect(options);
  return {
    ...adapter,
    sessionPolicy,
    contents: contentsSchema,
    findDuplicate,
    createExtension: (hub, hubName) => createExtension(hub, hubName, adapter, options),
  };
}

function createExtension(
  hub: ExtensionHost,
  hubName: string,
  adapter: GenesysCloudAdapter,
  options: GenesysCloudOptions,
): GatewayExtension {
  const logError = (what: string, cause: unknown) => hub.logError(what, cause);
  const settings = new DeploymentSettings(adapter.configurationUrl, logError);
  let domains: AllowedDomains | null = null;
  const restTokens = new HistoryTokens(() => hub.send({ type: 'rest-token' }));
  const limiter = new RequestLimiter(adapter.traits.rateLimits);
  const requests = new OpenRequests();
  const { sessions } = adapter;
  const journey = new Journey(sessions.journeyContext, sessions.isReturning);
  const calls = new LazyCalls(hub, async () => {
    const { PlatformCalls, putFileTo, Uploads } = await import('./on-demand.ts');
    const put = putFileTo(adapter.uploadOrigins, logError);
    return {
      platform: new PlatformCalls(hub, settings, requests, journey),
      uploads: new Uploads(hub, options.uploads ?? {}, settings, limiter, put),
    };
  });
  const credentials = new SessionCredentials(
    sessions,
    logError,
    new CredentialStore(sessions.deploymentId, hubName, logError),
    {
      journeyContext: (customerId) => journey.contextOf(customerId),
      allowsUpgrade: async () => {
        await settings.soon();
        // Without settings, the site's own option decides; the platform has the last word.
        return settings.current?.allowsUpgrade ?? true;
      },
    },
  );
  let isAutoStarted = false;

  return {
    tokens: new PreparedTokens(credentials, settings),
    restTokens,
    answer: calls.answer,
    complete(command) {
      const { customerId } = credentials;
      return customerId !== null && opensSession(command)
        ? { ...command, journeyContext: journey.contextOf(customerId) }
        : command;
    },
    shouldSend(command) {
      const { type } = command;
      const autoStart = options.autostart ?? settings.current?.autoStart ?? false;
      if (type === 'typing' && settings.current?.sendsTyping === false) return false;
      if (type === 'join' && (isAutoStarted || !autoStart)) return false;
      limiter.count();
      requests.onSent(command);
      return true;
    },
    onEvent(event) {
      requests.onEvent(event);
      if (event.type === 'session') {
        isAutoStarted = event.isAutoStarted;
        if (event.isConnected) restTokens.onSessionOpen();
      }
      if (event.type === 'rest-token') {
        restTokens.onToken(event);
        return null;
      }
      if (event.type === 'offer') {
        const { offer, offerId } = event;
        hub.send({ type: 'decline-offer', offer, offerId });
        return null;
      }
      if (isUnseen(event, settings)) return null;
      // An error without an id is attributed to one of them at most: the first that it can be about.
      const remaining = calls.onEvent(event);
      return remaining && restTokens.onEvent(remaining);
    },
    isInactive: () => settings.current?.isActive === false,
    async isOriginRefused() {
      try {
        const module = await import('./on-demand.ts');
        domains ??= new module.AllowedDomains(adapter.domainsUrl, logError);
      } catch (error) {
        logError('The code for a refused site could not be loaded', error);
        return false;
      }
      return domains.refuses(self.location.origin);
    },
    onConnectionClosed() {
      requests.onConnectionClosed();
      restTokens.onConnectionClosed();
      calls.onConnectionClosed();
    },
    // The credentials change with the token that names the next visitor, or with `end`.
    onVisitorChange() {
      isAutoStarted = false;
      requests.onConnectionClosed();
      restTokens.onConnectionClosed();
      calls.onVisitorChange();
      journey.onVisitorChange();
    },
  };
}

function opensSession(command: GatewayCommand): command is Extract<GatewayCommand, SessionContext> {
  switch (command.type) {
    case 'authenticate':
    case 'open-conversation':
    case 'resume-conversation':
      return true;
    default:
      return false;
  }
}

/** Whether the deployment hides typing indicators from visitors. */
function isUnseen(event: GatewayEvent, { current }: DeploymentSettings): boolean {
  return event.type === 'typing' && current?.showsTyping === false;
}

/** Waits for the deployment's settings, but not long, before a session is opened. */
class PreparedTokens implements TokenSource {
  readonly #tokens: TokenSource;
  readonly #settings: DeploymentSettings;

  constructor(tokens: TokenSource, settings: DeploymentSettings) {
    this.#tokens = tokens;
    this.#settings = settings;
  }

  readonly current = () => this.#tokens.current();

  drop(isRefused: boolean): void {
    this.#tokens.drop(isRefused);
  }

  endSession(): Promise<void> {
    return this.#tokens.endSession();
  }

  async fetch(...args: Parameters<TokenSource['fetch']>): ReturnType<TokenSource['fetch']> {
    const [result] = await Promise.all([this.#tokens.fetch(...args), this.#settings.soon()]);
    return result;
  }
}
