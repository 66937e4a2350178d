import { describe, expect, it } from 'vitest';
import type { GatewayCommand } from '../../../src/protocol/gateway/commands.ts';
import type {
  GatewayEvent,
  GatewayProblem,
  GatewayProblemKind,
} from '../../../src/protocol/gateway/events.ts';
import type { RestCall } from '../../../src/protocol/gateway/rest.ts';
import {
  fileProblem,
  fitsReading,
  fitsUpload,
} from '../../../src/protocol/genesys-cloud/errors.ts';
import { genesysCloud } from '../../../src/protocol/genesys-cloud/index.ts';

/** What docs/genesys-cloud.md says, line by line. */

const options = { deploymentId: 'deployment-1', region: 'eu-west-1' };
const adapter = genesysCloud(options);
const decode = (frame: unknown) => adapter.decode(JSON.stringify(frame));

const time = '2026-03-01T09:30:00.250Z';
const at = Date.parse(time);

describe('a request', () => {
  const frameOf = (command: GatewayCommand, credential = 'secret', site = adapter) =>
    site.encode(command, credential).map((text): Record<string, unknown> => JSON.parse(text));
  const send = {
    type: 'send-message',
    conversationId: 'c',
    messageId: 'own-1',
    text: 'Hi',
  } as const;
  const uuid = expect.stringMatching(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/);
  const presence = (type: string) => ({
    type: 'Event',
    events: [{ eventType: 'Presence', presence: { type } }],
  });
  const opened = { action: 'configureSession', deploymentId: 'deployment-1', startNew: false };

  it.each<[GatewayCommand, object]>([
    [{ type: 'authenticate' }, opened],
    [
      { type: 'authenticate', startsNew: true },
      { ...opened, startNew: true },
    ],
    [{ type: 'open-conversation', routing: { skillGroups: ['A'] } }, opened],
    [{ type: 'resume-conversation', conversationId: 'c' }, opened],
    [
      { type: 'typing', conversationId: 'c', isTyping: true },
      {
        action: 'onMessage',
        tracingId: uuid,
        message: { type: 'Event', events: [{ eventType: 'Typing', typing: { type: 'On' } }] },
      },
    ],
    [
      { type: 'ping' },
      { action: 'echo', tracingId: uuid, message: { type: 'Text', text: 'ping' } },
    ],
    [
      { type: 'clear-conversation' },
      { action: 'onMessage', tracingId: uuid, message: presence('Clear') },
    ],
    [
      { type: 'close-session', closesAll: true },
      { action: 'closeSession', closeAllConnections: true },
    ],
    [
      { type: 'close-session', closesAll: false },
      { action: 'closeSession', closeAllConnections: false },
    ],
    [{ type: 'rest-token' }, { action: 'getJwt', tracingId: uuid }],
    [{ type: 'resume-token' }, { action: 'resumeToken' }],
    [{ type: 'configuration' }, { action: 'getConfiguration', deploymentId: 'deployment-1' }],
    [
      { type: 'request-upload', attachmentId: 'a', name: 'ö "1".png', mime: 'image/png', size: 0 },
      {
        action: 'onAttachment',
        tracingId: 'a',
        attachmentId: 'a',
        fileName: 'ö "1".png',
        fileType: 'image/png',
        fileSize: 0,
        errorsAsJson: true,
      },
    ],
    [
      { type: 'refresh-attachment', attachmentId: 'a' },
      { action: 'getAttachment', tracingId: 'a', attachmentId: 'a' },
    ],
    [
      { type: 'delete-attachment', attachmentId: 'a' },
      { action: 'deleteAttachment', tracingId: 'a', attachmentId: 'a' },
    ],
    [
      send,
      {
        action: 'onMessage',
        tracingId: 'own-1',
        message: {
          type: 'Text',
          text: 'Hi',
          metadata: { partylineMessageId: 'own-1' },
          channel: { metadata: { customAttributes: { partylineMessageId: 'own-1' } } },
        },
      },
    ],
  ])('of %o is all that the platform wants, with the session’s secret', (command, frame) => {
    expect(frameOf(command)).toEqual([{ ...frame, token: 'secret' }]);
  });

  it.each<GatewayCommand>([
    { type: 'typing', conversationId: 'c', isTyping: false },
    { type: 'mark-read', conversationId: 'c', messageId: 'm' },
    { type: 'answer-ping', payload: 1 },
  ])('is none of %o', (command) => {
    expect(frameOf(command)).toEqual([]);
  });

  it('of each kind is known by a tracing id of its own', () => {
    const commands: GatewayCommand[] = [
      { type: 'typing', conversationId: 'c', isTyping: true },
      { type: 'ping' },
      { type: 'clear-conversation' },
      { type: 'rest-token' },
      { type: 'join', routing: { skillGroups: ['A'] } },
    ];
    const ids = commands.flatMap((command) => frameOf(command).map(({ tracingId }) => tracingId));
    expect(new Set(ids).size).toBe(commands.length);
  });

  it.each([
    ['secret', 'configureSession', undefined],
    [adapter.sessions.credential('secret', null), 'configureSession', undefined],
    [
      adapter.sessions.credential('secret', 'j.w.t'),
      'configureAuthenticatedSession',
      { code: 'j.w.t' },
    ],
  ])('with the credential %j opens the session by %s', (credential, action, data) => {
    const [frame] = frameOf({ type: 'authenticate', startsNew: true }, credential);
    expect(frame).toMatchObject({ action, token: 'secret', startNew: true });
    expect(frame?.data).toEqual(data);
    // A session that goes on is never a new one.
    for (const command of [
      { type: 'authenticate' },
      { type: 'authenticate', startsNew: false },
      { type: 'resume-conversation', conversationId: 'c' },
      { type: 'open-conversation', routing: { skillGroups: ['A'] } },
    ] as const) {
      expect(frameOf(command, credential)).toMatchObject([{ action, startNew: false }]);
    }
    expect(JSON.stringify(frameOf({ type: 'ping' }, credential))).not.toContain('j.w.t');
  });

  it.each<[boolean | undefined, number]>([
    [undefined, 1],
    [true, 1],
    [false, 0],
  ])('to join, where autostart is %s: %i', (autostart, count) => {
    const site = genesysCloud({ ...options, ...(autostart === undefined ? {} : { autostart }) });
    const frames = frameOf({ type: 'join', routing: { skillGroups: ['A', 'B'] } }, 'secret', site);
    expect(frames).toEqual(
      Array(count).fill({
        action: 'onMessage',
        tracingId: uuid,
        token: 'secret',
        message: {
          ...presence('Join'),
          channel: { metadata: { customAttributes: { skillGroups: 'A,B' } } },
        },
      }),
    );
  });

  it('bears the routing as texts, over which the site’s own attributes stand', () => {
    const site = genesysCloud({ ...options, customAttributes: { source: 'shop', vip: 'no' } });
    const attributesOf = (routing?: Extract<GatewayCommand, { type: 'join' }>['routing']) => {
      const [frame] = frameOf({ ...send, ...(routing ? { routing } : {}) }, 'secret', site);
      return Object(frame).message.channel.metadata.customAttributes;
    };
    const own = { source: 'shop', vip: 'no', partylineMessageId: 'own-1' };
    expect(attributesOf()).toEqual(own);
    expect(attributesOf({ skillGroups: ['A'] })).toEqual({ ...own, skillGroups: 'A' });
    const attributes = { vip: true, items: 0, isGift: false, note: '' };
    expect(attributesOf({ skillGroups: ['A'], priority: 0, attributes })).toEqual({
      ...own,
      items: '0',
      isGift: 'false',
      note: '',
      skillGroups: 'A',
      priority: '0',
    });
    // Nothing of a page can stand for the message's own id.
    const forged = { partylineMessageId: 'forged', skillGroups: 'forged' };
    expect(attributesOf({ skillGroups: ['A'], attributes: forged })).toEqual({
      ...own,
      skillGroups: 'A',
    });
  });

  it.each([
    ['quick-reply', 'QuickReply', false],
    ['button', 'Button', false],
    ['list', 'ListPicker', true],
    ['time', 'DatePicker', true],
  ])('that answers a %s presses a %s', (kind, type, hasParent) => {
    const reply = { kind, payload: 'p', originatingMessageId: 'm' };
    const [frame] = frameOf({ ...send, reply });
    expect(frame).toMatchObject({ message: { type: 'Structured', text: 'Hi' } });
    expect(Object(frame).message.content).toEqual([
      {
        contentType: 'ButtonResponse',
        buttonResponse: { type, text: 'Hi', payload: 'p', originatingMessageId: 'm' },
      },
    ]);
    expect(Object(frame).message.metadata).toEqual({
      partylineMessageId: 'own-1',
      ...(hasParent ? { parentMessageId: 'm' } : {}),
    });
  });

  it('that answers a form has its values, and its name where it has one', () => {
    const values = [
      { id: 'f1', text: 'Ada', payload: 'ada' },
      { id: 'f2', text: '', payload: '' },
    ];
    const formOf = (payload: string, given: typeof values) => {
      const reply = { kind: 'form', payload, originatingMessageId: 'm', values: given };
      return Object(frameOf({ ...send, reply })[0]).message.content;
    };
    const component = (text: string, payload: string) => ({
      contentType: 'ButtonResponse',
      buttonResponse: { type: 'Form', text, payload },
    });
    expect(formOf('', values)).toEqual([
      {
        contentType: 'Form',
        form: {
          originatingMessageId: 'm',
          response: [
            { id: 'f1', component: component('Ada', 'ada') },
            { id: 'f2', component: component('', '') },
          ],
        },
      },
    ]);
    expect(formOf('canned', [])).toEqual([
      {
        contentType: 'Form',
        form: { originatingMessageId: 'm', cannedResponseId: 'canned', response: [] },
      },
    ]);
  });

  it('that brings a file brings it by its id, as a text', () => {
    const file = {
      type: 'attachment',
      attachmentId: 'a',
      url: null,
      name: 'a.png',
      kind: 'image',
      mime: null,
      size: 3,
      text: null,
    } as const;
    const link = { type: 'link', url: 'https://x.example', text: 'x' } as const;
    const [frame] = frameOf({ ...send, text: '', content: [file, link] });
    expect(frame).toMatchObject({ message: { type: 'Text', text: '' } });
    expect(Object(frame).message.content).toEqual([
      { contentType: 'Attachment', attachment: { id: 'a' } },
    ]);
  });
});

