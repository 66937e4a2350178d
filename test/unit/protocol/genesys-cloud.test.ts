import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contentsSchema } from '../../../src/protocol/content-schema.ts';
import { PartylineError } from '../../../src/protocol/errors.ts';
import type { GatewayEvent } from '../../../src/protocol/gateway/events.ts';
import { genesysCloud } from '../../../src/protocol/genesys-cloud/index.ts';
import { requestIds } from '../../../src/protocol/genesys-cloud/request-ids.ts';

const adapter = genesysCloud({ deploymentId: 'deployment-1', region: 'eu-west-1' });

const decode = (frame: unknown) => adapter.decode(JSON.stringify(frame));

const time = '2026-03-01T09:30:00.250Z';
const at = Date.parse(time);

/** For what runs a thousand times, on a machine that is busy, in ms. */
const patience = 60_000;

/** A frame with a StructuredMessage in it. */
function structured(body: Record<string, unknown>, frame: Record<string, unknown> = {}) {
  return {
    type: 'message',
    class: 'StructuredMessage',
    code: 200,
    body: { id: 'id-1', type: 'Text', direction: 'Outbound', channel: { time }, ...body },
    ...frame,
  };
}

function contentOf(...content: unknown[]) {
  const [event] = decode(structured({ type: 'Structured', text: 'Choose', content }));
  return event?.type === 'message' ? event.message.content : undefined;
}

describe('messages', () => {
  it('tells an agent’s message, and whose it is', () => {
    const from = { nickname: 'Ada', firstName: 'A', image: null };
    const frame = structured({ text: 'Hi', originatingEntity: 'Human', channel: { time, from } });
    expect(decode(frame)).toEqual([
      {
        type: 'message',
        message: {
          conversationId: null,
          messageId: 'id-1',
          sequence: null,
          from: { id: 'agent:Ada', name: 'Ada', role: 'agent' },
          text: 'Hi',
          timestamp: at,
        },
      },
    ]);
  });

  // As live sessions sent them ([SC]).
  it.each([
    [{}, { id: 'bot', name: '', role: 'bot' }],
    [null, { id: 'bot', name: '', role: 'bot' }],
    [
      { nickname: ' ', firstName: 'Lamp', lastName: null },
      { id: 'bot:Lamp', name: 'Lamp' },
    ],
    [
      { nickname: 'Ada', image: 'https://pictures.example/a.jpg' },
      { name: 'Ada', imageUrl: 'https://pictures.example/a.jpg' },
    ],
  ])('tells the sender of a bot’s message from %j', (from, sender) => {
    const frame = structured({ text: 'Hi', originatingEntity: 'Bot', channel: { time, from } });
    expect(decode(frame)).toMatchObject([{ message: { from: sender } }]);
  });

  it.each(['javascript:alert(1)', 'data:image/png;base64,AA', '', 5, {}])(
    'leaves out the picture %j',
    (image) => {
      const channel = { time, from: { nickname: 'Ada', image } };
      expect(decode(structured({ text: 'Hi', channel }))).toMatchObject([
        { message: { from: { id: 'agent:Ada', name: 'Ada', role: 'agent' } } },
      ]);
      expect(JSON.stringify(decode(structured({ text: 'Hi', channel })))).not.toContain('imageUrl');
    },
  );

  it('takes the channel’s message id for the key, and keeps the other as an alias', () => {
    const frame = structured({ text: 'Hi', channel: { time, messageId: 'key-1' } });
    expect(decode(frame)).toMatchObject([{ message: { messageId: 'key-1', aliases: ['id-1'] } }]);
  });

  it('knows the visitor’s own message by the tracing id', () => {
    const frame = structured(
      { text: 'Hello', direction: 'Inbound', channel: { time, messageId: 'key-1' } },
      { tracingId: 'own-1' },
    );
    expect(decode(frame)).toMatchObject([
      { message: { messageId: 'own-1', aliases: ['key-1', 'id-1'], from: { role: 'visitor' } } },
    ]);
  });

  it('knows it by a tracing id in the message itself, live and in the history', () => {
    const message = {
      id: 'id-1',
      type: 'Text',
      text: 'Hello',
      direction: 'Inbound',
      channel: { time, messageId: 'key-1' },
      tracingId: 'own-1',
    };
    const known = { messageId: 'own-1', aliases: ['key-1', 'id-1'] };
    expect(decode(structured(message))).toMatchObject([{ message: known }]);
    const call = { type: 'history-since', conversationId: 'c', since: 0, cursor: null } as const;
    const body = JSON.stringify({ entities: [message], total: 1, pageCount: 1 });
    expect(adapter.response(call, { status: 200, retryAfter: null, body })).toMatchObject({
      value: { messages: [known] },
    });
  });

  it('knows it again by what it wrote into the message, in either place', () => {
    const metadata = { customAttributes: { partylineMessageId: 'own-1' } };
    const inChannel = { direction: 'Inbound', text: 'x', channel: { time, metadata } };
    const inMessage = {
      direction: 'Inbound',
      text: 'x',
      metadata: { partylineMessageId: 'own-1' },
    };
    for (const body of [inChannel, inMessage]) {
      expect(decode(structured(body))).toMatchObject([{ message: { messageId: 'own-1' } }]);
    }
  });

  it('does without a channel, without a time and with numbers for texts', () => {
    const frame = {
      class: 'StructuredMessage',
      code: '200',
      body: { id: 7, text: 5, channel: null },
    };
    expect(decode(frame)).toMatchObject([
      { type: 'message', message: { messageId: '7', text: '5', timestamp: null } },
    ]);
    const late = structured({ text: 'x', channel: { time: 'half past nine' } });
    expect(decode(late)).toMatchObject([{ message: { timestamp: null } }]);
  });

  it('reads a body that comes as a string', () => {
    const { body, ...frame } = structured({ text: 'Hi' });
    expect(decode({ ...frame, body: JSON.stringify(body) })).toMatchObject([
      { message: { text: 'Hi' } },
    ]);
  });

  it('knows a message without any id by what it says and when', () => {
    const [first, again, other] = ['x', 'x', 'y'].map(
      (text) => decode(structured({ id: null, text }))[0],
    );
    expect(first).toMatchObject({ type: 'message', message: { text: 'x' } });
    expect(again).toEqual(first);
    const ids = [first, other].map((event) => event?.type === 'message' && event.message.messageId);
    expect(new Set(ids).size).toBe(2);
    expect(decode(structured({ text: null }))).toMatchObject([{ type: 'unknown' }]);
  });

  it('tells two messages without any id by what they bring', () => {
    const [first, second] = ['a.png', 'b.png'].map((filename) =>
      decode(
        structured({
          id: null,
          channel: null,
          content: [{ contentType: 'Attachment', attachment: { filename } }],
        }),
      ),
    );
    expect(first).not.toEqual(second);
    expect(first?.[0]).toMatchObject({
      message: { messageId: expect.stringMatching(/^unnamed-/) },
    });
  });

  it('takes a time for one only if it is written as one', () => {
    const timeOf = (reported: unknown) => {
      const [event] = decode(structured({ text: 'Hi', channel: { time: reported } }));
      return event?.type === 'message' ? event.message.timestamp : undefined;
    };
    for (const reported of [time, '2026-03-01T09:30:00.250', '2026-03-01T10:30:00.250+01:00']) {
      expect(timeOf(reported)).toBe(at);
    }
    for (const reported of ['some time 5', '5', 'March 1 2026', '2026-13-01T00:00:00Z']) {
      expect(timeOf(reported)).toBeNull();
    }
  });

  it('takes quick replies in the shape of their answers for an offer, when they are not the visitor’s', () => {
    const content = ['Red', 'Green'].map((text) => ({
      contentType: 'ButtonResponse',
      buttonResponse: { type: 'QuickReply', text, payload: text },
    }));
    const [offer] = decode(structured({ type: 'Structured', text: 'Which?', content }));
    expect(offer).toMatchObject({
      message: { content: [{ type: 'choices', choices: [{ text: 'Red' }, { text: 'Green' }] }] },
    });
    const [answer] = decode(structured({ type: 'Structured', direction: 'Inbound', content }));
    expect(answer).toMatchObject({
      message: { content: [{ type: 'answer' }, { type: 'answer' }] },
    });
  });

  it('does not take a visitor’s “ping” for the answer to an echo', () => {
    const metadata = { partylineMessageId: 'own' };
    const body = { id: 'i', type: 'Text', text: 'ping', direction: 'Inbound', metadata };
    const frame = { type: 'response', class: 'StructuredMessage', code: 200, body };
    expect(decode(frame)).toMatchObject([{ type: 'message', message: { messageId: 'own' } }]);
  });
});

