import { boolean, optional, strictObject, string } from 'zod/mini';
import { describeIssue, PartylineError } from '../errors.ts';
import type { GatewayAdapter } from '../gateway/adapter.ts';
import { apiUrlProblem, socketUrlProblem } from './addresses.ts';
import { decodeResponse, encodeRequest } from './rest.ts';
import { closeMeaning, decodeFrame, encodeFrame } from './socket.ts';

const optionsSchema = strictObject({
  socketUrl: string(),
  apiUrl: string(),
  allowInsecure: optional(boolean()),
});

export interface GenesysWebchatOptions {
  /** The absolute URL of the socket, such as `wss://gateway.example/webchat`. Without query and fragment. */
  readonly socketUrl: string;
  /** The origin of the REST API, such as `https://api.example`. */
  readonly apiUrl: string;
  /**
   * Whether `ws:` and `http:` are accepted for hosts other than `localhost`, `*.localhost`, `127.0.0.0/8`
   * and `[::1]`. Tokens and messages then cross the network unencrypted: for test networks only.
   * @default false
   */
  readonly allowInsecure?: boolean;
}

/**
 * The webchat dialect: auth frame, sequence numbers, message ids of the client. See docs/protocol.md and
 * the guide that it cites.
 *
 * @throws {PartylineError} `invalid-option`: the message names the option.
 */
export function genesysWebchat(options: GenesysWebchatOptions): GatewayAdapter {
  const result = optionsSchema.safeParse(options);
  if (!result.success) throw invalidOption(describeIssue(result.error));
  const { socketUrl, allowInsecure = false } = result.data;
  const socketProblem = socketUrlProblem(socketUrl, allowInsecure);
  if (socketProblem !== null) throw invalidOption(`socketUrl: ${socketProblem}`);
  const apiProblem = apiUrlProblem(result.data.apiUrl, allowInsecure);
  if (apiProblem !== null) throw invalidOption(`apiUrl: ${apiProblem}`);
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

function invalidOption(problem: string): PartylineError {
  return new PartylineError('invalid-option', `genesysWebchat: ${problem}`);
}