describe('an error', () => {
  const error = (code: number, body: unknown = 'Words.', frame = {}) =>
    decode({ type: 'response', class: 'string', code, body, ...frame });

  it.each<[number, GatewayProblemKind]>([
    [300, 'other'],
    [400, 'invalid-frame'],
    [404, 'other'],
    [408, 'unavailable'],
    [409, 'conversation-ended'],
    [429, 'rate-limited'],
    [499, 'other'],
    [500, 'unavailable'],
    [599, 'unavailable'],
    [600, 'other'],
    [4000, 'forbidden'],
    [4011, 'message-too-long'],
    [4012, 'other'],
    [4013, 'rejected'],
    [4020, 'invalid-frame'],
    [4029, 'rate-limited'],
    [5000, 'other'],
  ])('%i is about: %s', (code, kind) => {
    expect(error(code, 'Words.', { tracingId: 'own-1' })).toEqual([
      {
        type: 'problem',
        problem: {
          kind,
          code: String(code),
          message: 'Words.',
          conversationId: null,
          messageId: 'own-1',
          retryAfter: null,
        },
      },
    ]);
  });

  it.each([
    [4001, 'file-type'],
    [4002, 'file-size'],
    [4003, 'file-content'],
    [4004, 'file-name'],
    [4005, 'file-name'],
    [4008, 'file-gone'],
    [4009, 'file-gone'],
    [4010, 'file-lost'],
    [4102, 'file-empty'],
  ])('%i is about a file: %s, in words for a customer', (code, name) => {
    expect(fileProblem(code)).toEqual({ code: name, message: expect.stringMatching(/\.$/) });
    expect(error(code, 'internal words')).toEqual([
      {
        type: 'attachment-failed',
        attachmentId: null,
        problem: {
          kind: 'attachment',
          code: String(code),
          message: fileProblem(code)?.message,
          conversationId: null,
          messageId: null,
          retryAfter: null,
        },
      },
    ]);
  });

  it.each([0, 400, 4000, 4006, 4007, 4011, 4013, 4103])('%i is about no file', (code) => {
    expect(fileProblem(code)).toBeNull();
  });

  it.each<[number, unknown, GatewayEvent]>([
    [401, 'x', { type: 'token-expired' }],
    [4006, 'x', { type: 'session-over', reason: 'expired', message: 'x' }],
    [4007, 'x', { type: 'session-over', reason: 'not-found', message: 'x' }],
    [4017, 'x', { type: 'session-over', reason: 'signed-in', message: 'x' }],
    [403, 'Session authentication failed', { type: 'token-expired' }],
    [403, 'session AUTHENTICATION failed: code', { type: 'token-expired' }],
    [403, 'Try to authenticate again.', { type: 'token-expired' }],
  ])('%i (%j) ends something', (code, body, event) => {
    expect(error(code, body)).toEqual([event]);
  });

  it.each<[string, GatewayProblemKind]>([
    ['Turn on the Feature Toggle or fix the configuration.', 'unavailable'],
    ['presence events are off', 'unavailable'],
    ['Conversation clear is off', 'unavailable'],
    ['HTTP authorization error', 'forbidden'],
    ['The session authentication failed', 'forbidden'],
    ['Please try to authenticate again', 'forbidden'],
  ])('403 (%j) is: %s', (body, kind) => {
    expect(error(403, body)).toMatchObject([{ type: 'problem', problem: { kind, code: '403' } }]);
  });

  it.each([
    [3, 3_000],
    ['3', 3_000],
    [0, 0],
    [1.5, 1_500],
    [-5, 0],
    [null, null],
    [undefined, null],
    ['soon', null],
  ])('that says retryAfter %j asks for %j ms', (retryAfter, wait) => {
    const body = { errorCode: 4029, errorMessage: 'slow down', retryAfter };
    expect(decode({ class: 'TooManyRequestsErrorMessage', code: 429, body })).toMatchObject([
      { problem: { kind: 'rate-limited', retryAfter: wait, code: '4029' } },
    ]);
  });

  it.each([
    [299, 'unknown'],
    [300, 'problem'],
    ['300', 'problem'],
    [null, 'unknown'],
  ])('begins at the code 300: %j is told as %s', (code, type) => {
    expect(decode({ type: 'response', class: 'Other', code, body: {} })).toMatchObject([{ type }]);
  });

  it.each<[string, object, string]>([
    ['its own words', { errorMessage: 'a', message: 'b' }, 'a'],
    ['its message', { message: 'b' }, 'b'],
    ['nothing', {}, 'The gateway returned error 400.'],
  ])('is told in %s', (_, body, message) => {
    expect(decode({ class: 'Error', code: 400, body })).toMatchObject([{ problem: { message } }]);
  });

  it('that names a file is about it, whatever its class and code', () => {
    const body = { errorCode: 4013, errorMessage: 'x', attachmentId: 'a' };
    expect(decode({ class: 'Error', code: 400, body })).toMatchObject([
      { type: 'attachment-failed', attachmentId: 'a', problem: { kind: 'rejected' } },
    ]);
  });

  it('names the message of its frame before that of its body', () => {
    const body = { errorCode: 4011, errorMessage: 'x', tracingId: 'body' };
    const named = (frame: object) => decode({ class: 'Error', code: 400, body, ...frame });
    expect(named({ tracingId: 'frame' })).toMatchObject([{ problem: { messageId: 'frame' } }]);
    expect(named({})).toMatchObject([{ problem: { messageId: 'body' } }]);
  });

  it.each<[string, number, string]>([
    ['TooManyRequestsErrorMessage', 4029, 'problem'],
    ['GenerateUrlError', 4010, 'attachment-failed'],
    ['UploadFailureEvent', 4010, 'attachment-failed'],
    ['Error', 5000, 'problem'],
    ['ErrorMessage', 5000, 'problem'],
  ])('of the class %s that names no code counts as %i', (name, code, type) => {
    for (const frame of [{ code: 200 }, {}]) {
      expect(decode({ class: name, body: {}, ...frame })).toMatchObject([
        { type, problem: { code: String(code) } },
      ]);
    }
  });

  const problem = (kind: GatewayProblemKind, code?: string): GatewayProblem => ({
    kind,
    ...(code === undefined ? {} : { code }),
    message: '',
    conversationId: null,
    messageId: null,
    retryAfter: null,
  });

  it.each<[GatewayProblemKind, string | undefined, boolean, boolean]>([
    ['invalid-frame', '400', true, true],
    ['forbidden', '4000', true, true],
    ['rate-limited', '4029', true, true],
    ['unavailable', '503', false, true],
    ['unavailable', '403', false, false],
    ['other', '404', false, true],
    ['other', '4014', false, false],
    ['other', undefined, false, false],
    ['conversation-ended', '409', false, false],
    ['message-too-long', '4011', false, false],
    ['rejected', '4013', false, false],
    ['attachment', '4001', false, false],
  ])(
    'of the kind %s (%s) can be about a file’s place: %s, about a reading: %s',
    (kind, code, upload, reading) => {
      expect(fitsUpload(problem(kind, code))).toBe(upload);
      expect(fitsReading(problem(kind, code))).toBe(reading);
    },
  );
});