describe('content', () => {
  it('makes one offer of the quick replies', () => {
    const reply = (text: string, payload?: string) => ({
      contentType: 'QuickReply',
      quickReply: { text, payload, action: 'Message' },
    });
    expect(contentOf(reply('Yes', 'y'), reply('No'))).toMatchObject([
      {
        type: 'choices',
        choices: [
          { text: 'Yes', payload: 'y' },
          { text: 'No', payload: 'No' },
        ],
      },
    ]);
  });

  it('reads cards alone and in a row, and leaves out what leads nowhere', () => {
    const card = {
      title: 'Tea',
      description: 'Green',
      image: 'https://x.example/tea.png',
      defaultAction: { type: 'Link', url: 'https://x.example/tea' },
      actions: [
        { type: 'Link', text: 'Look', url: 'https://x.example/look' },
        { type: 'Postback', text: 'Buy', payload: 'buy-tea' },
        { type: 'Link', text: 'Run', url: 'javascript:alert(1)' },
      ],
    };
    const read = {
      title: 'Tea',
      link: { url: 'https://x.example/tea' },
      choices: [
        { type: 'link', url: 'https://x.example/look' },
        { type: 'reply', payload: 'buy-tea' },
      ],
    };
    expect(contentOf({ contentType: 'Card', card })).toMatchObject([
      { type: 'cards', cards: [read] },
    ]);
    expect(contentOf({ contentType: 'Carousel', carousel: { cards: [card, {}] } })).toMatchObject([
      { type: 'cards', cards: [read, { title: '', choices: [] }] },
    ]);
  });

  it('leaves out what can’t be pressed: actions of other kinds, and replies that say nothing', () => {
    const actions = [
      { type: 'Unsupported', text: 'a' },
      { type: 'PhoneNumber', text: 'b' },
      { type: 'Postback', text: 'c', payload: 'd' },
    ];
    expect(contentOf({ contentType: 'Card', card: { title: 'Lamp', actions } })).toMatchObject([
      { cards: [{ choices: [{ text: 'c', payload: 'd' }] }] },
    ]);
    const quickReplies = [{ quickReply: {} }, { quickReply: { text: 'Yes' } }];
    expect(contentOf(...quickReplies)).toMatchObject([{ choices: [{ text: 'Yes' }] }]);
  });

  it('knows a picture by its type, wherever that stands', () => {
    const kindOf = (attachment: object) => contentOf({ contentType: 'Attachment', attachment });
    for (const reported of [
      { mediaType: 'Image' },
      { mediaType: 'image/png' },
      { mime: 'image/png' },
    ]) {
      expect(kindOf({ id: 'a', ...reported })).toMatchObject([{ kind: 'image' }]);
    }
    expect(kindOf({ id: 'a', mediaType: 'File' })).toMatchObject([{ kind: 'file' }]);
  });

  it('reads pickers, attachments, answers and places', () => {
    const parts = contentOf(
      {
        contentType: 'ListPicker',
        listPicker: {
          receivedMessage: { title: 'Colours' },
          sections: [
            { title: 'Warm', multipleSelection: true, items: [{ id: 'r', title: 'Red' }] },
          ],
        },
      },
      {
        contentType: 'DatePicker',
        datePicker: { title: 'When', availableTimes: [{ dateTime: time, duration: '30' }, {}] },
      },
      {
        contentType: 'Attachment',
        attachment: {
          id: 'a',
          filename: 'a.png',
          mediaType: 'Image',
          url: 'https://x.example/a',
          fileSize: 9,
        },
      },
      {
        contentType: 'ButtonResponse',
        buttonResponse: { type: 'Button', text: 'Buy', payload: 'b' },
      },
      {
        contentType: 'Location',
        location: { url: 'https://x.example/map', address: 'High Street' },
      },
    );
    expect(parts).toMatchObject([
      { type: 'list', title: 'Colours', sections: [{ isMultiple: true, items: [{ id: 'r' }] }] },
      { type: 'times', title: 'When', times: [{ at, duration: 30 }] },
      { type: 'attachment', attachmentId: 'a', kind: 'image', size: 9 },
      { type: 'answer', text: 'Buy', payload: 'b' },
      { type: 'link', url: 'https://x.example/map', text: 'High Street' },
    ]);
  });

  it('reads a form with a field of every kind', () => {
    const [form] = contentOf({ contentType: 'Form', form: offeredForm }) ?? [];
    expect(form).toEqual({
      type: 'form',
      formId: 'canned-1',
      title: 'A call?',
      subtitle: 'Soon',
      imageUrl: 'https://x.example/a.png',
      button: 'Start',
      introduction: { title: 'Your call', subtitle: null, imageUrl: null },
      reply: 'Done',
      hasSummary: true,
      pages: [
        {
          title: 'You',
          subtitle: null,
          fields: [
            {
              type: 'text',
              id: 'f1',
              title: 'Name',
              subtitle: null,
              placeholder: 'Ada',
              isRequired: true,
              isMultiline: false,
              keyboard: 'email',
              autocomplete: 'given-name',
              maximumLength: 30,
            },
            {
              type: 'date',
              id: 'f2',
              title: null,
              subtitle: null,
              isRequired: true,
              earliest: '2026-03-02',
              latest: null,
              parts: ['day', 'month', 'year'],
            },
            {
              type: 'list',
              id: 'f3',
              title: null,
              subtitle: null,
              isRequired: false,
              sections: [
                {
                  title: 'Topics',
                  isMultiple: true,
                  items: [{ id: 'a', title: 'A', subtitle: null, imageUrl: null }],
                },
              ],
            },
            {
              type: 'choice',
              id: 'f4',
              title: null,
              subtitle: null,
              isRequired: false,
              items: [
                { id: 'am', title: 'Morning' },
                { id: 'pm', title: 'After noon' },
                { id: 'x', title: 'x' },
              ],
            },
          ],
        },
      ],
    });
    // As a tab's port and the store read it.
    expect(contentsSchema.safeParse([form]).success).toBe(true);
  });

  it(
    'makes of any form, with whatever is missing, what a tab can read',
    () => {
      fc.assert(
        fc.property(
          fc.constantFrom(...pathsOf(offeredForm)),
          fc.jsonValue(),
          fc.boolean(),
          (path, value, isGone) => {
            const form = changed(offeredForm, path, isGone ? undefined : value);
            const parts = contentOf({ contentType: 'Form', form });
            return parts === undefined || contentsSchema.safeParse(parts).success;
          },
        ),
        { numRuns: 1_000 },
      );
    },
    patience,
  );

  it('says that it can’t show a form without a field that it knows', () => {
    const form = {
      receivedMessage: { title: 'Sign here' },
      formPages: [{ pageComponents: [{ formComponentType: 'Signature', signature: {} }] }, {}],
    };
    expect(contentOf({ contentType: 'Form', form })).toEqual([
      { type: 'unsupported', name: 'Form', title: 'Sign here' },
    ]);
  });

  it('reads the visitor’s own form by its values, and one left empty as nothing', () => {
    const own = (response: unknown) => {
      const form = { originatingMessageId: 'm', cannedResponseId: 'c', response };
      const [event] = decode(
        structured({
          type: 'Structured',
          direction: 'Inbound',
          text: 'Done',
          content: [{ contentType: 'Form', form }],
        }),
      );
      return event?.type === 'message' ? event.message.content : null;
    };
    const pressed = { type: 'Form', text: 'Ada', payload: 'Ada' };
    expect(own([{ id: 'f1', component: { buttonResponse: pressed } }])).toEqual([
      { type: 'answer', kind: 'form', text: 'Ada', payload: 'Ada' },
    ]);
    expect(own([])).toBeUndefined();
  });

  it('names what it can’t show, and shows the rest', () => {
    const parts = contentOf({ contentType: 'Hologram', hologram: {} }, 'nonsense', null, {
      contentType: 'Attachment',
      attachment: { id: 'a' },
    });
    expect(parts).toMatchObject([
      { type: 'unsupported', name: 'Hologram' },
      { type: 'attachment', kind: 'file', url: null },
    ]);
  });
});

