import {
  array,
  boolean,
  custom,
  exactOptional,
  gte,
  type infer as Infer,
  int,
  literal,
  maxLength,
  minLength,
  nullable,
  refine,
  regex,
  strictObject,
  string,
  union,
} from 'zod/mini';
import { describeIssue, PartylineError } from '../errors.ts';
import type { UploadRules } from '../files.ts';
import type { CloseMeaning, GatewayAdapter, RateLimits } from '../gateway/adapter.ts';
import type { JourneyContext } from '../gateway/commands.ts';
import type { SessionSettings } from '../gateway/tokens.ts';
import { isJson } from '../json.ts';
import { utf8Length } from '../utf8.ts';
import { decodeFrame } from './decode.ts';
import { encodeFrame, packCredential } from './encode.ts';
import { domainOf, regionNames, uploadOriginOf } from './regions.ts';
import { decodeResponse, encodeRequest } from './rest.ts';

export interface GenesysCloudOptions {
  /** Id of the messenger deployment: Admin > Message > Messenger Deployments. */
  readonly deploymentId: string;
  /** The region's AWS name (`eu-west-1`), short name (`euw1`) or domain (`mypurecloud.ie`). */
  readonly region?: string;
  /** Same as `region`; set only one of them. */
  readonly domain?: string;
  /** Origin to use instead of the region's, for a proxy or the emulator. @default the region's */
  readonly endpoint?: string;
  /** Name of this client in requests to the platform. @default 'partyline' */
  readonly application?: string;
  /** Sent with every message, for the deployment's flow; at most 1,800 bytes as JSON. */
  readonly customAttributes?: Readonly<Record<string, string>>;
  /**
   * Whether to start the conversation (Presence `Join`) before the visitor's first message.
   * @default the deployment's setting
   */
  readonly autostart?: boolean;
  /**
   * Data for Genesys Predictive Engagement, the same for all visitors: `customer`, `customerSession` and
   * `triggeringAction` as in its documentation. What differs between visitors comes from the page:
   * `setJourneyContext` of `chat.platform()`. @default none
   */
  readonly journeyContext?: JourneyContext;
  /**
   * Whether agents see one returning visitor over several conversations: the same session token, and a
   * random `customer` id of the type `cookie` in the journey context. `false`: a guest is a new visitor in
   * each conversation. @default true
   */
  readonly returningVisitors?: boolean;
  /**
   * The site's endpoint, on its own origin, that returns `{ subject }` of the signed-in visitor, or 401 if
   * there is none. Each visitor then has a separate session. @default none: one session per browser
   */
  readonly visitorUrl?: string;
  /**
   * For deployments with authentication: the site's endpoint, on its own origin, that returns a new
   * authorization code of the identity provider, `{ subject, code, redirectUri?, codeVerifier?, nonce?,
   * maxAge?, iss? }`, or its token in the implicit flow, `{ subject, idToken, nonce }`. `nonce` and `maxAge`
   * (seconds) are required if the authentication request had them. 401: nobody is signed in.
   * @default none: anonymous sessions
   */
  readonly codeUrl?: string;
  /**
   * With `codeUrl`: whether people who are not signed in can chat as guests. When a guest signs in, the open
   * conversation goes on as theirs, unless the deployment does not allow that (`allowSessionUpgrade`).
   * @default false
   */
  readonly stepUp?: boolean;
  /**
   * Further restricts the files that visitors can send. `false`: no files. `origins` are upload servers
   * besides the region's own, such as `https://files.example`; the site's own origin is never one.
   * @default what the deployment allows, to the region's upload server or the `endpoint`
   */
  readonly uploads?: false | (Partial<UploadRules> & { readonly origins?: readonly string[] });
}

const optionalString = exactOptional(string().check(minLength(1), maxLength(2_048)));
const region = string().check(
  refine(
    (name) => domainOf(name) !== null,
    `must be a region's domain, such as mypurecloud.ie, or one of ${regionNames}`,
  ),
);

/** The platform's limit of 2,048 bytes, less the attributes that partyline adds to a message. */
const attributeBytes = 1_800;

const texts = exactOptional(array(string().check(minLength(1), maxLength(256))));

const originSchema = string().check(
  regex(/^https?:\/\/[^/\s]+\/?$/, 'must be an origin, such as https://x.example'),
);

const uploadsSchema = strictObject({
  mimeTypes: texts,
  blockedExtensions: texts,
  maximumSize: exactOptional(nullable(int().check(gte(1)))),
  origins: exactOptional(array(originSchema)),
});

function isJsonObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && isJson(value);
}

function isStringMap(value: unknown): boolean {
  return isJsonObject(value) && Object.values(value).every((part) => typeof part === 'string');
}