describe('a frame', () => {
  it.each([
    [1_048_576, 'unknown'],
    [1_048_577, 'invalid'],
  ])('of %i characters is told as %s', (length, type) => {
    const frame = JSON.stringify({ class: 'Other', body: '' });
    expect(adapter.decode(frame.padEnd(length))).toMatchObject([{ type }]);
  });

  it.each(['', '{', '[]', 'null', '"x"', '7'])('is invalid: %j', (text) => {
    expect(adapter.decode(text)).toEqual([
      { type: 'invalid', reason: 'Frame is not a JSON object.' },
    ]);
  });

  it.each<[string, unknown]>([
    ['SessionResponse', 'x'],
    ['StructuredMessage', null],
    ['JwtResponse', {}],
    ['JwtResponse', 'x'],
    ['PresignedUrlResponse', 'x'],
    ['PresignedUrlResponse', { url: 'https://x.example' }],
    ['PresignedUrlResponse', { attachmentId: 'a' }],
    ['UploadSuccessEvent', {}],
    ['UploadSuccessEvent', 'x'],
    ['AttachmentDeletedResponse', {}],
    ['AttachmentDeletedResponse', 'x'],
    ['GetConfigurationResponse', 'x'],
  ])('of the class %s with the body %j is invalid that says so', (name, body) => {
    expect(decode({ type: 'response', class: name, code: 200, body })).toEqual([
      { type: 'invalid', reason: expect.stringContaining(name) },
    ]);
  });

  it.each([
    [{ downloadUrl: 'https://x.example/d', url: 'https://x.example/u' }, 'https://x.example/d'],
    [{ url: 'https://x.example/u' }, 'https://x.example/u'],
    [{}, ''],
  ])('of an upload that is there tells where: %o', (body, url) => {
    const frame = { class: 'UploadSuccessEvent', code: 200, body: { attachmentId: 'a', ...body } };
    expect(decode(frame)).toEqual([{ type: 'attachment-uploaded', attachmentId: 'a', url }]);
  });

  it.each([
    [{ jwt: 'j', exp: 1_800_000_000 }, 1_800_000_000_000],
    [{ jwt: 'j', exp: '1800000000' }, 1_800_000_000_000],
    [{ jwt: 'j' }, null],
  ])('of a token for the history tells until when: %o', (body, expiresAt) => {
    expect(decode({ class: 'JwtResponse', code: 200, body })).toEqual([
      { type: 'rest-token', token: 'j', expiresAt },
    ]);
  });

  // Without headers and with a size it is a fresh address of something that is there.
  it.each([
    [{ headers: { 'x-tag': 'b' }, fileSize: 3 }, 'upload-target'],
    [{ headers: { 'x-tag': 'b' } }, 'upload-target'],
    [{ headers: {} }, 'upload-target'],
    [{ headers: {}, fileSize: 3 }, 'attachment-url'],
    [{ fileSize: 0 }, 'attachment-url'],
  ])('of an address for a file with %o is told as %s', (more, type) => {
    const body = { attachmentId: 'a', url: 'https://x.example/a', ...more };
    expect(decode({ class: 'PresignedUrlResponse', code: 200, body })).toMatchObject([{ type }]);
  });

  it.each([
    ['signedIn', 'session-over'],
    ['SIGNEDIN', 'session-over'],
    ['signedOut', 'evicted'],
    [null, 'evicted'],
  ])('of a closed connection, for the reason %j, is told as %s', (reason, type) => {
    expect(decode({ class: 'ConnectionClosedEvent', body: { reason } })).toMatchObject([{ type }]);
  });

  it.each([
    [true, ['authenticated', 'session', 'conversation']],
    ['true', ['authenticated', 'session', 'conversation']],
    [null, ['authenticated', 'session', 'conversation']],
    [false, ['session']],
    ['False', ['session']],
  ])('of a session that is connected (%j) is told as %j', (connected, types) => {
    const events = decode({ class: 'SessionResponse', code: 200, body: { connected } });
    expect(events.map(({ type }) => type)).toEqual(types);
  });

  it('of a session tells everything by its own name', () => {
    const flags = ['newSession', 'readOnly', 'autoStarted', 'clearedExistingSession'];
    const reported = flags.map((flag) => {
      const events = decode({ class: 'SessionResponse', body: { connected: true, [flag]: true } });
      const session = events.find(({ type }) => type === 'session');
      const names = ['isNew', 'isReadOnly', 'isAutoStarted', 'hasClearedOthers'];
      const conversation = events.find((event) => event.type === 'conversation');
      const status = conversation?.type === 'conversation' && conversation.conversation.status;
      return [names.filter((name) => Object(session)[name] === true).join(), status];
    });
    expect(reported).toEqual([
      ['isNew', 'connected'],
      ['isReadOnly', 'ended'],
      ['isAutoStarted', 'connected'],
      ['hasClearedOthers', 'connected'],
    ]);
  });

  it.each([
    [{}, null],
    [{ allowedMedia: {} }, { mimeTypes: [], blockedExtensions: [], maximumSize: null }],
    [
      { allowedMedia: { inbound: { fileTypes: [], maxFileSizeKB: 10_240 } } },
      { mimeTypes: [], blockedExtensions: [], maximumSize: 10_485_760 },
    ],
    [
      {
        allowedMedia: { inbound: { fileTypes: [{ type: 'image/*' }, { type: 'a/b' }] } },
        blockedExtensions: ['.exe', 7, null, '.bat'],
      },
      { mimeTypes: ['image/*', 'a/b'], blockedExtensions: ['.exe', '.bat'], maximumSize: null },
    ],
  ])('of a session or a configuration that says %o allows files so: %o', (body, uploads) => {
    const session = decode({ class: 'SessionResponse', body: { connected: true, ...body } });
    expect(session[1]).toMatchObject({ type: 'session', uploads });
    const configuration = { ...body, sessionDurationSeconds: 60 };
    expect(decode({ class: 'GetConfigurationResponse', body: configuration })).toEqual([
      { type: 'configuration', life: { duration: 60_000, expiresAt: null }, uploads },
    ]);
  });
});