const offeredForm = {
  cannedResponseId: 'canned-1',
  introduction: { title: 'Your call', buttonText: 'Start' },
  receivedMessage: {
    header: 'Hello',
    title: 'A call?',
    subtitle: 'Soon',
    imageUrl: 'https://x.example/a.png',
  },
  replyMessage: { title: 'Done' },
  showSummary: true,
  formPages: [
    {
      title: 'You',
      pageComponents: [
        {
          formComponentType: 'Input',
          input: {
            id: 'f1',
            title: 'Name',
            placeholderText: 'Ada',
            isRequired: true,
            isMultipleLine: false,
            keyboardType: 'Email',
            autoCompleteType: 'GivenName',
          },
        },
        {
          formComponentType: 'DatePicker',
          datePicker: {
            id: 'f2',
            dateMinimum: '2026-03-02T00:00:00.000Z',
            dateMaximum: 'never',
            dateDisplayFormat: 'dayMonthYear',
            availableTimes: [],
          },
        },
        {
          formComponentType: 'ListPicker',
          listPicker: {
            id: 'f3',
            sections: [
              { title: 'Topics', multipleSelection: true, items: [{ id: 'a', title: 'A' }] },
              { title: 'None' },
            ],
          },
        },
        {
          formComponentType: 'WheelPicker',
          wheelPicker: {
            id: 'f4',
            items: [{ id: 'am', title: 'Morning' }, { id: 'pm', value: 'After noon' }, { id: 'x' }],
          },
        },
        { formComponentType: 'Signature' },
      ],
    },
  ],
};

describe('events', () => {
  const event = (part: unknown, body: Record<string, unknown> = {}) =>
    decode(structured({ type: 'Event', text: undefined, events: [part], ...body }));

  it('tells typing and for how long', () => {
    const typing = { eventType: 'Typing', typing: { type: 'On', duration: 3_000 } };
    expect(event(typing)).toMatchObject([{ type: 'typing', isTyping: true, duration: 3_000 }]);
    const off = { eventType: 'Typing', typing: { type: 'Off' } };
    expect(event(off)).toMatchObject([{ type: 'typing', isTyping: false }]);
  });

  it('ends the conversation when a disconnect says read-only, as a string', () => {
    const disconnect = { eventType: 'Presence', presence: { type: 'Disconnect' } };
    expect(event(disconnect)).toMatchObject([{ type: 'presence', presence: 'disconnect' }]);
    expect(event(disconnect, { metadata: { readOnly: 'true' } })).toMatchObject([
      { type: 'presence' },
      { type: 'conversation', conversation: { status: 'ended' } },
    ]);
    const own = { metadata: { readOnly: 'true' }, direction: 'Inbound' };
    expect(event(disconnect, own)).toHaveLength(1);
  });

  it.each([
    ['Join', 'join'],
    ['Clear', 'clear'],
    ['SignIn', 'sign-in'],
    ['Authenticate', 'other'],
  ])('tells the presence %s', (name, presence) => {
    expect(event({ eventType: 'Presence', presence: { type: name } })).toMatchObject([
      { type: 'presence', presence, name },
    ]);
  });

  it.each([
    ['CoBrowse', { coBrowse: { sessionId: 's', sessionJoinToken: 'secret' } }, 'co-browse', 's'],
    ['CoBrowse', { coBrowse: {} }, 'co-browse', null],
    ['video', { video: { offeringId: 'o', jwt: 'secret' } }, 'video', 'o'],
  ] as const)('tells of the offer %s %j, without its secret', (eventType, body, offer, offerId) => {
    const [[key, fields]] = Object.entries(body) as [[string, object]];
    const offered = (type: string, more = {}) =>
      event({ eventType, [key]: { ...fields, type } }, more);
    expect(offered('Offering')).toMatchObject([
      { type: 'message', message: { text: '', content: [{ type: 'declined', offer }] } },
      { type: 'offer', offer, offerId },
    ]);
    expect(JSON.stringify(offered('Offering'))).not.toContain('secret');
    expect(offered('OfferingExpired')).toMatchObject([{ type: 'unknown' }]);
    expect(offered('Offering', { direction: 'Inbound' })).toMatchObject([{ type: 'unknown' }]);
    // With a text, it is one message.
    expect(offered('Offering', { text: 'Look' }).map(({ type }) => type)).toEqual([
      'message',
      'offer',
    ]);
  });

  it.each([null, 7, 'x', [], {}, { type: 7 }])(
    'reads an offer that is %j as an unknown event',
    (coBrowse) => {
      expect(event({ eventType: 'CoBrowse', coBrowse })).toMatchObject([{ type: 'unknown' }]);
    },
  );

  it('says of what will be invented that it does not know it', () => {
    expect(event({ eventType: null })).toEqual([
      { type: 'unknown', what: 'an event (without a type)' },
    ]);
    expect(decode(structured({ type: 'Event', events: null }))).toEqual([]);
  });

  it('tells receipts', () => {
    const receipt = { type: 'Receipt', status: 'Read', channel: { messageId: 'key-1' } };
    expect(decode(structured(receipt))).toMatchObject([
      { type: 'receipt', messageId: 'key-1', status: 'read', from: { role: 'agent' } },
    ]);
    for (const [status, what] of [
      ['Sent', 'a receipt (Sent)'],
      [null, 'a receipt (without a status)'],
    ]) {
      expect(decode(structured({ type: 'Receipt', status }))).toEqual([{ type: 'unknown', what }]);
    }
  });

  it('tells of a message that could not be delivered, under all its ids, and why', () => {
    const reasons = [{ code: 'MessageNotAllowed', message: 'no' }, { code: 'X' }, {}, 'bad'];
    const failed = { type: 'Receipt', status: 'Failed', reasons, channel: { messageId: 'key-1' } };
    expect(decode(structured(failed, { tracingId: 'own-1' }))).toEqual([
      {
        type: 'undelivered',
        messageIds: ['key-1', 'id-1', 'own-1'],
        reason: 'MessageNotAllowed: no; X',
      },
    ]);
    const bare = { type: 'Receipt', status: 'failed', reasons: null };
    expect(decode(structured(bare))).toMatchObject([{ messageIds: ['id-1'], reason: null }]);
  });
});

