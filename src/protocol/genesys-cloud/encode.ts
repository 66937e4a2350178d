import type { CarriedReply, Content } from '../content.ts';
import type { Routing } from '../conversation.ts';
import type { GatewayCommand, JourneyContext } from '../gateway/commands.ts';
import type { Offer } from '../gateway/events.ts';
import { messageIdAttribute } from './messages.ts';
import { requestIds } from './request-ids.ts';

export interface EncodeSettings {
  readonly deploymentId: string;
  readonly customAttributes: Readonly<Record<string, string>>;
  readonly autostart: boolean;
  readonly journeyContext: JourneyContext | null;
}

/** Packs the session's secrets into one string, because adapters receive a single token. */
export function packCredential(token: string, jwt: string | null): string {
  return jwt === null ? token : `${token} ${jwt}`;
}

function unpackCredential(credential: string): { token: string; jwt: string | null } {
  const [token = '', jwt] = credential.split(' ');
  return { token, jwt: jwt ?? null };
}

export function encodeFrame(
  settings: EncodeSettings,
  command: GatewayCommand,
  credential: string | null,
): readonly string[] {
  // Every request bears the session's secret.
  if (credential === null) return [];
  const { token, jwt } = unpackCredential(credential);
  const request = toRequest(settings, command, jwt);
  return request === null ? [] : [JSON.stringify({ ...request, token })];
}

type Request = Readonly<Record<string, unknown>>;

function toRequest(
  settings: EncodeSettings,
  command: GatewayCommand,
  jwt: string | null,
): Request | null {
  switch (command.type) {
    // The same request opens and resumes a session; repeating it does not create a second one.
    case 'authenticate':
      return configure(settings, jwt, command.startsNew === true, command.journeyContext);
    case 'open-conversation':
    case 'resume-conversation':
      return configure(settings, jwt, false, command.journeyContext);
    case 'send-message':
      return toMessage(settings, command);
    case 'typing':
      // Typing indicators expire; there is no request to end one.
      if (!command.isTyping) return null;
      return event(requestIds.typing, { eventType: 'Typing', typing: { type: 'On' } });
    case 'ping':
      return {
        action: 'echo',
        tracingId: requestIds.echo,
        message: { type: 'Text', text: 'ping' },
      };
    case 'join':
      if (!settings.autostart) return null;
      return event(
        requestIds.join,
        { eventType: 'Presence', presence: { type: 'Join' } },
        attributesOf(settings, command.routing),
      );
    case 'end-conversation':
      // The platform has one request for both [MT, SC]; its id tells them apart.
      return clear(requestIds.end);
    case 'clear-conversation':
      return clear(requestIds.clear);
    // The public SDKs name these types ([JV]'s `EventType`).
    case 'decline-offer':
      return event(requestIds.decline, toRefusal(command.offer, command.offerId));
    case 'close-session':
      return { action: 'closeSession', closeAllConnections: command.closesAll };
    case 'rest-token':
      return { action: 'getJwt', tracingId: requestIds.jwt };
    case 'resume-token':
      return { action: 'resumeToken' };
    case 'configuration':
      return { action: 'getConfiguration', deploymentId: settings.deploymentId };
    case 'request-upload':
      // Most errors have no tracing id; one that has it can be matched to the file.
      return {
        action: 'onAttachment',
        tracingId: command.attachmentId,
        attachmentId: command.attachmentId,
        fileName: command.name,
        fileType: command.mime,
        fileSize: command.size,
        errorsAsJson: true,
      };
    case 'refresh-attachment':
      return attachmentRequest(command.attachmentId, 'getAttachment');
    case 'delete-attachment':
      return attachmentRequest(command.attachmentId, 'deleteAttachment');
    // The platform supports neither read receipts nor pings of the server.
    case 'mark-read':
    case 'answer-ping':
      return null;
  }
}

function clear(tracingId: string): Request {
  return event(tracingId, { eventType: 'Presence', presence: { type: 'Clear' } });
}

function toRefusal(offer: Offer, id: string | null): Request {
  const type = 'OfferingRejected';
  if (offer === 'video') {
    return { eventType: 'Video', video: { type, ...(id === null ? {} : { offeringId: id }) } };
  }
  return { eventType: 'CoBrowse', coBrowse: { type, ...(id === null ? {} : { sessionId: id }) } };
}

