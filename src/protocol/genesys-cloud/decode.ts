import type { UploadRules } from '../files.ts';
import type { GatewayEvent, SessionLife } from '../gateway/events.ts';
import { parseJson } from '../json.ts';
import { toErrorEvents } from './errors.ts';
import { lenientNumber, nonEmptyString } from './lenient.ts';
import { isVisitors, toEvents, writtenId } from './messages.ts';
import { requestIds } from './request-ids.ts';
import * as schema from './schemas.ts';

/** Longer frames are rejected without parsing. In UTF-16 code units. */
const maximumLength = 1_048_576;

export function decodeFrame(text: string): readonly GatewayEvent[] {
  // Untyped code may pass any value.
  if (typeof text !== 'string') return [{ type: 'invalid', reason: 'Frame is not text.' }];
  if (text.length > maximumLength) return [{ type: 'invalid', reason: 'Frame exceeds 1 MiB.' }];
  const frame = schema.envelope.safeParse(parseJson(text));
  if (!frame.success) return [{ type: 'invalid', reason: 'Frame is not a JSON object.' }];
  const { class: name, code } = frame.data;
  if (code !== null && code >= 300) return errorOf(frame.data, code);
  const body = bodyOf(frame.data);
  switch (name) {
    case 'SessionResponse':
      return toSession(body);
    case 'StructuredMessage':
      return toStructured(frame.data, body);
    case 'SessionExpiredEvent':
      return [{ type: 'session-over', reason: 'expired', message: 'The session has expired.' }];
    case 'SessionClearedEvent':
      return [
        { type: 'session-over', reason: 'cleared', message: 'The conversation was cleared.' },
      ];
    case 'ConnectionClosedEvent':
      return toClosed(body);
    case 'LogoutEvent':
      return [{ type: 'signed-out', message: 'The visitor was signed out.' }];
    case 'JwtResponse':
      return toJwt(body);
    case 'PresignedUrlResponse':
      return toUrl(body);
    case 'UploadSuccessEvent':
      return toUploaded(body);
    case 'AttachmentDeletedResponse':
      return toDeleted(body);
    case 'GetConfigurationResponse':
      return toConfiguration(body);
    // The error is in the body, even if the envelope's code is 200.
    case 'TooManyRequestsErrorMessage':
      return errorOf(frame.data, 4029);
    case 'GenerateUrlError':
    case 'UploadFailureEvent':
      return errorOf(frame.data, 4010);
    case 'Error':
    case 'ErrorMessage':
      return errorOf(frame.data, 5000);
    // Never requested; its content is secret and is dropped.
    case 'ResumeTokenResponse':
      return [{ type: 'unknown', what: 'ResumeTokenResponse' }];
    case 'string':
      return [{ type: 'unknown', what: 'a string' }];
    case null:
      // Errors of the transport have neither class nor code.
      return typeof frame.data.message !== 'string'
        ? [{ type: 'invalid', reason: 'Frame has no class.' }]
        : errorOf(frame.data, 500);
    default:
      return [{ type: 'unknown', what: `a frame (${name.slice(0, 80)})` }];
  }
}

/** The body, which the platform sometimes sends as a JSON string. */
function bodyOf({ body, message }: schema.Envelope): unknown {
  const value = body ?? (typeof message === 'object' ? message : undefined);
  return typeof value === 'string' ? (parseJson(value) ?? value) : value;
}

function errorOf(frame: schema.Envelope, defaultCode: number): readonly GatewayEvent[] {
  const parsed = schema.errorBody.safeParse(bodyOf(frame));
  const body = parsed.success ? parsed.data : null;
  const bodyText = nonEmptyString.safeParse(frame.body);
  const frameText = nonEmptyString.safeParse(frame.message);
  const message =
    body?.errorMessage ??
    body?.message ??
    (bodyText.success ? bodyText.data : null) ??
    (frameText.success ? frameText.data : null);
  const named = body?.errorCode ?? defaultCode;
  // The frame's class or code shows a rate limit, even if the body's code does not.
  const isRate = frame.class === 'TooManyRequestsErrorMessage' || frame.code === 429;
  const code = isRate && named !== 429 ? 4029 : named;
  return toErrorEvents({
    code,
    message: message ?? `The gateway returned error ${code}.`,
    tracingId: frame.tracingId ?? body?.tracingId ?? null,
    retryAfter: body?.retryAfter ?? null,
    attachmentId: body?.attachmentId ?? null,
    isAboutFile: frame.class === 'GenerateUrlError' || frame.class === 'UploadFailureEvent',
  });
}

function invalid(name: string): readonly GatewayEvent[] {
  return [{ type: 'invalid', reason: `Invalid ${name} from gateway.` }];
}