describe('the session', () => {
  const session = (body: Record<string, unknown>) =>
    decode({ type: 'response', class: 'SessionResponse', code: 200, body });

  it('is authenticated by being opened', () => {
    expect(session({ connected: true, newSession: true })).toMatchObject([
      { type: 'authenticated' },
      { type: 'session', isNew: true, isReadOnly: false, uploads: null },
      { type: 'conversation', conversation: { conversationId: null, status: 'connected' } },
    ]);
  });

  it('tells its rules and its life, in numbers or strings', () => {
    const [, told] = session({
      connected: true,
      readOnly: 'true',
      clearedExistingSession: true,
      allowedMedia: { inbound: { fileTypes: [{ type: '*/*' }, {}], maxFileSizeKB: '10' } },
      blockedExtensions: ['.exe', 3],
      durationSeconds: '900',
      expirationDate: 1_800_000_000,
    });
    expect(told).toEqual({
      type: 'session',
      isConnected: true,
      isNew: false,
      isReadOnly: true,
      isAutoStarted: false,
      hasClearedOthers: true,
      life: { duration: 900_000, expiresAt: 1_800_000_000_000 },
      uploads: { mimeTypes: ['*/*'], blockedExtensions: ['.exe'], maximumSize: 10_240 },
    });
  });

  it('is not there when it says so', () => {
    expect(session({ connected: false })).toMatchObject([{ type: 'session', isConnected: false }]);
  });

  it('hears its own echo although it names no direction, or its id in the body', () => {
    const [ping] = adapter.encode({ type: 'ping' }, 'token');
    const { tracingId } = JSON.parse(ping ?? '');
    const body = { type: 'Text', text: 'ping', id: 'x' };
    for (const frame of [
      { class: 'StructuredMessage', type: 'message', code: 200, body, tracingId },
      { class: 'StructuredMessage', type: 'message', code: 200, body: { ...body, tracingId } },
    ]) {
      expect(decode(frame)).toEqual([{ type: 'pong' }]);
    }
  });

  it('recognises its own echo, and reads the session’s lifetime from it', () => {
    const body = { text: 'ping', type: 'Text', direction: 'Inbound', id: 'echo' };
    const answer = { type: 'response', tracingId: 'anything' };
    expect(decode(structured(body, answer))).toEqual([{ type: 'pong' }]);
    const metadata = { durationSeconds: '60', expirationDate: '1800000000' };
    expect(decode(structured({ ...body, metadata }, answer))).toEqual([
      { type: 'pong' },
      { type: 'session-life', life: { duration: 60_000, expiresAt: 1_800_000_000_000 } },
    ]);
    // A visitor may say so, too.
    expect(decode(structured(body))).toMatchObject([{ type: 'message' }]);
  });

  it.each<[string, Record<string, unknown>, Partial<GatewayEvent>]>([
    ['SessionExpiredEvent', {}, { type: 'session-over', reason: 'expired' }],
    ['SessionClearedEvent', {}, { type: 'session-over', reason: 'cleared' }],
    ['ConnectionClosedEvent', {}, { type: 'evicted', reason: null }],
    [
      'ConnectionClosedEvent',
      { reason: 'signedIn' },
      { type: 'session-over', reason: 'signed-in' },
    ],
    ['ConnectionClosedEvent', { reasonCode: 'other' }, { type: 'evicted', reason: 'other' }],
    ['LogoutEvent', {}, { type: 'signed-out' }],
    ['JwtResponse', { jwt: 'j', exp: '5' }, { type: 'rest-token', token: 'j', expiresAt: 5_000 }],
    ['AttachmentDeletedResponse', { attachmentId: 'a' }, { type: 'attachment-deleted' }],
    ['GetConfigurationResponse', { sessionDurationSeconds: 60 }, { type: 'configuration' }],
    ['ResumeTokenResponse', { resumeToken: 'secret' }, { type: 'unknown' }],
    ['FromTheFuture', {}, { type: 'unknown' }],
  ])('understands %s', (name, body, event) => {
    const reported = decode({ type: 'message', class: name, code: 200, body });
    expect(reported).toMatchObject([event]);
    expect(JSON.stringify(reported)).not.toContain('secret');
  });

  it('tells an upload’s address from a fresh link', () => {
    const url = (body: Record<string, unknown>) =>
      decode({ type: 'response', class: 'PresignedUrlResponse', code: 200, body });
    const address = { attachmentId: 'a', url: 'https://x.example/a' };
    expect(url({ ...address, headers: { 'x-tag': 'b', size: 3 } })).toEqual([
      { type: 'upload-target', ...address, headers: { 'x-tag': 'b', size: '3' } },
    ]);
    expect(url({ ...address, headers: {}, fileSize: '12' })).toMatchObject([
      { type: 'attachment-url' },
    ]);
    expect(url({ attachmentId: 'a', url: 'file:///etc/passwd' })).toMatchObject([
      { type: 'invalid' },
    ]);
  });
});

