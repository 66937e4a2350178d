import { describe, expect, it } from 'vitest';
import {
  type Content,
  contentText,
  type FormContent,
  type ListContent,
  type TimesContent,
} from '../../../src/protocol/content.ts';
import { contentsSchema } from '../../../src/protocol/content-schema.ts';
import { textInContent, toContent } from '../../../src/protocol/genesys-cloud/content.ts';

const one = (part: object) => toContent([part], false)[0];

const choice = { type: 'reply', text: '', payload: '', url: null, imageUrl: null } as const;

describe('a file', () => {
  it.each([
    [{ mediaType: 'Image' }, 'image'],
    [{ mediaType: 'AUDIO' }, 'audio'],
    [{ mediaType: 'Video' }, 'video'],
    [{ mediaType: 'Link' }, 'link'],
    [{ mediaType: 'File' }, 'file'],
    [{ mediaType: 'image/png' }, 'image'],
    [{ mediaType: 'png' }, 'file'],
    [{ mime: 'IMAGE/PNG' }, 'image'],
    [{ mime: 'audio/ogg' }, 'audio'],
    [{ mime: 'application/video' }, 'file'],
    [{ mediaType: 'File', mime: 'image/png' }, 'image'],
    [{}, 'file'],
  ])('that is %o is of the kind %s', (attachment, kind) => {
    expect(one({ attachment })).toMatchObject({ type: 'attachment', kind });
  });

  it.each([
    [{ id: 'a', filename: 'b', fileName: 'c' }, 'b'],
    [{ id: 'a', fileName: 'c' }, 'c'],
    [{ id: 'a' }, 'a'],
    [{}, ''],
  ])('that is %o is named %j', (attachment, name) => {
    const attachmentId = 'id' in attachment ? 'a' : '';
    expect(one({ attachment })).toMatchObject({ name, attachmentId });
  });

  it.each([
    [{ fileSize: 1, contentSizeBytes: 2 }, 1],
    [{ contentSizeBytes: '2' }, 2],
    [{ fileSize: 0, contentSizeBytes: 2 }, 0],
    [{}, null],
  ])('that is %o has %j bytes', (attachment, size) => {
    expect(one({ attachment })).toMatchObject({ size });
  });
});

