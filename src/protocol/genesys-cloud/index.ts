import {
  array,
  boolean,
  exactOptional,
  gte,
  type infer as Infer,
  int,
  json,
  literal,
  maxLength,
  minLength,
  nullable,
  record,
  refine,
  regex,
  strictObject,
  string,
  union,
} from 'zod/mini';
import { describeIssue, PartylineError } from '../errors.ts';
import type { UploadRules } from '../files.ts';
import type { CloseMeaning, GatewayAdapter, RateLimits } from '../gateway/adapter.ts';
import type { SessionSettings } from '../gateway/tokens.ts';
import { decodeFrame } from './decode.ts';
import { encodeFrame, packCredential } from './encode.ts';
import { domainOf } from './regions.ts';
import { decodeResponse, encodeRequest } from './rest.ts';

export interface GenesysCloudOptions {
  /** The messenger deployment's id, from Admin > Message > Messenger Deployments. */
  readonly deploymentId: string;
  /** An AWS region such as `eu-west-1`, or the domain such as `mypurecloud.ie`. */
  readonly region?: string;
  /** The same as `region`; give one of them. */
  readonly domain?: string;
  /** An origin that stands for the platform's: a proxy, or the emulator. @default the region's own */
  readonly endpoint?: string;
  /** Names this client to the platform. @default 'partyline' */
  readonly application?: string;
  /** Sent with every message, for the deployment's flow to read; 1,800 bytes at most. */
  readonly customAttributes?: Readonly<Record<string, string>>;
  /**
   * Begins a conversation (Presence `Join`) before anything was said.
   * @default what the deployment's settings say
   */
  readonly autostart?: boolean;
  /**
   * For the platform's predictive engagement, sent when a session is opened: `customer`,
   * `customerSession` and `triggeringAction`, as its documentation has them. @default none
   */
  readonly journeyContext?: Readonly<Record<string, unknown>>;
  /**
   * The site's endpoint, on its own origin, that answers `{ subject }` for whoever is signed in, and
   * 401 for nobody: each visitor has a session of their own. @default none: one a browser
   */
  readonly visitorUrl?: string;
  /**
   * For deployments with authentication: the site's endpoint, on its own origin, that answers with a
   * fresh code of the identity provider: `{ code, subject, redirectUri?, codeVerifier? }`.
   * @default none: guests
   */
  readonly codeUrl?: string;
  /**
   * Files that visitors may send, besides what the deployment itself allows. `false`: none.
   * @default what the deployment allows
   */
  readonly uploads?: false | Partial<UploadRules>;
}

const own = exactOptional(string().check(minLength(1), maxLength(2_048)));
const name = string().check(regex(/^[a-z0-9.-]{1,253}$/i, 'must be a region or a domain'));

/** The platform's 2,048 bytes, less what is added to each message. */
const attributeBytes = 1_800;

const texts = exactOptional(array(string().check(minLength(1), maxLength(256))));

const uploadsSchema = strictObject({
  mimeTypes: texts,
  blockedExtensions: texts,
  maximumSize: exactOptional(nullable(int().check(gte(1)))),
});

const optionsSchema = strictObject({
  deploymentId: string().check(regex(/^[\w.~-]{1,128}$/, 'must be a deployment’s id')),
  region: exactOptional(name),
  domain: exactOptional(name),
  endpoint: exactOptional(
    string().check(
      regex(/^https?:\/\/[^/\s]+\/?$/, 'must be an origin, such as https://x.example'),
    ),
  ),
  application: own,
  customAttributes: exactOptional(record(string(), string())),
  autostart: exactOptional(boolean()),
  journeyContext: exactOptional(record(string(), json())),
  visitorUrl: own,
  codeUrl: own,
  uploads: exactOptional(union([literal(false), uploadsSchema])),
}).check(
  refine(
    ({ region, domain, endpoint }) =>
      (region !== undefined && domain !== undefined) === false &&
      (region ?? domain ?? endpoint) !== undefined,
    'region: one of region and domain is needed',
  ),
  refine(
    ({ customAttributes }) => utf8Length(JSON.stringify(customAttributes ?? {})) <= attributeBytes,
    `customAttributes: must have at most ${attributeBytes} bytes`,
  ),
);