describe('a message', () => {
  const structured = (body: object, frame: object = {}) =>
    decode({
      type: 'message',
      class: 'StructuredMessage',
      code: 200,
      body: {
        id: 'id-1',
        type: 'Text',
        text: 'x',
        direction: 'Outbound',
        channel: { time },
        ...body,
      },
      ...frame,
    });

  it.each<[object, object]>([
    [
      { from: { nickname: 'Ada', firstName: 'A', lastName: 'B' } },
      { id: 'agent:Ada', name: 'Ada' },
    ],
    [{ from: { firstName: 'Ada', lastName: 'B' } }, { id: 'agent:Ada B', name: 'Ada B' }],
    [{ from: { firstName: 'Ada' } }, { id: 'agent:Ada', name: 'Ada' }],
    [{ from: { lastName: 'B' } }, { id: 'agent:B', name: 'B' }],
    [{ from: { nickname: ' ', firstName: 'Ada' } }, { id: 'agent:Ada', name: 'Ada' }],
    [{ from: {} }, { id: 'agent', name: '' }],
    [{}, { id: 'agent', name: '' }],
  ])('whose channel is %o is from %o', (channel, who) => {
    const frame = { channel: { time, ...channel } };
    expect(structured(frame)).toMatchObject([{ message: { from: { ...who, role: 'agent' } } }]);
    const id = Object(who).id.replace('agent', 'bot');
    expect(structured({ ...frame, originatingEntity: 'Bot' })).toMatchObject([
      { message: { from: { ...who, id, role: 'bot' } } },
    ]);
    expect(structured({ ...frame, direction: 'Inbound' })).toMatchObject([
      { message: { from: { id: 'visitor', name: '', role: 'visitor' } } },
    ]);
  });

  it.each([
    ['Human', 'agent'],
    ['Bot', 'bot'],
    ['bot', 'bot'],
    ['', 'agent'],
    [null, 'agent'],
    ['Robot', 'agent'],
  ])('of the entity %j is from: %s', (originatingEntity, role) => {
    expect(structured({ originatingEntity })).toMatchObject([{ message: { from: { role } } }]);
  });

  // The key of a message is channel.messageId ?? id; the visitor's own is known by what the client wrote.
  it.each<[string, object, object, string, string[] | undefined]>([
    ['its own id', {}, {}, 'id-1', undefined],
    ['the channel’s', { channel: { messageId: 'key-1' } }, {}, 'key-1', ['id-1']],
    [
      'the channel’s where it has no other',
      { id: null, channel: { messageId: 'key-1' } },
      {},
      'key-1',
      undefined,
    ],
    ['the same in both places', { channel: { messageId: 'id-1' } }, {}, 'id-1', undefined],
    ['no tracing id, which is not the other side’s', {}, { tracingId: 'own-1' }, 'id-1', undefined],
    [
      'the tracing id of the visitor’s own',
      { direction: 'Inbound' },
      { tracingId: 'own-1' },
      'own-1',
      ['id-1'],
    ],
    [
      'the frame’s tracing id before the message’s',
      { direction: 'Inbound', tracingId: 'own-2' },
      { tracingId: 'own-1' },
      'own-1',
      ['id-1'],
    ],
    [
      'what was written into it before a tracing id',
      { direction: 'Inbound', metadata: { partylineMessageId: 'own-1' } },
      { tracingId: 'platform' },
      'own-1',
      ['id-1'],
    ],
    [
      'what was written into its channel first',
      {
        direction: 'Inbound',
        metadata: { partylineMessageId: 'own-2' },
        channel: {
          messageId: 'key-1',
          metadata: { customAttributes: { partylineMessageId: 'own-1' } },
        },
      },
      {},
      'own-1',
      ['key-1', 'id-1'],
    ],
    [
      'nothing of the visitor’s in what the other side says',
      { metadata: { partylineMessageId: 'own-1' } },
      {},
      'id-1',
      undefined,
    ],
  ])('is known by %s', (_, body, frame, messageId, aliases) => {
    const [event] = structured(body, frame);
    const reported = event?.type === 'message' ? event.message : null;
    expect([reported?.messageId, reported?.aliases]).toEqual([messageId, aliases]);
  });

  it('without any id is known by its words, its time, its side and what it brings', () => {
    const idOf = (body: object) => {
      const [event] = structured({ id: null, ...body });
      return event?.type === 'message' ? event.message.messageId : null;
    };
    const different = [
      {},
      { text: 'y' },
      { channel: { time: '2026-03-01T09:30:00.251Z' } },
      { channel: null },
      { direction: 'Inbound' },
      { content: [{ contentType: 'Attachment', attachment: { id: 'a' } }] },
      { content: [{ contentType: 'Attachment', attachment: { id: 'b' } }] },
    ].map(idOf);
    expect(new Set(different).size).toBe(different.length);
    expect(idOf({})).toBe(different[0]);
    expect(idOf({ tracingId: 'trace' })).toBe('trace');
  });

  it.each([
    ['Typing', { typing: { type: 'On' } }, { isTyping: true, duration: 5_000 }],
    ['typing', { typing: { type: 'On', duration: 0 } }, { isTyping: true, duration: 0 }],
    ['Typing', { typing: { type: 'On', duration: -1 } }, { isTyping: true, duration: 0 }],
    ['Typing', { typing: { type: 'On', duration: 60_000 } }, { isTyping: true, duration: 60_000 }],
    ['Typing', { typing: { type: 'On', duration: 60_001 } }, { isTyping: true, duration: 60_000 }],
    ['Typing', { typing: { duration: 7, durationMs: 8 } }, { isTyping: true, duration: 7 }],
    ['Typing', { typing: { type: 'OFF' } }, { isTyping: false, duration: 5_000 }],
    ['Typing', {}, { isTyping: true, duration: 5_000 }],
  ])('that is an event %s %o', (eventType, event, reported) => {
    const body = { type: 'Event', text: undefined, events: [{ eventType, ...event }] };
    expect(structured(body)).toEqual([
      {
        type: 'typing',
        conversationId: null,
        from: { id: 'agent', name: '', role: 'agent' },
        ...reported,
      },
    ]);
    expect(structured({ ...body, direction: 'Inbound' })).toMatchObject([
      { from: { role: 'visitor' } },
    ]);
  });

  it.each([
    ['Join', 'join'],
    ['Disconnect', 'disconnect'],
    ['CLEAR', 'clear'],
    ['SignIn', 'sign-in'],
    ['SessionExpired', 'expired'],
    ['Leave', 'other'],
    [null, 'other'],
  ])('that is a presence %j is told as %s', (type, presence) => {
    const events = [{ eventType: 'Presence', presence: { type } }];
    const [event] = structured({ type: 'Event', text: undefined, events });
    expect(event).toEqual({
      type: 'presence',
      presence,
      from: 'other',
      at,
      isReadOnly: false,
      name: type ?? '',
    });
  });

  // Read-only is the string "true".
  it.each([
    ['Outbound', 'Disconnect', 'true', true],
    ['Outbound', 'Disconnect', 'True', true],
    ['Outbound', 'Disconnect', true, true],
    ['Outbound', 'Disconnect', 'false', false],
    ['Outbound', 'Disconnect', undefined, false],
    ['Inbound', 'Disconnect', 'true', false],
    ['Outbound', 'Join', 'true', false],
  ])(
    '%s, a presence %s with readOnly %j, ends the conversation: %s',
    (direction, type, readOnly, ends) => {
      const events = [{ eventType: 'Presence', presence: { type } }];
      const reported = structured({
        type: 'Event',
        text: undefined,
        events,
        direction,
        metadata: { readOnly },
      });
      expect(reported.slice(1)).toEqual(
        ends
          ? [{ type: 'conversation', conversation: { conversationId: null, status: 'ended' } }]
          : [],
      );
    },
  );

  it.each([
    [{ status: 'Delivered' }, 'delivered', 'id-1'],
    [{ status: 'read', channel: { messageId: 'key-1' } }, 'read', 'key-1'],
  ])('that is a receipt %o is one', (body, status, messageId) => {
    expect(structured({ type: 'Receipt', text: undefined, ...body })).toEqual([
      {
        type: 'receipt',
        conversationId: null,
        messageId,
        from: { id: 'agent', name: '', role: 'agent' },
        status,
      },
    ]);
  });

  it.each([[{ status: 'Sent' }], [{ status: null }], [{ status: 'Read', id: null }]])(
    'that is a receipt %o says nothing',
    (body) => {
      expect(structured({ type: 'Receipt', text: undefined, ...body })).toMatchObject([
        { type: 'unknown' },
      ]);
    },
  );

  it('of several kinds at once tells each', () => {
    const events = [{ eventType: 'Presence', presence: { type: 'Join' } }];
    expect(structured({ events }).map(({ type }) => type)).toEqual(['message', 'presence']);
    expect(structured({ text: '', events }).map(({ type }) => type)).toEqual(['presence']);
    expect(structured({ type: 'Event', events }).map(({ type }) => type)).toEqual([
      'message',
      'presence',
    ]);
  });

  it('of the visitor’s that says nothing is one all the same: it is the echo of a file', () => {
    expect(
      structured({ text: undefined, direction: 'Inbound' }, { tracingId: 'own-1' }),
    ).toMatchObject([{ type: 'message', message: { messageId: 'own-1', text: '' } }]);
  });

  it.each<[string, object, object, string]>([
    ['the client’s own', {}, { tracingId: 'ECHO' }, 'pong'],
    ['the client’s own, with other words', { text: 'pong' }, { tracingId: 'ECHO' }, 'pong'],
    [
      'the client’s own, as the other side’s',
      { direction: 'Outbound' },
      { tracingId: 'ECHO' },
      'message',
    ],
    ['an answer with the word', {}, { type: 'response' }, 'pong'],
    ['an answer with the word in capitals', { text: 'PING' }, { type: 'RESPONSE' }, 'pong'],
    ['an answer with another word', { text: 'pings' }, { type: 'response' }, 'message'],
    ['an answer to the other side', { direction: 'Outbound' }, { type: 'response' }, 'message'],
    ['no answer', {}, {}, 'message'],
    [
      'an answer to what a visitor said',
      { metadata: { partylineMessageId: 'own-1' } },
      { type: 'response' },
      'message',
    ],
  ])('is an echo or not: %s', (_, body, frame, type) => {
    const [ping = ''] = adapter.encode({ type: 'ping' }, 'secret');
    const { tracingId } = JSON.parse(ping);
    const named = 'tracingId' in frame ? { ...frame, tracingId } : frame;
    expect(structured({ text: 'ping', direction: 'Inbound', ...body }, named)).toMatchObject([
      { type },
    ]);
  });

  it.each([
    [{ durationSeconds: '60' }, { duration: 60_000, expiresAt: null }],
    [{ expirationDate: '1800000000' }, { duration: null, expiresAt: 1_800_000_000_000 }],
    [
      { durationSeconds: 0, expirationDate: 0 },
      { duration: 0, expiresAt: 0 },
    ],
    [{ durationSeconds: 'soon' }, null],
  ])('that is an echo with %o tells the session’s life', (metadata, life) => {
    const echo = { text: 'ping', direction: 'Inbound', metadata };
    expect(structured(echo, { type: 'response' })).toEqual([
      { type: 'pong' },
      ...(life === null ? [] : [{ type: 'session-life', life }]),
    ]);
  });
});