function toSession(body: unknown): readonly GatewayEvent[] {
  const session = schema.sessionBody.safeParse(body);
  if (!session.success) return invalid('SessionResponse');
  const { connected, newSession, readOnly, clearedExistingSession } = session.data;
  const isConnected = connected?.toLowerCase() !== 'false';
  const sessionEvent: GatewayEvent = {
    type: 'session',
    isConnected,
    isNew: newSession,
    isReadOnly: readOnly,
    isAutoStarted: session.data.autoStarted,
    hasClearedOthers: clearedExistingSession,
    life: toLife(session.data.durationSeconds, session.data.expirationDate),
    uploads: toRules(session.data),
  };
  if (!isConnected) return [sessionEvent];
  const status = readOnly ? 'ended' : 'connected';
  return [
    { type: 'authenticated', serverTime: null },
    sessionEvent,
    { type: 'conversation', conversation: { conversationId: null, status } },
  ];
}

/** Both arguments are in seconds. */
function toLife(duration: number | null, expirationDate: number | null): SessionLife {
  return {
    duration: duration === null ? null : duration * 1_000,
    expiresAt: expirationDate === null ? null : expirationDate * 1_000,
  };
}

function toRules({ allowedMedia, blockedExtensions }: schema.Media): UploadRules | null {
  if (!allowedMedia) return null;
  // An empty profile allows no files.
  const inbound = allowedMedia.inbound ?? { fileTypes: [], maxFileSizeKB: null };
  return {
    mimeTypes: inbound.fileTypes.flatMap(({ type }) => (type === null ? [] : [type])),
    blockedExtensions: blockedExtensions.filter((one) => typeof one === 'string'),
    maximumSize: inbound.maxFileSizeKB === null ? null : inbound.maxFileSizeKB * 1_024,
  };
}

function toStructured(frame: schema.Envelope, body: unknown): readonly GatewayEvent[] {
  const message = schema.messageBody.safeParse(body);
  if (!message.success) return toEvents(body, frame.tracingId);
  const tracingId = frame.tracingId ?? message.data.tracingId;
  // Only echo requests get a message as their response; other clients use tracing ids of their own.
  const isAnswer = frame.type?.toLowerCase() === 'response' && isVisitors(message.data);
  const isPing = isAnswer && message.data.text?.toLowerCase() === 'ping';
  const isOurs =
    tracingId === requestIds.echo && message.data.direction?.toLowerCase() !== 'outbound';
  const isEcho = isOurs || (isPing && writtenId(message.data) === null);
  if (!isEcho) return toEvents(body, tracingId);
  const { metadata } = message.data;
  const life = toLife(
    toNumber(metadata.get('durationSeconds')),
    toNumber(metadata.get('expirationDate')),
  );
  if (life.duration === null && life.expiresAt === null) return [{ type: 'pong' }];
  return [{ type: 'pong' }, { type: 'session-life', life }];
}

function toNumber(value: string | undefined): number | null {
  const parsed = lenientNumber.safeParse(value ?? null);
  return parsed.success ? parsed.data : null;
}

function toClosed(body: unknown): readonly GatewayEvent[] {
  const closed = schema.closedBody.safeParse(body);
  const reason = closed.success ? (closed.data.reason ?? closed.data.reasonCode) : null;
  if (reason?.toLowerCase() !== 'signedin') return [{ type: 'evicted', reason }];
  const message = 'The conversation continues in the session of the signed-in visitor.';
  return [{ type: 'session-over', reason: 'signed-in', message }];
}

function toJwt(body: unknown): readonly GatewayEvent[] {
  const jwt = schema.jwtBody.safeParse(body);
  if (!jwt.success || jwt.data.jwt === null) return invalid('JwtResponse');
  const { exp } = jwt.data;
  return [
    { type: 'rest-token', token: jwt.data.jwt, expiresAt: exp === null ? null : exp * 1_000 },
  ];
}

function toUrl(body: unknown): readonly GatewayEvent[] {
  const upload = schema.uploadBody.safeParse(body);
  if (!upload.success) return invalid('PresignedUrlResponse');
  const { attachmentId, url, headers, fileSize } = upload.data;
  if (attachmentId === null || url === null) return invalid('PresignedUrlResponse');
  // With a size but without headers, it is a new download URL of an uploaded file.
  if (headers.size === 0 && fileSize !== null)
    return [{ type: 'attachment-url', attachmentId, url }];
  return [{ type: 'upload-target', attachmentId, url, headers: Object.fromEntries(headers) }];
}

function toUploaded(body: unknown): readonly GatewayEvent[] {
  const upload = schema.uploadBody.safeParse(body);
  if (!upload.success || upload.data.attachmentId === null) return invalid('UploadSuccessEvent');
  const { attachmentId, downloadUrl, url } = upload.data;
  return [{ type: 'attachment-uploaded', attachmentId, url: downloadUrl ?? url ?? '' }];
}

function toDeleted(body: unknown): readonly GatewayEvent[] {
  const upload = schema.uploadBody.safeParse(body);
  if (!upload.success || upload.data.attachmentId === null)
    return invalid('AttachmentDeletedResponse');
  return [{ type: 'attachment-deleted', attachmentId: upload.data.attachmentId }];
}

function toConfiguration(body: unknown): readonly GatewayEvent[] {
  const configuration = schema.configurationBody.safeParse(body);
  if (!configuration.success) return invalid('GetConfigurationResponse');
  const life = toLife(configuration.data.sessionDurationSeconds, null);
  return [{ type: 'configuration', life, uploads: toRules(configuration.data) }];
}
