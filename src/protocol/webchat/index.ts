import { regex, strictObject, string } from 'zod/mini';
import { describeIssue, PartylineError } from '../errors.ts';
import type { GatewayAdapter } from '../gateway/adapter.ts';
import { decodeResponse, encodeRequest } from './rest.ts';
import { closeMeaning, decodeFrame, encodeFrame } from './socket.ts';

const optionsSchema = strictObject({
  socketUrl: string().check(regex(/^wss?:\/\/[^/\s]+/, 'must be a ws: or wss: URL')),
  apiUrl: string().check(
    regex(/^https?:\/\/[^/\s]+\/?$/, 'must be an origin, such as https://api.example'),
  ),
});

export interface GenesysWebchatOptions {
  /** The absolute URL of the socket, such as `wss://gateway.example/webchat`. */
  readonly socketUrl: string;
  /** The origin of the REST API, such as `https://api.example`. */
  readonly apiUrl: string;
}

/**
 * The webchat dialect: auth frame, sequence numbers, message ids of the client. See docs/protocol.md and
 * the guide that it cites.
 *
 * @throws {PartylineError} `invalid-option`: the message names the option.
 */
export function genesysWebchat(options: GenesysWebchatOptions): GatewayAdapter {
  const result = optionsSchema.safeParse(options);
  if (!result.success) {
    throw new PartylineError('invalid-option', `genesysWebchat: ${describeIssue(result.error)}`);
  }
  const { socketUrl } = result.data;
  const apiUrl = result.data.apiUrl.replace(/\/$/, '');
  return {
    dialect: 'genesys-webchat',
    traits: {
      authentication: 'frame',
      sequences: true,
      idempotentSend: true,
      restSend: true,
      history: 'since',
      minimumPingInterval: 0,
      routingApi: true,
      maximumTextLength: 4096,
    },
    socketUrl,
    encode: encodeFrame,
    decode: decodeFrame,
    closeMeaning,
    request: (call, token) => encodeRequest(apiUrl, call, token),
    response: decodeResponse,
  };
}
