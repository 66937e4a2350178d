import { z } from 'zod';
import type { AgentPart } from '../agents/agent-protocol.ts';

/** Structured content of the bot, in the format of the Guest API. */

const quickReply = (text: string) => ({
  contentType: 'QuickReply',
  quickReply: { text, payload: text, action: 'Message' },
});

export const greetingContent: readonly object[] = [
  quickReply('Please call me back'),
  quickReply('Send me glaze samples'),
];

const item = (id: string, title: string, subtitle?: string) => ({
  id,
  title,
  ...(subtitle ? { subtitle } : {}),
});

const callBack = {
  contentType: 'Form',
  form: {
    cannedResponseId: 'call-back',
    introduction: { title: 'Your call', subtitle: 'We ring once, and once more an hour later.' },
    receivedMessage: { title: 'How can we reach you?', buttonLabel: 'Fill in' },
    replyMessage: { title: 'My details for the call' },
    showSummary: true,
    formPages: [
      {
        title: 'You',
        pageComponents: [
          {
            formComponentType: 'Input',
            input: {
              id: 'name',
              title: 'Your name',
              isRequired: true,
              isMultipleLine: false,
              keyboardType: 'Default',
              autoCompleteType: 'Name',
            },
          },
          {
            formComponentType: 'Input',
            input: {
              id: 'phone',
              title: 'Telephone',
              isRequired: true,
              isMultipleLine: false,
              keyboardType: 'PhonePad',
              autoCompleteType: 'TelephoneNumber',
            },
          },
        ],
      },
      {
        title: 'The call',
        pageComponents: [
          {
            formComponentType: 'DatePicker',
            datePicker: { id: 'day', title: 'Day', dateDisplayFormat: 'dayMonthYear' },
          },
          {
            formComponentType: 'WheelPicker',
            wheelPicker: {
              id: 'hour',
              title: 'Time of day',
              items: [item('morning', 'Morning'), item('afternoon', 'Afternoon')],
            },
          },
          {
            formComponentType: 'ListPicker',
            listPicker: {
              id: 'topics',
              sections: [
                {
                  title: 'What is it about?',
                  multipleSelection: true,
                  items: [item('order', 'An order'), item('care', 'Care'), item('else', 'Else')],
                },
              ],
            },
          },
        ],
      },
    ],
  },
};

const samples = {
  contentType: 'ListPicker',
  listPicker: {
    receivedMessage: { title: 'Glazes', subtitle: 'As many as you like.' },
    replyMessage: { title: 'My glazes' },
    sections: [
      {
        title: 'Light',
        multipleSelection: true,
        items: [item('celadon', 'Celadon', 'Green, glossy'), item('shino', 'Shino', 'White')],
      },
      {
        title: 'Dark',
        multipleSelection: true,
        items: [item('tenmoku', 'Tenmoku', 'Black to rust'), item('ash', 'Ash', 'Grey')],
      },
    ],
  },
};

export interface StructuredReply {
  readonly text: string;
  readonly content: readonly object[];
}

const replies: readonly (readonly [RegExp, StructuredReply])[] = [
  [/\bcall me\b|\bform\b/i, { text: 'Of course.', content: [callBack] }],
  [/\b(samples?|glazes?)\b/i, { text: 'Which may we send you?', content: [samples] }],
];

/** The bot's reply to a text, or `null`. */
export function structuredReply(text: string): StructuredReply | null {
  return replies.find(([pattern]) => pattern.test(text))?.[1] ?? null;
}

const titled = z.looseObject({ title: z.string().optional() });
const named = z.looseObject({ id: z.string().optional(), title: z.string().optional() });
const pressed = z.looseObject({
  text: z.string().optional(),
  originatingMessageId: z.string().optional(),
});
const component = z.looseObject({
  input: named.optional(),
  datePicker: named.optional(),
  listPicker: named.extend({ sections: z.array(titled).optional() }).optional(),
  wheelPicker: named.optional(),
});
const part = z.looseObject({
  quickReply: pressed.optional(),
  buttonResponse: pressed.optional(),
  listPicker: z.looseObject({ receivedMessage: titled.optional() }).optional(),
  form: z
    .looseObject({
      originatingMessageId: z.string().optional(),
      receivedMessage: titled.optional(),
      formPages: z.array(z.looseObject({ pageComponents: z.array(component) })).optional(),
      response: z
        .array(
          z.looseObject({
            id: z.string(),
            component: z.looseObject({ buttonResponse: pressed.optional() }).optional(),
          }),
        )
        .optional(),
    })
    .optional(),
});
type Part = z.infer<typeof part>;

function partsOf(content: readonly unknown[] | undefined): readonly Part[] {
  return (content ?? []).flatMap((one) => {
    const read = part.safeParse(one);
    return read.success ? [read.data] : [];
  });
}

/**
 * Structured content as text for agents. A selected choice is in the message's text, but form values are
 * not.
 * @param contentOf returns the content of the message with the form, since the answer has no field titles
 */
export function contentTexts(
  content: readonly unknown[] | undefined,
  contentOf: (messageId: string) => readonly unknown[] | undefined,
): readonly AgentPart[] {
  return partsOf(content).flatMap(({ quickReply: offered, listPicker, form }): AgentPart[] => {
    if (offered?.text) return [{ title: 'Offered', text: offered.text }];
    if (listPicker) {
      return [{ title: 'List', text: listPicker.receivedMessage?.title ?? '' }];
    }
    if (!form) return [];
    if (!form.response) return [{ title: 'Form', text: form.receivedMessage?.title ?? '' }];
    const titles = titlesOf(partsOf(contentOf(form.originatingMessageId ?? '')));
    return form.response.map(({ id, component: answered }) => ({
      title: titles.get(id) ?? id,
      text: answered?.buttonResponse?.text ?? '',
    }));
  });
}

/** The texts of what a visitor pressed, other than in a form. */
export function answersIn(content: readonly unknown[] | undefined): readonly string[] {
  return partsOf(content).flatMap(({ buttonResponse }) => buttonResponse?.text || []);
}

function titlesOf(parts: readonly Part[]): ReadonlyMap<string, string> {
  const components = parts.flatMap(({ form }) =>
    (form?.formPages ?? []).flatMap(({ pageComponents }) => pageComponents),
  );
  return new Map(
    components.flatMap(({ input, datePicker, listPicker, wheelPicker }) => {
      const asked = input ?? datePicker ?? wheelPicker ?? listPicker;
      const title = asked?.title ?? listPicker?.sections?.[0]?.title;
      return asked?.id && title ? [[asked.id, title] as const] : [];
    }),
  );
}