describe('the history', () => {
  const since = { type: 'history-since', conversationId: 'c', since: at, cursor: null } as const;
  const before = { type: 'history-before', conversationId: 'c', before: { instant: at } } as const;
  const entity = (id: string, offset: number | null) => ({
    id,
    type: 'Text',
    text: id,
    direction: 'Outbound',
    channel: { time: offset === null ? null : new Date(at + offset).toISOString() },
  });
  const page = (entities: unknown, rest: object = {}, call: RestCall = since) =>
    adapter.response(call, {
      status: 200,
      retryAfter: null,
      body: JSON.stringify({ entities, ...rest }),
    });
  const cursorOf = (result: ReturnType<typeof page>) =>
    result.ok && result.value.type === 'history' ? result.value.nextCursor : undefined;
  const idsOf = (result: ReturnType<typeof page>) =>
    result.ok && result.value.type === 'history'
      ? result.value.messages.map(({ messageId }) => messageId)
      : undefined;
  const many = (count: number) =>
    Array.from({ length: count }, (_, index) => entity(`m${count - index}`, count - index));

  it.each<[RestCall, string]>([
    [since, 'pageNumber=1&pageSize=25'],
    [{ ...since, cursor: '2' }, 'pageNumber=2&pageSize=25'],
    [{ ...since, cursor: '2 60' }, 'pageNumber=2&pageSize=25'],
    [before, 'pageNumber=1&pageSize=25'],
    [{ ...before, cursor: '3' }, 'pageNumber=3&pageSize=25'],
    [{ type: 'conversation', conversationId: 'c' }, 'pageNumber=1&pageSize=25'],
  ])('is asked for by %o as %s', (call, query) => {
    expect(adapter.request(call, 'jwt')).toEqual({
      method: 'GET',
      url: `https://api.mypurecloud.ie/api/v2/webmessaging/messages?${query}`,
      headers: { authorization: 'Bearer jwt', accept: 'application/json' },
      body: null,
    });
  });

  it.each([
    ['an empty page', [], {}, null],
    ['an empty page that says there are more', [], { pageCount: 9 }, null],
    ['a page that is not full', many(24), {}, null],
    ['a full page', many(25), {}, '2'],
    ['a full page of another size', many(10), { pageSize: 10 }, '2'],
    ['a page that is not full of another size', many(9), { pageSize: 10 }, null],
    ['a full page that is the last', many(25), { pageCount: 1 }, null],
    ['a page that is not full, and not the last', many(3), { pageCount: 2 }, '2'],
    ['a full page, and how many there are', many(25), { total: 60 }, '2 60'],
    [
      'a full page, and how many there are, as texts',
      many(25),
      { total: '60', pageCount: '3' },
      '2 60',
    ],
  ])('goes on behind %s: %s', (_, entities, rest, cursor) => {
    expect(cursorOf(page(entities, rest))).toBe(cursor);
    expect(cursorOf(page(entities, rest, before))).toBe(cursor);
  });

  it.each([
    ['2', { pageCount: 2 }, null],
    ['2', { pageCount: 3 }, '3'],
    ['9 250', { pageCount: 11, total: 250 }, '10 250'],
    ['2 60', { pageCount: 3, total: 60 }, '3 60'],
    ['2 60', { pageCount: 3 }, '3'],
  ])('goes on from the page %j (%o) with %j', (cursor, rest, next) => {
    expect(cursorOf(page(many(25), rest, { ...since, cursor }))).toBe(next);
    expect(cursorOf(page(many(25), rest, { ...before, cursor }))).toBe(next);
  });

  it.each([
    [59, 'unavailable'],
    [60, undefined],
    [61, undefined],
  ])('that had 60 messages and has %i now fails: %s', (total, kind) => {
    const result = page(many(25), { total, pageCount: 3 }, { ...since, cursor: '2 60' });
    expect(result.ok ? undefined : result.failure.kind).toBe(kind);
  });

  // A catch-up looks a minute behind what it has.
  it.each([
    [-59_999, ['m'], '2'],
    [-60_000, ['m'], '2'],
    [-60_001, [], null],
  ])(
    'since an instant whose oldest is %i ms away has %j and goes on with %j',
    (offset, ids, cursor) => {
      const result = page([entity('m', offset)], { pageCount: 2 });
      expect([idsOf(result), cursorOf(result)]).toEqual([ids, cursor]);
    },
  );

  it.each([
    [1, '2'],
    [0, '2'],
    [-1, null],
  ])(
    'before an instant whose oldest is %i ms away goes on with %j, and keeps all',
    (offset, cursor) => {
      const result = page([entity('b', 5), entity('a', offset)], { pageCount: 2 }, before);
      expect([idsOf(result), cursorOf(result)]).toEqual([['a', 'b'], cursor]);
    },
  );

  it('counts what can’t be read, and not what is no message', () => {
    const events = [{ eventType: 'Presence', presence: { type: 'Join' } }];
    const join = { id: 'e', type: 'Event', direction: 'Inbound', events };
    expect(page([entity('a', 0), join, 5, null])).toMatchObject({
      value: { messages: [{ messageId: 'a' }], invalidCount: 2 },
    });
  });

  it('before a sequence, which this dialect lacks, is one page', () => {
    const call = { ...before, before: { sequence: 3 } };
    expect(cursorOf(page(many(25), { pageCount: 9 }, call))).toBeNull();
  });

  it('whose messages name no time goes on, and gives them that of their neighbours', () => {
    const result = page([entity('c', null), entity('b', 7), entity('a', null)], { pageCount: 2 });
    expect(cursorOf(result)).toBe('2');
    expect(result.ok && result.value.type === 'history' && result.value.messages).toMatchObject([
      { messageId: 'a', timestamp: at + 7 },
      { messageId: 'b', timestamp: at + 7 },
      { messageId: 'c', timestamp: at + 7 },
    ]);
    const timeless = page([entity('a', null)], { pageCount: 2 });
    expect([idsOf(timeless), cursorOf(timeless)]).toEqual([['a'], '2']);
    expect(timeless).toMatchObject({ value: { messages: [{ timestamp: null }] } });
  });

  it.each([
    ['a list that is missing, with none to tell', undefined, { total: 0 }, []],
    ['a list that is null, with none to tell', null, { total: '0' }, []],
    ['no list at all', undefined, {}, undefined],
    ['a list that is a text', 'x', {}, undefined],
  ])('may have %s', (_, entities, rest, ids) => {
    expect(idsOf(page(entities, rest))).toEqual(ids);
  });

  it.each<[number, string | null, string, string, number | null]>([
    [199, null, '{}', 'rejected', null],
    [300, null, '{}', 'rejected', null],
    [400, null, '{"message":"Words."}', 'rejected', null],
    [401, null, '{"code":"bad.token"}', 'unavailable', null],
    [403, null, '{}', 'unavailable', null],
    [404, null, '{}', 'unavailable', null],
    [408, null, '{}', 'unavailable', null],
    [429, '12', '{}', 'rate-limited', 12_000],
    [429, null, '{}', 'rate-limited', null],
    [499, null, '{}', 'rejected', null],
    [500, '1', '{}', 'unavailable', 1_000],
    [503, 'soon', '<html>', 'unavailable', null],
  ])('answered by %i (Retry-After: %s) %s fails as %s', (status, retryAfter, body, kind, wait) => {
    const reported = JSON.parse(body === '<html>' ? '{}' : body);
    expect(adapter.response(since, { status, retryAfter, body })).toEqual({
      ok: false,
      failure: {
        kind,
        message: reported.message ?? reported.code ?? `The gateway returned status ${status}.`,
        retryAfter: wait,
      },
    });
  });

  it.each<RestCall>([
    { type: 'send-message', conversationId: 'c', messageId: 'm', text: 'x' },
    { type: 'conversation', conversationId: 'c' },
    { type: 'skill-groups' },
    { type: 'skill-coverage', skillGroups: ['A'] },
  ])('is all that there is: $type is no call of the platform’s', (call) => {
    expect(page([], {}, call)).toMatchObject({ ok: false, failure: { kind: 'rejected' } });
  });

  it('is read up to the status 299', () => {
    const body = JSON.stringify({ entities: [entity('a', 0)], total: 1 });
    expect(adapter.response(since, { status: 299, retryAfter: null, body })).toMatchObject({
      ok: true,
    });
  });
});