describe('what can be pressed', () => {
  const pressed = (action: object) => {
    const card = one({ card: { actions: [action] } });
    return card?.type === 'cards' ? card.cards[0]?.choices : undefined;
  };

  it.each<[object, object | undefined]>([
    [
      { type: 'Link', text: 'L', url: 'https://x.example' },
      { type: 'link', text: 'L', payload: 'L', url: 'https://x.example' },
    ],
    [
      { type: 'url', payload: 'p', url: 'https://x.example' },
      { type: 'link', text: 'p', payload: 'p', url: 'https://x.example' },
    ],
    [
      { type: 'Link', url: 'https://x.example', image: 'https://x.example/i' },
      { type: 'link', text: 'https://x.example', imageUrl: 'https://x.example/i' },
    ],
    [{ type: 'Link', text: 'L' }, undefined],
    [{ type: 'Link', text: 'L', url: 'javascript:x' }, undefined],
    [
      { type: 'Postback', text: 'P', payload: 'p' },
      { type: 'reply', text: 'P', payload: 'p', url: null },
    ],
    [
      { type: 'BUTTON', text: 'P' },
      { type: 'reply', text: 'P', payload: 'P' },
    ],
    [
      { type: 'QuickReply', payload: 'p' },
      { type: 'reply', text: 'p', payload: 'p' },
    ],
    [
      { type: 'TextBack', text: 'P', payload: '' },
      { type: 'reply', text: 'P', payload: '' },
    ],
    [
      { type: 'reply', text: 'P' },
      { type: 'reply', text: 'P', payload: 'P' },
    ],
    [
      { text: 'P', url: 'https://x.example' },
      { type: 'reply', text: 'P', payload: 'P', url: null },
    ],
    [{ type: 'PhoneNumber', text: 'P' }, undefined],
  ])('by the action %o is %o', (action, reported) => {
    expect(pressed(action)).toEqual(
      reported === undefined ? [] : [expect.objectContaining({ ...reported })],
    );
  });

  it('on a card itself leads somewhere or says something, or there is nothing', () => {
    const linkOf = (defaultAction: object) => {
      const part = one({ card: { title: 'T', defaultAction } });
      return part?.type === 'cards' ? part.cards[0]?.link : undefined;
    };
    expect(linkOf({ type: 'Link', url: 'https://x.example' })).toMatchObject({ type: 'link' });
    expect(linkOf({ type: 'Postback', payload: 'p' })).toEqual({
      ...choice,
      text: 'T',
      payload: 'p',
    });
    expect(linkOf({ type: 'Postback', text: 'Take it', payload: 'p' })).toMatchObject({
      text: 'Take it',
    });
    expect(linkOf({ type: 'Link', url: 'no address' })).toBeNull();
    expect(linkOf({ type: 'Share' })).toBeNull();
  });

  it('on a card has a video, if it is one', () => {
    const videoOf = (video: unknown) => {
      const part = one({ card: { title: 'T', video } });
      return part?.type === 'cards' ? part.cards[0]?.videoUrl : null;
    };
    expect(videoOf('https://x.example/v.mp4')).toBe('https://x.example/v.mp4');
    for (const none of [null, 5, 'javascript:alert(1)']) expect(videoOf(none)).toBeUndefined();
  });

  it('in a list has the list’s picture, and its own text for the answer', () => {
    const imageUrl = 'https://x.example/l.png';
    const listPicker = { receivedMessage: { title: 'L', imageUrl }, replyMessage: { title: 'R' } };
    expect(one({ listPicker })).toMatchObject({ type: 'list', imageUrl, reply: 'R' });
    expect(one({ listPicker: { replyMessage: { title: ' ' } } })).toEqual({
      type: 'list',
      title: null,
      subtitle: null,
      sections: [],
    });
  });

  it('of a template is offered under its words', () => {
    const template = { body: { text: 'B' }, buttons: [{ type: 'QuickReply', text: 'OK' }] };
    expect(one({ template })).toEqual({
      type: 'choices',
      title: null,
      choices: [{ ...choice, text: 'OK', payload: 'OK' }],
    });
    expect(toContent([{ template: { body: { text: 'B' } } }], false)).toEqual([]);
  });

  it('of a generic template is its own answer, and those of its parts', () => {
    const generic = (body: object) => {
      const part = one({ generic: body });
      return part?.type === 'cards' ? part.cards[0] : undefined;
    };
    expect(generic({ actions: { textback: 'tb' } })).toEqual({
      title: '',
      description: null,
      imageUrl: null,
      link: null,
      choices: [{ ...choice, text: 'tb', payload: 'tb' }],
    });
    const url = 'https://x.example';
    const components = [
      { text: 'A' },
      { title: 'B', text: 'x', actions: { textback: 'b' } },
      { title: 'C', actions: { url, textback: 'c' } },
      {},
    ];
    expect(generic({ title: 'G', actions: { url, textback: 'tb' }, components })).toEqual({
      title: 'G',
      description: null,
      imageUrl: null,
      link: { type: 'link', text: 'G', payload: 'G', url, imageUrl: null },
      choices: [
        { ...choice, text: 'A', payload: 'A' },
        { ...choice, text: 'B', payload: 'b' },
        { type: 'link', text: 'C', payload: 'C', url, imageUrl: null },
        choice,
      ],
    });
  });
});