/**
 * From the public documentation of the Guest API's limits. Of the sixty requests a minute twelve are
 * kept for what can't wait: tokens for the history, the opening and the end of a session.
 */
const rateLimits: RateLimits = {
  pings: { count: 2, window: 60_000 },
  messages: { count: 5, window: 1_000 },
  requests: { count: 48, window: 60_000 },
  history: { count: 10, window: 60_000 },
  typing: 5_000,
};

/** With what only this dialect's hubs need. */
export interface GenesysCloudAdapter extends GatewayAdapter {
  readonly sessions: SessionSettings;
  /** Where the deployment's own settings are. */
  readonly configurationUrl: string;
}

/**
 * The dialect of Genesys Cloud's Web Messaging Guest API: see docs/genesys-cloud.md. Built from public
 * sources and not yet tried against a live organisation.
 *
 * @throws {PartylineError} `invalid-option`, naming the option.
 */
export function genesysCloud(options: GenesysCloudOptions): GenesysCloudAdapter {
  const result = optionsSchema.safeParse(options);
  if (!result.success) {
    throw new PartylineError('invalid-option', `genesysCloud: ${describeIssue(result.error)}`);
  }
  const { deploymentId, codeUrl } = result.data;
  const { socketUrl, apiUrl, configurationUrl } = addresses(result.data);
  const tokens = `${apiUrl}/api/v2/webdeployments/token`;
  const settings = {
    deploymentId,
    customAttributes: result.data.customAttributes ?? {},
    autostart: result.data.autostart !== false,
    journeyContext: result.data.journeyContext ?? null,
  };
  return {
    dialect: 'genesys-cloud',
    configurationUrl,
    traits: {
      authentication: 'session',
      isShared: codeUrl !== undefined,
      sequences: false,
      idempotentSend: false,
      restSend: false,
      history: 'newest',
      minimumPingInterval: 30_000,
      maximumTextLength: 4_096,
      maximumTextBytes: 4_096,
      rateLimits,
    },
    socketUrl,
    sessions: {
      deploymentId,
      visitorUrl: result.data.visitorUrl ?? null,
      authentication:
        codeUrl === undefined
          ? null
          : {
              codeUrl,
              exchangeUrl: `${tokens}/oauthcodegrantjwtexchange`,
              refreshUrl: `${tokens}/refresh`,
              revokeUrl: `${tokens}/revoke`,
            },
      credential: packCredential,
    },
    encode: (command, credential) => encodeFrame(settings, command, credential),
    decode: decodeFrame,
    closeMeaning,
    request: (call, token) => encodeRequest(apiUrl, call, token),
    response: decodeResponse,
  };
}

interface Addresses {
  readonly socketUrl: string;
  readonly apiUrl: string;
  readonly configurationUrl: string;
}

function addresses(options: Infer<typeof optionsSchema>): Addresses {
  const { deploymentId, region, domain, endpoint, application = 'partyline' } = options;
  const query = `deploymentId=${encodeURIComponent(deploymentId)}&application=${encodeURIComponent(application)}`;
  const path = `/webdeployments/v1/deployments/${encodeURIComponent(deploymentId)}/config.json`;
  if (endpoint !== undefined) {
    const origin = endpoint.replace(/\/$/, '');
    return {
      socketUrl: `${origin.replace(/^http/, 'ws')}/v1?${query}`,
      apiUrl: origin,
      configurationUrl: `${origin}${path}`,
    };
  }
  const host = domainOf(region ?? domain ?? '');
  return {
    socketUrl: `wss://webmessaging.${host}/v1?${query}`,
    apiUrl: `https://api.${host}`,
    configurationUrl: `https://api-cdn.${host}${path}`,
  };
}

/** A close says little here: what matters comes in a frame before it. */
function closeMeaning(code: number): CloseMeaning {
  return code === 1008 || code === 1009 ? 'client-bug' : 'network';
}

function utf8Length(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
  }
  return bytes;
}