describe('errors', () => {
  const error = (code: number | string, body: unknown = 'words', frame = {}) =>
    decode({ type: 'response', class: 'string', code, body, ...frame });

  it.each([
    [400, { type: 'problem', problem: { kind: 'invalid-frame' } }],
    [401, { type: 'token-expired' }],
    [403, { type: 'problem', problem: { kind: 'forbidden' } }],
    [404, { type: 'problem', problem: { kind: 'other' } }],
    [408, { type: 'problem', problem: { kind: 'unavailable' } }],
    [409, { type: 'problem', problem: { kind: 'conversation-ended' } }],
    [429, { type: 'problem', problem: { kind: 'rate-limited' } }],
    [503, { type: 'problem', problem: { kind: 'unavailable' } }],
    [4000, { type: 'problem', problem: { kind: 'forbidden' } }],
    [4001, { type: 'attachment-failed' }],
    [4010, { type: 'attachment-failed' }],
    [4102, { type: 'attachment-failed' }],
    ['4006', { type: 'session-over', reason: 'expired' }],
    [4007, { type: 'session-over', reason: 'not-found' }],
    [4011, { type: 'problem', problem: { kind: 'message-too-long' } }],
    [4013, { type: 'problem', problem: { kind: 'rejected' } }],
    [4017, { type: 'session-over', reason: 'signed-in' }],
    [4020, { type: 'problem', problem: { kind: 'invalid-frame' } }],
    [4999, { type: 'problem', problem: { kind: 'other', code: '4999', message: 'words' } }],
  ])('knows what %s asks for', (code, event) => {
    expect(error(code)).toMatchObject([event]);
  });

  it('names the message where the frame does', () => {
    expect(error(4011, 'long', { tracingId: 'own-1' })).toMatchObject([
      { problem: { messageId: 'own-1' } },
    ]);
  });

  it('tells an identity that is not accepted from a feature that is off', () => {
    expect(error(403, 'Session authentication failed: no')).toEqual([{ type: 'token-expired' }]);
    expect(error(403, 'Try to authenticate again')).toEqual([{ type: 'token-expired' }]);
  });

  it('reads the time to wait, in whatever it comes', () => {
    const body = { retryAfter: '3', errorCode: 4029, errorMessage: 'slow down' };
    for (const code of [429, 200]) {
      const frame = { type: 'response', class: 'TooManyRequestsErrorMessage', code, body };
      expect(decode(frame)).toMatchObject([
        { problem: { kind: 'rate-limited', retryAfter: 3_000, message: 'slow down' } },
      ]);
    }
  });

  it('believes the body of a failed upload, whose frame says 200', () => {
    const body = { attachmentId: 'a', errorCode: 4002, errorMessage: 'too big' };
    for (const name of ['UploadFailureEvent', 'GenerateUrlError']) {
      expect(decode({ type: 'message', class: name, code: 200, body })).toMatchObject([
        { type: 'attachment-failed', attachmentId: 'a', problem: { code: '4002' } },
      ]);
    }
  });

  it('knows by its class that an error is about a file, whatever the code', () => {
    for (const [code, body] of [
      [400, 'File type not supported'],
      [200, { errorCode: 5000, errorMessage: 'x' }],
    ]) {
      for (const name of ['GenerateUrlError', 'UploadFailureEvent']) {
        const frame = { type: 'message', class: name, code, body, tracingId: 'file-1' };
        expect(decode(frame)).toMatchObject([
          { type: 'attachment-failed', attachmentId: null, problem: { messageId: 'file-1' } },
        ]);
      }
    }
  });

  it.each([
    [429, 4029, 'rate-limited'],
    [409, 409, 'conversation-ended'],
  ])('tells everybody what is not about a file alone (%s)', (code, errorCode, kind) => {
    const unnamed = { class: 'GenerateUrlError', code, body: { errorCode } };
    expect(decode(unnamed)).toMatchObject([
      { type: 'problem', problem: { kind, messageId: null } },
    ]);
    const named = { ...unnamed, body: { errorCode, attachmentId: 'file-1' } };
    expect(decode(named)).toMatchObject([
      { type: 'problem', problem: { kind, messageId: 'file-1' } },
    ]);
  });

  it('names the message that the body of an error names', () => {
    const body = { errorCode: 4011, errorMessage: 'too long', tracingId: 'own-1' };
    expect(decode({ type: 'response', class: 'Error', code: 400, body })).toMatchObject([
      { problem: { kind: 'message-too-long', messageId: 'own-1' } },
    ]);
  });

  it.each([
    ['its class', 'TooManyRequestsErrorMessage', 200, { kind: 'rate-limited', code: '4029' }],
    ['its code', 'ErrorMessage', 429, { kind: 'rate-limited', code: '4029' }],
    ['neither', 'ErrorMessage', 200, { kind: 'other', code: '5000' }],
  ])('is about the rate by %s, whatever code it bears inside', (_, name, code, problem) => {
    const frame = { type: 'response', class: name, code, body: { errorCode: 5000 } };
    expect(decode(frame)).toMatchObject([{ problem }]);
  });

  it('takes no number for one that is beyond all measure', () => {
    const body = { errorCode: 4029, retryAfter: 1e308 };
    const frame = { class: 'TooManyRequestsErrorMessage', code: 429, body };
    expect(decode(frame)).toMatchObject([{ problem: { retryAfter: null } }]);
  });

  it.each([
    'Turn on the Feature Toggle or fix the configuration.',
    'Presence events Conversation Clear are not supported',
  ])('lets no message pay for what is switched off (%s)', (body) => {
    const frame = { type: 'response', class: 'string', code: 403, body };
    expect(decode(frame)).toMatchObject([
      { type: 'problem', problem: { kind: 'unavailable', code: '403', message: body } },
    ]);
  });

  it('understands a code alone, and the transport’s own words', () => {
    expect(decode({ code: 4006 })).toMatchObject([{ type: 'session-over' }]);
    const words = { message: 'Internal server error', connectionId: 'c', requestId: 'r' };
    expect(decode(words)).toMatchObject([{ type: 'problem', problem: { kind: 'unavailable' } }]);
    expect(decode({ type: 'response' })).toMatchObject([{ type: 'invalid' }]);
  });
});