describe('quick replies', () => {
  it.each<[object, object[]]>([
    [{ text: 'A', payload: 'a' }, [{ ...choice, text: 'A', payload: 'a' }]],
    [{ text: 'A' }, [{ ...choice, text: 'A', payload: 'A' }]],
    [{ payload: 'a' }, [{ ...choice, text: 'a', payload: 'a' }]],
    [{ text: 'A', payload: '' }, [{ ...choice, text: 'A', payload: '' }]],
    [
      { text: 'A', image: 'https://x.example/a' },
      [{ ...choice, text: 'A', payload: 'A', imageUrl: 'https://x.example/a' }],
    ],
    [{ image: 'https://x.example/a' }, []],
  ])('by %o are %o', (quickReply, choices) => {
    const offer = choices.length === 0 ? [] : [{ type: 'choices', title: null, choices }];
    expect(toContent([{ quickReply }], false)).toEqual(offer);
    expect(toContent([{ quickReply }], true)).toEqual(offer);
  });

  it('stand behind everything else, as one offer', () => {
    const parts = [
      { quickReply: { text: 'A' } },
      { attachment: { id: 'a' } },
      { quickReply: { text: 'B' } },
    ];
    expect(toContent(parts, false)).toMatchObject([
      { type: 'attachment' },
      { type: 'choices', choices: [{ text: 'A' }, { text: 'B' }] },
    ]);
  });

  it('of the second version have a title', () => {
    const quickReplyV2 = { title: 'T', actions: [{ text: 'A' }, {}] };
    expect(toContent([{ quickReplyV2 }], false)).toEqual([
      { type: 'choices', title: 'T', choices: [{ ...choice, text: 'A', payload: 'A' }] },
    ]);
  });
});

describe('an answer', () => {
  it.each([
    [
      { type: 'Button', text: 'A', payload: 'a' },
      { kind: 'Button', text: 'A', payload: 'a' },
    ],
    [{ payload: 'a' }, { kind: '', text: 'a', payload: 'a' }],
    [{ text: 'A' }, { kind: '', text: 'A', payload: '' }],
    [{}, { kind: '', text: '', payload: '' }],
  ])('by %o is %o', (reported, answer) => {
    for (const part of [{ buttonResponse: reported }, { postback: reported }]) {
      expect(toContent([part], true)).toEqual([{ type: 'answer', ...answer }]);
    }
  });

  it('in the shape of a quick reply is one of the visitor’s alone', () => {
    const part = { buttonResponse: { type: 'QUICKREPLY', text: 'A', payload: 'a' } };
    expect(toContent([part], true)).toMatchObject([{ type: 'answer' }]);
    expect(toContent([part], false)).toMatchObject([{ type: 'choices' }]);
  });
});

describe('times', () => {
  it('have the days between which they are, if those can be read', () => {
    const bounds = { dateMinimum: '2026-08-22T00:00:00.000Z', dateMaximum: '2026-08-30' };
    expect(one({ datePicker: bounds })).toMatchObject({
      earliest: '2026-08-22',
      latest: '2026-08-30',
      times: [],
    });
    const unreadable = one({ datePicker: { dateMinimum: 'soon', dateMaximum: 7 } });
    expect(Object.keys(unreadable ?? {}).sort()).toEqual([
      'imageUrl',
      'subtitle',
      'times',
      'title',
      'type',
    ]);
  });

  it('are those that can be read, as they were written', () => {
    const availableTimes = [
      { dateTime: '2026-08-22T19:30:00+02:00', duration: '1800' },
      { dateTime: 'soon' },
      { duration: 60 },
      { dateTime: '2026-08-22T19:30:00.000Z' },
    ];
    expect(one({ datePicker: { availableTimes } })).toEqual({
      type: 'times',
      title: null,
      subtitle: null,
      imageUrl: null,
      times: [
        {
          dateTime: '2026-08-22T19:30:00+02:00',
          at: Date.UTC(2026, 7, 22, 17, 30),
          duration: 1_800,
        },
        {
          dateTime: '2026-08-22T19:30:00.000Z',
          at: Date.UTC(2026, 7, 22, 19, 30),
          duration: null,
        },
      ],
    });
  });
});