const optionsSchema = strictObject({
  deploymentId: string().check(
    regex(/^[\w.~-]{1,128}$/, 'must be the id of a messenger deployment'),
  ),
  region: exactOptional(region),
  domain: exactOptional(region),
  endpoint: exactOptional(originSchema),
  application: optionalString,
  customAttributes: exactOptional(
    custom<Record<string, string>>(isStringMap, 'must map names to strings'),
  ),
  autostart: exactOptional(boolean()),
  journeyContext: exactOptional(
    custom<Record<string, unknown>>(isJsonObject, 'must be a JSON object'),
  ),
  returningVisitors: exactOptional(boolean()),
  stepUp: exactOptional(boolean()),
  visitorUrl: optionalString,
  codeUrl: optionalString,
  uploads: exactOptional(union([literal(false), uploadsSchema])),
}).check(
  refine(
    ({ region, domain, endpoint }) =>
      (region !== undefined && domain !== undefined) === false &&
      (region ?? domain ?? endpoint) !== undefined,
    'region: set either region or domain',
  ),
  refine(
    ({ stepUp, codeUrl }) => stepUp !== true || codeUrl !== undefined,
    'stepUp: needs codeUrl, which names the people who sign in',
  ),
  refine(
    ({ customAttributes }) => utf8Length(JSON.stringify(customAttributes ?? {})) <= attributeBytes,
    `customAttributes: must have at most ${attributeBytes} bytes as JSON`,
  ),
);

/**
 * From the public documentation of the Guest API's limits. 12 of the 60 requests per minute are reserved
 * for what can't wait: history tokens, and opening and ending a session.
 */
const rateLimits: RateLimits = {
  pings: { count: 2, window: 60_000 },
  messages: { count: 5, window: 1_000 },
  requests: { count: 48, window: 60_000, reserve: 12 },
  history: { count: 10, window: 60_000 },
  typing: 5_000,
};

/** An adapter with what only this dialect's hub needs. */
export interface GenesysCloudAdapter extends GatewayAdapter {
  readonly sessions: SessionSettings;
  /** URL of the deployment's settings. */
  readonly configurationUrl: string;
  /** URL of the list of sites that may use the deployment. */
  readonly domainsUrl: string;
  /** Origins to which files may be uploaded. */
  readonly uploadOrigins: readonly string[];
}

/**
 * The dialect of Genesys Cloud's Web Messaging Guest API: see docs/genesys-cloud.md. Built from public
 * sources, and not yet tested against a live organization.
 *
 * @throws {PartylineError} `invalid-option`: the message names the option.
 */
export function genesysCloud(options: GenesysCloudOptions): GenesysCloudAdapter {
  const result = optionsSchema.safeParse(options);
  if (!result.success) {
    throw new PartylineError('invalid-option', `genesysCloud: ${describeIssue(result.error)}`);
  }
  const { deploymentId, codeUrl, returningVisitors = true, stepUp = false } = result.data;
  const { socketUrl, apiUrl, configurationUrl, domainsUrl } = addresses(result.data);
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
    domainsUrl,
    uploadOrigins: uploadOrigins(result.data),
    traits: {
      authentication: 'session',
      isShared: codeUrl !== undefined,
      reusesToken: returningVisitors,
      allowsStepUp: stepUp,
      sequences: false,
      idempotentSend: false,
      restSend: false,
      history: 'newest',
      minimumPingInterval: 30_000,
      maximumTextLength: 4_096,
      maximumTextBytes: 4_096,
      maximumAttributeBytes: attributeBytes,
      rateLimits,
    },
    socketUrl,
    sessions: {
      deploymentId,
      visitorUrl: result.data.visitorUrl ?? null,
      isReturning: returningVisitors,
      allowsGuests: stepUp,
      journeyContext: settings.journeyContext,
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

function uploadOrigins({
  endpoint,
  region,
  domain,
  uploads,
}: Infer<typeof optionsSchema>): readonly string[] {
  const known = endpoint ?? uploadOriginOf(region ?? domain ?? '');
  const named = uploads ? (uploads.origins ?? []) : [];
  return [known, ...named].flatMap((url) => (url ? [url.replace(/\/$/, '')] : []));
}

interface Addresses {
  readonly socketUrl: string;
  readonly apiUrl: string;
  readonly configurationUrl: string;
  readonly domainsUrl: string;
}

function addresses(options: Infer<typeof optionsSchema>): Addresses {
  const { deploymentId, region, domain, endpoint, application = 'partyline' } = options;
  const query = `deploymentId=${encodeURIComponent(deploymentId)}&application=${encodeURIComponent(application)}`;
  const path = `/webdeployments/v1/deployments/${encodeURIComponent(deploymentId)}`;
  if (endpoint !== undefined) {
    const origin = endpoint.replace(/\/$/, '');
    return {
      socketUrl: `${origin.replace(/^http/, 'ws')}/v1?${query}`,
      apiUrl: origin,
      configurationUrl: `${origin}${path}/config.json`,
      domainsUrl: `${origin}${path}/domains.json`,
    };
  }
  // The schema has checked it.
  const host = domainOf(region ?? domain ?? '') ?? '';
  return {
    socketUrl: `wss://webmessaging.${host}/v1?${query}`,
    apiUrl: `https://api.${host}`,
    configurationUrl: `https://api-cdn.${host}${path}/config.json`,
    domainsUrl: `https://api-cdn.${host}${path}/domains.json`,
  };
}

/** Close codes carry little information: the reason arrives in a frame before the close. */
function closeMeaning(code: number): CloseMeaning {
  return code === 1008 || code === 1009 ? 'client-bug' : 'network';
}