describe('decode', () => {
  const classes = [
    'string',
    'SessionResponse',
    'StructuredMessage',
    'PresignedUrlResponse',
    'UploadFailureEvent',
    'UploadSuccessEvent',
    'ConnectionClosedEvent',
    'JwtResponse',
    'TooManyRequestsErrorMessage',
    'GetConfigurationResponse',
    'Error',
    'toString',
    '__proto__',
  ];
  const keys = [
    ...[
      'id',
      'type',
      'text',
      'direction',
      'channel',
      'content',
      'events',
      'metadata',
      'contentType',
    ],
    ...['attachment', 'quickReply', 'card', 'carousel', 'cards', 'actions', 'datePicker', 'url'],
    ...['availableTimes', 'listPicker', 'sections', 'items', 'eventType', 'presence', 'typing'],
    ...['time', 'messageId', 'from', 'customAttributes', 'errorCode', 'headers', '__proto__'],
  ];
  const tree = fc.letrec((tie) => ({
    node: fc.oneof(
      { maxDepth: 5 },
      fc.constantFrom(
        null,
        '',
        'Text',
        'Event',
        'Structured',
        'Receipt',
        'Inbound',
        'Card',
        '5',
        7,
      ),
      fc.jsonValue(),
      fc.array(tie('node'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom(...keys), tie('node'), { maxKeys: 6 }),
    ),
  })).node;
  const frame = fc.record(
    {
      type: fc.constantFrom('message', 'response', null, 3),
      class: fc.oneof(fc.constantFrom(...classes), fc.string(), fc.constant(null)),
      code: fc.oneof(fc.constantFrom(200, 400, '4006', 4029, null, true, -1), fc.double()),
      body: tree,
      tracingId: fc.oneof(fc.string(), fc.constant(null), fc.integer()),
    },
    { requiredKeys: [] },
  );

  it(
    'never throws, whatever comes, and tells nothing but events',
    () => {
      const texts = fc.oneof(
        fc.string(),
        fc.json(),
        frame.map((value) => JSON.stringify(value)),
      );
      fc.assert(
        fc.property(texts, (text) => {
          const events = adapter.decode(text);
          return Array.isArray(events) && events.every(({ type }) => typeof type === 'string');
        }),
        { numRuns: 2_000 },
      );
      expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
    },
    patience,
  );

  it(
    'reads a real frame with any one part torn out or turned into another',
    () => {
      const whole = structured(
        {
          text: 'Hi',
          direction: 'Inbound',
          channel: { time, messageId: 'k', metadata: { customAttributes: { a: 'b' } } },
          content: [
            { contentType: 'QuickReply', quickReply: { text: 'Yes', payload: 'y' } },
            {
              contentType: 'Card',
              card: { title: 'T', actions: [{ type: 'Link', url: 'https://x' }] },
            },
          ],
          events: [{ eventType: 'Presence', presence: { type: 'Join' } }],
        },
        { tracingId: 't' },
      );
      const paths = pathsOf(whole);
      fc.assert(
        fc.property(
          fc.constantFrom(...paths),
          fc.jsonValue(),
          fc.boolean(),
          (path, value, isGone) => {
            const text = JSON.stringify(changed(whole, path, isGone ? undefined : value));
            return Array.isArray(adapter.decode(text));
          },
        ),
        { numRuns: 1_000 },
      );
    },
    patience,
  );

  it.each([undefined, null, 7, {}, new ArrayBuffer(8)])('takes %s for no text', (thing) => {
    const { decode: read } = adapter;
    expect(Reflect.apply(read, null, [thing])).toMatchObject([{ type: 'invalid' }]);
  });

  it('names a class that it does not know, and one without end by its beginning', () => {
    const nameOf = (name: string) => decode({ class: name, code: 200 });
    expect(nameOf('NewEvent')).toEqual([{ type: 'unknown', what: 'a frame (NewEvent)' }]);
    const what = `a frame (${'x'.repeat(80)})`;
    expect(nameOf('x'.repeat(81))).toEqual([{ type: 'unknown', what }]);
  });

  it('tells of a resume token that it came, and nothing of it', () => {
    const frame = { class: 'ResumeTokenResponse', code: 200, body: { resumeToken: 'secret' } };
    expect(decode(frame)).toEqual([{ type: 'unknown', what: 'ResumeTokenResponse' }]);
  });

  it('looks at no frame beyond 1 MiB', () => {
    expect(adapter.decode(`"${'x'.repeat(1_048_576)}"`)).toMatchObject([{ type: 'invalid' }]);
  });

  it('has no memory', () => {
    const text = JSON.stringify(structured({ text: 'Hi' }));
    expect(adapter.decode(text)).toEqual(adapter.decode(text));
  });
});

function pathsOf(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  const below = Object.entries(value).flatMap(([key, part]) => pathsOf(part, [...path, key]));
  return path.length === 0 ? below : [path, ...below];
}

function changed(value: unknown, [key, ...rest]: readonly string[], part: unknown): unknown {
  if (key === undefined) return part;
  if (Array.isArray(value)) {
    return value.map((one: unknown, index) =>
      String(index) === key ? changed(one, rest, part) : one,
    );
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [
      name,
      name === key ? changed(one, rest, part) : one,
    ]),
  );
}