describe('what can’t be shown', () => {
  it.each<[object, string | null]>([
    [{ location: { address: 'A', text: 'T', latitude: 1, longitude: 2 } }, 'A'],
    [{ location: { text: 'T', latitude: 1, longitude: 2 } }, 'T'],
    [{ location: { latitude: 0, longitude: -2.5 } }, '0, -2.5'],
    [{ location: { latitude: 1 } }, null],
    [{ location: { longitude: 1 } }, null],
    [{ richLink: { header: { type: 'TEXT', value: 'H' }, title: 'T' } }, 'H'],
    [{ richLink: { header: { type: 'Image', value: 'H' }, title: 'T' } }, 'T'],
    [{ richLink: { urlLabel: 'L', text: 'W' } }, 'L'],
    [{ richLink: { text: 'W' } }, 'W'],
    [{ form: { receivedMessage: { title: 'R' }, introduction: { title: 'I' } } }, 'R'],
    [{ form: { introduction: { title: 'I' } } }, 'I'],
    [{ interactiveApplication: { name: 'N', receivedMessage: { title: 'T' } } }, 'T'],
    [{ interactiveApplication: { name: 'N' } }, 'N'],
    [{ paymentRequest: { receivedMessage: { title: 'T' } } }, 'T'],
    [{ list: { title: 'T' } }, 'T'],
    [{ mention: { nickname: 'T' } }, 'T'],
    [{ hologram: {} }, null],
  ])('%o is named, with the title %j', (part, title) => {
    expect(toContent([{ contentType: 'X', ...part }], false)).toEqual([
      { type: 'unsupported', name: 'X', title },
    ]);
    expect(toContent([part], false)).toEqual([{ type: 'unsupported', name: 'unknown', title }]);
  });

  it.each([
    [{ location: { url: 'https://x.example/1' } }, 'https://x.example/1'],
    [{ richLink: { url: 'https://x.example/2', title: 'T' } }, 'T'],
    [{ story: { url: 'https://x.example/3' } }, 'https://x.example/3'],
  ])('%o is a link at least', (part, text) => {
    expect(one(part)).toEqual({
      type: 'link',
      url: expect.stringMatching(/^https:\/\/x\.example\/\d$/),
      text,
    });
  });

  it('is no part that is no object, and none whose words are the message’s', () => {
    expect(toContent([null, 7, 'x', { text: { body: 'W' } }], false)).toEqual([]);
    expect(toContent([{ text: {} }], false)).toEqual([]);
  });
});

it('the words of a message can stand in its parts', () => {
  const template = { header: { text: 'H' }, body: { text: 'B' }, footer: { text: 'F' } };
  expect(textInContent([{ text: { body: 'W' } }, 'x', { template }, { text: {} }])).toBe(
    'W\nH\nB\nF',
  );
  expect(textInContent([{ template: { body: { text: 'B' } } }, { card: {} }])).toBe('B');
  expect(textInContent([])).toBe('');
});

const attachment = {
  type: 'attachment',
  attachmentId: 'a',
  url: null,
  name: 'a.png',
  kind: 'image',
  mime: null,
  size: null,
  text: null,
} as const;
const card = { title: 'C', description: null, imageUrl: null, link: null, choices: [] };
const list: ListContent = { type: 'list', title: 'L', subtitle: null, sections: [] };
const times: TimesContent = {
  type: 'times',
  title: 'T',
  subtitle: null,
  imageUrl: null,
  times: [],
};
const heading = { title: null, subtitle: null, imageUrl: null };
const form: FormContent = {
  type: 'form',
  formId: 'f',
  ...heading,
  title: 'F',
  button: null,
  introduction: heading,
  reply: null,
  hasSummary: false,
  pages: [],
};