describe('where the platform is', () => {
  it.each([
    ['us-east-1', 'mypurecloud.com'],
    ['us-east-2', 'use2.us-gov-pure.cloud'],
    ['us-west-2', 'usw2.pure.cloud'],
    ['mx-central-1', 'mxc1.pure.cloud'],
    ['ca-central-1', 'cac1.pure.cloud'],
    ['sa-east-1', 'sae1.pure.cloud'],
    ['eu-west-1', 'mypurecloud.ie'],
    ['eu-west-2', 'euw2.pure.cloud'],
    ['eu-central-1', 'mypurecloud.de'],
    ['eu-central-2', 'euc2.pure.cloud'],
    ['me-central-1', 'mec1.pure.cloud'],
    ['ap-south-1', 'aps1.pure.cloud'],
    ['ap-southeast-1', 'apse1.pure.cloud'],
    ['ap-southeast-2', 'mypurecloud.com.au'],
    ['ap-northeast-1', 'mypurecloud.jp'],
    ['ap-northeast-2', 'apne2.pure.cloud'],
    ['ap-northeast-3', 'apne3.pure.cloud'],
    ['MyPureCloud.de', 'mypurecloud.de'],
  ])('of the region %s is %s', (name, domain) => {
    for (const where of [{ region: name }, { domain: name }]) {
      const { socketUrl, configurationUrl, domainsUrl, request } = genesysCloud({
        deploymentId: 'd-1',
        ...where,
      });
      expect(socketUrl).toBe(
        `wss://webmessaging.${domain}/v1?deploymentId=d-1&application=partyline`,
      );
      const files = `https://api-cdn.${domain}/webdeployments/v1/deployments/d-1`;
      expect([configurationUrl, domainsUrl]).toEqual([
        `${files}/config.json`,
        `${files}/domains.json`,
      ]);
      const url = request({ type: 'conversation', conversationId: 'c' }, 't').url;
      expect(new URL(url).origin).toBe(`https://api.${domain}`);
    }
  });

  it.each([
    ['http://127.0.0.1:8081', 'ws://127.0.0.1:8081'],
    ['https://proxy.example/', 'wss://proxy.example'],
    ['https://http.example', 'wss://http.example'],
  ])('may be another origin: %s', (endpoint, socket) => {
    const origin = endpoint.replace(/\/$/, '');
    const code = { codeUrl: '/code', endpoint, deploymentId: 'd~1._-' };
    const { socketUrl, configurationUrl, domainsUrl, sessions, request } = genesysCloud(code);
    expect(socketUrl).toBe(`${socket}/v1?deploymentId=d~1._-&application=partyline`);
    const files = `${origin}/webdeployments/v1/deployments/d~1._-`;
    expect([configurationUrl, domainsUrl]).toEqual([
      `${files}/config.json`,
      `${files}/domains.json`,
    ]);
    expect(sessions.authentication).toEqual({
      codeUrl: '/code',
      exchangeUrl: `${origin}/api/v2/webdeployments/token/oauthcodegrantjwtexchange`,
      refreshUrl: `${origin}/api/v2/webdeployments/token/refresh`,
      revokeUrl: `${origin}/api/v2/webdeployments/token/revoke`,
    });
    expect(request({ type: 'conversation', conversationId: 'c' }, 't').url).toMatch(origin);
  });

  it.each(['shop & co', 'a/b?c#d', 'a+b%20', 'ö', 'x'.repeat(2_048)])(
    'is told which client asks: %s',
    (application) => {
      const { searchParams, pathname, hash } = new URL(
        genesysCloud({ ...options, application }).socketUrl,
      );
      expect([...searchParams]).toEqual([
        ['deploymentId', 'deployment-1'],
        ['application', application],
      ]);
      expect([pathname, hash]).toEqual(['/v1', '']);
    },
  );
});