describe('encode', () => {
  const frames = (command: Parameters<typeof adapter.encode>[0], credential = 'secret') =>
    adapter.encode(command, credential).map((text): unknown => JSON.parse(text));

  it('opens a guest’s session, or another one with the same token', () => {
    const opened = (startNew: boolean) => [
      { action: 'configureSession', deploymentId: 'deployment-1', startNew, token: 'secret' },
    ];
    expect(frames({ type: 'authenticate' })).toEqual(opened(false));
    expect(frames({ type: 'authenticate', startsNew: true })).toEqual(opened(true));
    expect(frames({ type: 'resume-conversation', conversationId: 'c' })).toEqual(opened(false));
  });

  it('shows no identity for a guest, whose credential is the token alone', () => {
    const credential = adapter.sessions.credential('secret', null);
    expect(frames({ type: 'authenticate' }, credential)).toEqual(frames({ type: 'authenticate' }));
  });

  it('ends a conversation as it deletes one, under a name of its own', () => {
    const events = [{ eventType: 'Presence', presence: { type: 'Clear' } }];
    const request = { action: 'onMessage', token: 'secret', message: { type: 'Event', events } };
    expect(frames({ type: 'end-conversation' })).toEqual([
      { ...request, tracingId: requestIds.end },
    ]);
    expect(frames({ type: 'clear-conversation' })).toEqual([
      { ...request, tracingId: requestIds.clear },
    ]);
  });

  it('tells of the visitor’s journey when a session is opened, and only then', () => {
    const journeyContext = { customer: { id: 'c', idType: 'cookie' } };
    const site = genesysCloud({ deploymentId: 'd', region: 'eu-west-1', journeyContext });
    const opened = (command: Parameters<typeof adapter.encode>[0], credential = 'secret') =>
      JSON.parse(site.encode(command, credential)[0] ?? '');
    expect(opened({ type: 'authenticate' })).toMatchObject({ journeyContext });
    // A context of the hub replaces it; none at all is none.
    const own = { customer: { id: 'own', idType: 'cookie' } };
    const routing = { skillGroups: ['Billing'] };
    for (const command of [
      { type: 'authenticate' },
      { type: 'open-conversation', routing },
      { type: 'resume-conversation', conversationId: 'c' },
    ] as const) {
      expect(opened({ ...command, journeyContext: own })).toMatchObject({ journeyContext: own });
      expect(opened({ ...command, journeyContext: null })).not.toHaveProperty('journeyContext');
      // An identity had it in its exchange.
      const identified = site.sessions.credential('secret', 'jwt');
      expect(opened({ ...command, journeyContext: own }, identified)).not.toHaveProperty(
        'journeyContext',
      );
    }
    expect(site.encode({ type: 'ping' }, 'secret').join()).not.toContain('journey');
  });

  it('opens a session with an identity', () => {
    const credential = adapter.sessions?.credential('secret', 'jwt');
    expect(frames({ type: 'authenticate', startsNew: true }, credential)).toEqual([
      {
        action: 'configureAuthenticatedSession',
        deploymentId: 'deployment-1',
        startNew: true,
        data: { code: 'jwt' },
        token: 'secret',
      },
    ]);
  });

  it('writes the id, the routing and the site’s attributes into each message', () => {
    const site = genesysCloud({
      deploymentId: 'd',
      region: 'usw2',
      customAttributes: { source: 'shop' },
    });
    const [text] = site.encode(
      {
        type: 'send-message',
        conversationId: 'c',
        messageId: 'own-1',
        text: 'Hi',
        routing: { skillGroups: ['A', 'B'], priority: 2, attributes: { vip: true } },
      },
      'secret',
    );
    expect(JSON.parse(text ?? '')).toEqual({
      action: 'onMessage',
      token: 'secret',
      tracingId: 'own-1',
      message: {
        type: 'Text',
        text: 'Hi',
        metadata: { partylineMessageId: 'own-1' },
        channel: {
          metadata: {
            customAttributes: {
              vip: 'true',
              skillGroups: 'A,B',
              priority: '2',
              source: 'shop',
              partylineMessageId: 'own-1',
            },
          },
        },
      },
    });
  });

  it('answers a choice with a structured message', () => {
    const reply = {
      kind: 'quick-reply',
      payload: 'y',
      originatingMessageId: 'm',
    } as const;
    const file = {
      type: 'attachment',
      attachmentId: 'a',
      url: null,
      name: 'a.png',
      kind: 'image',
      mime: 'image/png',
      size: 3,
      text: null,
    } as const;
    const send = {
      type: 'send-message',
      conversationId: 'c',
      messageId: 'o',
      text: 'Yes',
    } as const;
    expect(frames({ ...send, reply, content: [file] })).toMatchObject([
      {
        message: {
          type: 'Structured',
          content: [
            { contentType: 'Attachment', attachment: { id: 'a' } },
            {
              contentType: 'ButtonResponse',
              buttonResponse: {
                type: 'QuickReply',
                text: 'Yes',
                payload: 'y',
                originatingMessageId: 'm',
              },
            },
          ],
        },
      },
    ]);
  });

  it('answers a list with a part for everything chosen, and says what it answers', () => {
    const send = {
      type: 'send-message',
      conversationId: 'c',
      messageId: 'o',
      text: 'Red, Blue',
    } as const;
    const values = [
      { id: '', text: 'Red', payload: 'r' },
      { id: '', text: 'Blue', payload: 'b' },
    ];
    const reply = { kind: 'list', payload: 'r', originatingMessageId: 'm', values };
    const press = (text: string, payload: string) => ({
      contentType: 'ButtonResponse',
      buttonResponse: { type: 'ListPicker', text, payload, originatingMessageId: 'm' },
    });
    const metadata = { partylineMessageId: 'o', parentMessageId: 'm' };
    expect(frames({ ...send, reply })).toMatchObject([
      {
        message: {
          type: 'Structured',
          text: 'Red, Blue',
          content: [press('Red', 'r'), press('Blue', 'b')],
          metadata,
        },
      },
    ]);
    // One that waited in the outbox of an older version.
    const previous = { kind: 'list', payload: 'r', originatingMessageId: 'm' };
    expect(frames({ ...send, text: 'Red', reply: previous })).toMatchObject([
      { message: { content: [press('Red', 'r')], metadata } },
    ]);
    const time = { kind: 'time', payload: 't', originatingMessageId: 'm' };
    expect(frames({ ...send, reply: time })).toMatchObject([{ message: { metadata } }]);
  });

  it('answers a form with its values', () => {
    const values = [{ id: 'f1', text: 'Ada', payload: 'Ada' }];
    const reply = { kind: 'form', payload: 'canned-1', originatingMessageId: 'm', values };
    const [frame] = frames({
      type: 'send-message',
      conversationId: 'c',
      messageId: 'o',
      text: 'Done',
      reply,
    });
    expect(frame).toMatchObject({
      message: {
        type: 'Structured',
        text: 'Done',
        metadata: { partylineMessageId: 'o' },
      },
    });
    expect(Object(frame).message.metadata).not.toHaveProperty('parentMessageId');
    expect(Object(frame).message.content).toEqual([
      {
        contentType: 'Form',
        form: {
          originatingMessageId: 'm',
          cannedResponseId: 'canned-1',
          response: [
            {
              id: 'f1',
              component: {
                contentType: 'ButtonResponse',
                buttonResponse: { type: 'Form', text: 'Ada', payload: 'Ada' },
              },
            },
          ],
        },
      },
    ]);
  });

  it('sends the words alone of an answer that a newer page gives', () => {
    const reply = { kind: 'gesture', payload: 'p', originatingMessageId: 'm' };
    const send = { type: 'send-message', conversationId: 'c', messageId: 'o', text: 'x' } as const;
    const [frame] = frames({ ...send, reply });
    expect(frame).toMatchObject({ message: { type: 'Text', text: 'x' } });
    expect(Object(frame).message).not.toHaveProperty('content');
  });

  it('asks for files under their own id, by which an error is known', () => {
    const attachmentId = 'a';
    const upload = { name: 'a.png', mime: 'image/png', size: 3 };
    expect(frames({ type: 'request-upload', attachmentId, ...upload })).toMatchObject([
      {
        action: 'onAttachment',
        attachmentId,
        tracingId: attachmentId,
        fileName: 'a.png',
        fileType: 'image/png',
        fileSize: 3,
      },
    ]);
    expect(frames({ type: 'refresh-attachment', attachmentId })).toMatchObject([
      { action: 'getAttachment', attachmentId, tracingId: attachmentId },
    ]);
    expect(frames({ type: 'delete-attachment', attachmentId })).toMatchObject([
      { action: 'deleteAttachment', attachmentId, tracingId: attachmentId },
    ]);
  });

  it('says nothing where the platform has no word', () => {
    expect(frames({ type: 'mark-read', conversationId: 'c', messageId: 'm' })).toEqual([]);
    expect(frames({ type: 'typing', conversationId: 'c', isTyping: false })).toEqual([]);
  });

  it('knows its own echo', () => {
    const [request] = adapter.encode({ type: 'ping' }, 'secret');
    const { tracingId, message } = JSON.parse(request ?? '') as Record<string, object>;
    const answer = structured(
      { ...message, direction: 'Inbound' },
      { type: 'response', tracingId },
    );
    expect(decode(answer)).toEqual([{ type: 'pong' }]);
  });
});