function attachmentRequest(attachmentId: string, action: string): Request {
  return { action, tracingId: attachmentId, attachmentId };
}

/** A guest's context is sent here, a signed-in visitor's when the identity is exchanged [JV]. */
function configure(
  { deploymentId, ...settings }: EncodeSettings,
  jwt: string | null,
  startNew: boolean,
  journeyContext: JourneyContext | null = settings.journeyContext,
): Request {
  if (jwt !== null) {
    return {
      action: 'configureAuthenticatedSession',
      deploymentId,
      startNew,
      data: { code: jwt },
    };
  }
  return {
    action: 'configureSession',
    deploymentId,
    ...(journeyContext ? { journeyContext } : {}),
    startNew,
  };
}

function event(
  tracingId: string,
  content: Record<string, unknown>,
  customAttributes: Readonly<Record<string, string>> = {},
): Request {
  const channel =
    Object.keys(customAttributes).length === 0
      ? {}
      : { channel: { metadata: { customAttributes } } };
  const message = { type: 'Event', events: [content], ...channel };
  return { action: 'onMessage', tracingId, message };
}

function toMessage(
  settings: EncodeSettings,
  command: Extract<GatewayCommand, { type: 'send-message' }>,
): Request {
  const { messageId, text, reply, content: contents = [] } = command;
  const answers = reply ? toAnswers(reply, text) : [];
  const content = [...contents.flatMap(toAttachment), ...answers];
  const customAttributes = {
    ...attributesOf(settings, command.routing),
    [messageIdAttribute]: messageId,
  };
  return {
    action: 'onMessage',
    tracingId: messageId,
    message: {
      type: answers.length > 0 ? 'Structured' : 'Text',
      text,
      ...(content.length > 0 ? { content } : {}),
      // In two places, because it is not documented which one the history returns.
      metadata: { [messageIdAttribute]: messageId, ...(reply ? parentOf(reply) : {}) },
      channel: { metadata: { customAttributes } },
    },
  };
}

function toAttachment(part: Content): readonly Request[] {
  if (part.type !== 'attachment') return [];
  return [{ contentType: 'Attachment', attachment: { id: part.attachmentId } }];
}

/** The official web client uses it to mark a picker as answered. */
function parentOf({ kind, originatingMessageId }: CarriedReply): Record<string, string> {
  return kind === 'list' || kind === 'time' ? { parentMessageId: originatingMessageId } : {};
}

function toAnswers(reply: CarriedReply, text: string): readonly Request[] {
  const { kind, payload, originatingMessageId, values = [{ id: '', text, payload }] } = reply;
  if (kind === 'form') {
    const response = values.map((value) => ({
      id: value.id,
      component: toButton({ type: 'Form', text: value.text, payload: value.payload }),
    }));
    return [
      {
        contentType: 'Form',
        form: {
          originatingMessageId,
          ...(payload === '' ? {} : { cannedResponseId: payload }),
          response,
        },
      },
    ];
  }
  const type = buttonType(kind);
  if (type === null) return [];
  return values.map((value) =>
    toButton({ type, text: value.text, payload: value.payload, originatingMessageId }),
  );
}

function toButton(buttonResponse: Request): Request {
  return { contentType: 'ButtonResponse', buttonResponse };
}

/** `null` for a kind of a newer build, which is not supported: only the text is sent. */
function buttonType(kind: string): string | null {
  switch (kind) {
    case 'quick-reply':
      return 'QuickReply';
    case 'button':
      return 'Button';
    case 'list':
      return 'ListPicker';
    case 'time':
      return 'DatePicker';
    default:
      return null;
  }
}

/** Attributes for the deployment's flow, which routes the conversation. */
function attributesOf(
  settings: EncodeSettings,
  routing: Routing | undefined,
): Record<string, string> {
  if (!routing) return { ...settings.customAttributes };
  const given = Object.entries(routing.attributes ?? {}).map(([key, value]) => [
    key,
    String(value),
  ]);
  return {
    ...Object.fromEntries(given),
    skillGroups: routing.skillGroups.join(','),
    ...(routing.priority === undefined ? {} : { priority: String(routing.priority) }),
    ...settings.customAttributes,
  };
}