describe('the dialect', () => {
  it('promises what the platform does, and keeps what it allows', () => {
    expect(adapter).toMatchObject({
      dialect: 'genesys-cloud',
      traits: {
        authentication: 'session',
        isShared: false,
        sequences: false,
        idempotentSend: false,
        restSend: false,
        history: 'newest',
        minimumPingInterval: 30_000,
        maximumTextLength: 4_096,
        maximumTextBytes: 4_096,
        maximumAttributeBytes: 1_800,
        rateLimits: {
          pings: { count: 2, window: 60_000 },
          messages: { count: 5, window: 1_000 },
          history: { count: 10, window: 60_000 },
          typing: 5_000,
        },
      },
      sessions: { deploymentId: 'deployment-1', visitorUrl: null, authentication: null },
    });
    const { requests } = adapter.traits.rateLimits ?? {};
    expect(requests?.window).toBe(60_000);
    // Sixty in all, with room for what can't wait.
    expect(requests?.count).toBeLessThan(60);
  });

  it('shares a session among a visitor’s browsers where visitors sign in, and asks who they are', () => {
    const site = genesysCloud({ ...options, codeUrl: '/code', visitorUrl: '/visitor' });
    expect(site.traits.isShared).toBe(true);
    expect(site.sessions).toMatchObject({
      visitorUrl: '/visitor',
      authentication: { codeUrl: '/code' },
    });
  });

  it.each([
    ...[1000, 1001, 1005, 1006, 1011, 1012, 1013, 4001, 4003, 4029].map((code) => [
      code,
      'network',
    ]),
    [1008, 'client-bug'],
    [1009, 'client-bug'],
  ])('takes the close code %i for: %s', (code, meaning) => {
    expect(adapter.closeMeaning(Number(code))).toBe(meaning);
  });
});