describe('the history', () => {
  const since = { type: 'history-since', conversationId: 'c', since: at, cursor: null } as const;
  const entity = (id: string, offset: number | null, rest = {}) => ({
    id,
    type: 'Text',
    text: id,
    direction: 'Outbound',
    channel: { time: offset === null ? null : new Date(at + offset).toISOString() },
    ...rest,
  });
  const page = (
    entities: unknown[],
    rest = {},
    call: Parameters<typeof adapter.response>[0] = since,
  ) =>
    adapter.response(call, {
      status: 200,
      retryAfter: null,
      body: JSON.stringify({ entities, pageNumber: 1, pageSize: 25, ...rest }),
    });

  it('is asked for by page, with the minute’s token', () => {
    expect(adapter.request({ ...since, cursor: '3' }, 'jwt')).toMatchObject({
      method: 'GET',
      url: 'https://api.mypurecloud.ie/api/v2/webmessaging/messages?pageNumber=3&pageSize=25',
      headers: { authorization: 'Bearer jwt' },
    });
  });

  it('comes newest first, and is returned in order, each with a time', () => {
    const result = page([
      entity('c', 300),
      entity('b', null),
      entity('a', 100),
      { type: 'Event' },
      5,
    ]);
    expect(result).toMatchObject({ ok: true, value: { invalidCount: 1, nextCursor: null } });
    const messages = result.ok && result.value.type === 'history' ? result.value.messages : [];
    expect(messages.map(({ messageId, timestamp }) => [messageId, timestamp])).toEqual([
      ['a', at + 100],
      ['b', at + 100],
      ['c', at + 300],
    ]);
  });

  it('is empty, and nothing in it unreadable, where it counts none and lists none', () => {
    const none = page([], { entities: null, total: 0, pageCount: 0 });
    expect(none).toMatchObject({
      ok: true,
      value: { messages: [], invalidCount: 0, nextCursor: null },
    });
  });

  it('tells nothing of what was read long before, which its page has all the same', () => {
    const result = page([entity('c', 300), entity('b', -60_000), entity('a', -60_001)]);
    const messages = result.ok && result.value.type === 'history' ? result.value.messages : [];
    expect(messages.map(({ messageId }) => messageId)).toEqual(['b', 'c']);
    expect(page([entity('a', -60_001)], { pageCount: 9 })).toMatchObject({
      value: { messages: [], nextCursor: null },
    });
  });

  it('goes on until it reaches back far enough, or the end', () => {
    expect(page([entity('a', 0)], { pageCount: 2 })).toMatchObject({ value: { nextCursor: '2' } });
    expect(page([entity('a', 0)], { pageCount: 1 })).toMatchObject({ value: { nextCursor: null } });
    expect(page([entity('a', -61_000)], { pageCount: 2 })).toMatchObject({
      value: { nextCursor: null },
    });
    const before = {
      type: 'history-before',
      conversationId: 'c',
      before: { instant: at },
    } as const;
    expect(page([entity('a', 5)], { pageCount: 2 }, before)).toMatchObject({
      value: { nextCursor: '2' },
    });
  });

  it('does not go on in a history that has become shorter: another copy of it is behind', () => {
    const first = page([entity('a', 0)], { pageCount: 3, total: 60 });
    expect(first).toMatchObject({ value: { nextCursor: '2 60' } });
    const call = { ...since, cursor: '2 60' };
    expect(page([entity('b', 1)], { pageCount: 3, total: 61 }, call)).toMatchObject({
      value: { nextCursor: '3 61' },
    });
    expect(page([entity('b', 1)], { pageCount: 2, total: 40 }, call)).toMatchObject({
      failure: { kind: 'unavailable' },
    });
    expect(adapter.request(call, 'jwt').url).toContain('pageNumber=2&');
  });

  it.each([
    [401, 'unavailable'],
    [404, 'unavailable'],
    [429, 'rate-limited'],
    [503, 'unavailable'],
    [200, 'invalid'],
  ])('an answer %i never ends the session: %s', (status, kind) => {
    const response = { status, retryAfter: '2', body: '<html>' };
    expect(adapter.response(since, response)).toMatchObject({ ok: false, failure: { kind } });
  });
});

describe('options', () => {
  it.each([
    ['us-east-1', 'mypurecloud.com'],
    ['mypurecloud.de', 'mypurecloud.de'],
    ['usw2', 'usw2.pure.cloud'],
    ['EU-WEST-2', 'euw2.pure.cloud'],
    ['us-east-2', 'use2.us-gov-pure.cloud'],
    ['use2', 'use2.us-gov-pure.cloud'],
    ['eusc-de-east-1', 'edee1.eusc-pure.cloud'],
    ['edee1.eusc-pure.cloud', 'edee1.eusc-pure.cloud'],
    [' euw1 ', 'mypurecloud.ie'],
  ])('finds the region %s', (region, domain) => {
    expect(genesysCloud({ deploymentId: 'd', region }).socketUrl).toBe(
      `wss://webmessaging.${domain}/v1?deploymentId=d&application=partyline`,
    );
  });

  it.each([
    ['ASCII', '\u007f', 1],
    ['Latin', '\u0080', 2],
    ['the last of two bytes', '\u07ff', 2],
    ['Indic', '\u0800', 3],
    ['the last of three bytes', '\uffff', 3],
    ['beyond the BMP', '\u{10000}', 4],
  ])('allows 1,800 bytes of custom attributes: %s', (_, character, bytes) => {
    const fits = (length: number) => {
      const count = Math.floor(length / bytes);
      const customAttributes = { a: character.repeat(count) + 'x'.repeat(length % bytes) };
      const options = { deploymentId: 'd', region: 'usw2', customAttributes };
      return () => genesysCloud(options);
    };
    const around = JSON.stringify({ a: '' }).length;
    expect(fits(1_800 - around)).not.toThrow();
    expect(fits(1_801 - around)).toThrow(/customAttributes/);
  });

  it('counts no messages, sends none twice, and takes none by REST: so a hub has to know', () => {
    expect(adapter.traits).toMatchObject({
      authentication: 'session',
      sequences: false,
      idempotentSend: false,
      restSend: false,
    });
    expect(adapter.traits.routingApi).toBeUndefined();
  });

  it('shares a conversation between devices where its visitors are known by name', () => {
    const options = { deploymentId: 'd', region: 'usw2' };
    expect(genesysCloud(options).traits.isShared).toBe(false);
    expect(genesysCloud({ ...options, codeUrl: '/code' }).traits.isShared).toBe(true);
  });

  it('goes through a proxy', () => {
    const proxied = genesysCloud({ deploymentId: 'd', endpoint: 'http://127.0.0.1:8081' });
    expect(proxied.socketUrl).toBe('ws://127.0.0.1:8081/v1?deploymentId=d&application=partyline');
  });

  it('throws at once and names the option', () => {
    const wrong = [
      [{ deploymentId: '', region: 'usw2' }, /deploymentId/],
      [{ deploymentId: 'd' }, /region/],
      [{ deploymentId: 'd', region: 'usw2', domain: 'mypurecloud.ie' }, /region/],
      [{ deploymentId: 'd', region: 'a b' }, /region/],
      [{ deploymentId: 'd', region: 'us-east-3' }, /region: .*one of us-east-1, us-east-2, /],
      [{ deploymentId: 'd', region: 'use2.pure.cloud' }, /region/],
      [{ deploymentId: 'd', domain: 'mypurecloud.example' }, /domain: .*eusc-de-east-1/],
      [
        { deploymentId: 'd', region: 'usw2', customAttributes: { a: 'x'.repeat(1_800) } },
        /customAttr/,
      ],
      [{ deploymentId: 'd', region: 'usw2', uploads: { maximumSize: 0 } }, /uploads/],
      [{ deploymentId: 'd', region: 'usw2', uploads: { mimeTypes: [''] } }, /uploads/],
    ] as const;
    for (const [options, words] of wrong) {
      expect(() => genesysCloud(options)).toThrow(words);
      expect(() => genesysCloud(options)).toThrow(PartylineError);
    }
  });
});