describe('one line for a message', () => {
  it.each<[Content, string]>([
    [attachment, 'a.png'],
    [{ ...attachment, text: 'caption' }, 'caption'],
    [{ type: 'choices', title: 'Pick', choices: [{ ...choice, text: 'A' }] }, 'Pick'],
    [
      {
        type: 'choices',
        title: null,
        choices: [
          { ...choice, text: 'A' },
          { ...choice, text: 'B' },
        ],
      },
      'A, B',
    ],
    [{ type: 'cards', cards: [card, { ...card, title: 'D' }] }, 'C, D'],
    [list, 'L'],
    [{ ...list, title: null }, ''],
    [times, 'T'],
    [form, 'F'],
    [{ ...form, title: null }, ''],
    [{ type: 'answer', kind: 'k', text: 'said', payload: 'p' }, 'said'],
    [{ type: 'link', url: 'https://x.example', text: 'link' }, 'link'],
    [{ type: 'unsupported', name: 'N', title: null }, 'N'],
    [{ type: 'unsupported', name: 'N', title: 'T' }, 'T'],
  ])('of %o is %j', (content, line) => {
    expect(contentText([content])).toBe(line);
    expect(contentsSchema.safeParse([content]).success).toBe(true);
  });

  it('has a part for each, without those that say nothing', () => {
    expect(contentText([list, { ...times, title: null }, attachment])).toBe('L · a.png');
    expect(contentText([])).toBe('');
    expect(contentText(undefined)).toBe('');
  });
});

describe('what a port lets through', () => {
  const field = { id: 'f', title: null, subtitle: null, isRequired: true };
  const page = (...fields: object[]) => ({
    ...form,
    pages: [{ title: null, subtitle: null, fields }],
  });
  const text = {
    ...field,
    type: 'text',
    placeholder: null,
    isMultiline: false,
    keyboard: 'digits',
    autocomplete: null,
    maximumLength: 30,
  };

  it.each([
    ['a field for text', page(text)],
    [
      'a field for a day',
      page({ ...field, type: 'date', earliest: null, latest: null, parts: ['day'] }),
    ],
    ['a field for a list', page({ ...field, type: 'list', sections: [] })],
    ['a field for a choice', page({ ...field, type: 'choice', items: [{ id: 'a', title: 'A' }] })],
    [
      'a list with items',
      {
        ...list,
        sections: [
          {
            title: null,
            isMultiple: true,
            items: [{ id: '', title: '', subtitle: null, imageUrl: null }],
          },
        ],
      },
    ],
    [
      'a card with a link',
      { type: 'cards', cards: [{ ...card, link: choice, choices: [choice] }] },
    ],
    ['a time', { ...times, times: [{ dateTime: 'x', at: 0, duration: null }] }],
  ])('is %s', (_, content) => {
    expect(contentsSchema.safeParse([content]).success).toBe(true);
  });

  it.each([
    ['a keyboard that nobody knows', page({ ...text, keyboard: 'piano' })],
    ['a field of another type', page({ ...field, type: 'slider' })],
    ['a field without a limit', page({ ...text, maximumLength: null })],
    [
      'a day’s part that nobody knows',
      page({ ...field, type: 'date', earliest: null, latest: null, parts: ['week'] }),
    ],
    [
      'a choice of another type',
      { type: 'choices', title: null, choices: [{ ...choice, type: 'call' }] },
    ],
    ['a file of another kind', { ...attachment, kind: 'program' }],
    ['a file whose size is a text', { ...attachment, size: '3' }],
    ['a title that is missing', { type: 'list', subtitle: null, sections: [] }],
    ['another type', { ...list, type: 'lists' }],
  ])('is not %s', (_, content) => {
    expect(contentsSchema.safeParse([content]).success).toBe(false);
    expect(contentsSchema.safeParse([attachment, content]).success).toBe(false);
  });

  it('is a list and nothing else', () => {
    expect(contentsSchema.safeParse(attachment).success).toBe(false);
    expect(contentsSchema.safeParse(null).success).toBe(false);
    expect(contentsSchema.safeParse([]).success).toBe(true);
  });
});