describe('an option', () => {
  const bytes = (count: number) => ({ a: 'x'.repeat(count - '{"a":""}'.length) });

  it.each<[string, object, object]>([
    ['deploymentId', { deploymentId: 'x'.repeat(128) }, { deploymentId: 'x'.repeat(129) }],
    ['deploymentId', { deploymentId: 'A_z.~-9' }, { deploymentId: 'a/b' }],
    ['deploymentId', {}, { deploymentId: 'a b' }],
    ['deploymentId', {}, { deploymentId: 'a?b' }],
    ['region', { region: 'aps1' }, { region: 'aps9' }],
    ['region', {}, { region: '' }],
    ['region', {}, { region: 'mypurecloud.ie/x' }],
    ['region', {}, { domain: 'mypurecloud.ie' }],
    ['region', { endpoint: 'https://x.example' }, { region: undefined }],
    [
      'domain',
      { region: undefined, domain: 'usw2.pure.cloud' },
      { region: undefined, domain: 'usw9.pure.cloud' },
    ],
    ['endpoint', { endpoint: 'http://x:1' }, { endpoint: 'https://x.example/a' }],
    ['endpoint', { endpoint: 'https://x/' }, { endpoint: 'wss://x.example' }],
    ['endpoint', {}, { endpoint: 'xhttps://x.example' }],
    ['application', { application: 'x' }, { application: '' }],
    ['application', {}, { application: 'x'.repeat(2_049) }],
    ['visitorUrl', { visitorUrl: '/x' }, { visitorUrl: '' }],
    ['codeUrl', { codeUrl: '/x' }, { codeUrl: '' }],
    ['customAttributes', { customAttributes: bytes(1_800) }, { customAttributes: bytes(1_801) }],
    [
      'customAttributes',
      { customAttributes: { a: `${'ö'.repeat(896)}` } },
      { customAttributes: { a: `x${'ö'.repeat(896)}` } },
    ],
    [
      'customAttributes',
      { customAttributes: { a: `xx${'€'.repeat(596)}xx` } },
      { customAttributes: { a: `xx${'€'.repeat(596)}xxx` } },
    ],
    [
      'customAttributes',
      { customAttributes: { a: '🤪'.repeat(448) } },
      { customAttributes: { a: `x${'🤪'.repeat(448)}` } },
    ],
    ['customAttributes', {}, { customAttributes: { a: 1 } }],
    ['autostart', { autostart: false }, { autostart: 'no' }],
    ['journeyContext', { journeyContext: { a: [1] } }, { journeyContext: { a: () => 1 } }],
    ['uploads', { uploads: false }, { uploads: true }],
    ['uploads', { uploads: { maximumSize: 1 } }, { uploads: { maximumSize: 0 } }],
    ['uploads', { uploads: { maximumSize: null } }, { uploads: { maximumSize: 1.5 } }],
    [
      'uploads',
      { uploads: { mimeTypes: ['x'.repeat(256)] } },
      { uploads: { mimeTypes: ['x'.repeat(257)] } },
    ],
    ['uploads', { uploads: { blockedExtensions: [] } }, { uploads: { blockedExtensions: '.exe' } }],
    ['regoin', {}, { regoin: 'eu-west-1' }],
  ])('%s is in bounds', (name, good, wrong) => {
    const create = (changes: object) => () => {
      const given = Object.entries({ ...options, ...changes }).filter(
        ([, value]) => value !== undefined,
      );
      return Reflect.apply(genesysCloud, null, [Object.fromEntries(given)]);
    };
    expect(create(good)).not.toThrow();
    expect(create(wrong)).toThrow(expect.objectContaining({ code: 'invalid-option' }));
    expect(create(wrong)).toThrow('genesysCloud: ');
    expect(create(wrong)).toThrow(name);
  });
});
