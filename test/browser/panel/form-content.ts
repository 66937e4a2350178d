import type { FormContent, ListContent } from '../../../src/protocol/content.ts';

/** A form with a field of every type, on three pages. */
export const form: FormContent = {
  type: 'form',
  formId: 'call-back',
  title: 'Shall we call you back?',
  subtitle: 'It takes a minute.',
  imageUrl: null,
  button: 'Yes, call me',
  introduction: { title: 'About your call', subtitle: 'We need three things.', imageUrl: null },
  reply: 'Please call me',
  hasSummary: true,
  pages: [
    {
      title: 'You',
      subtitle: null,
      fields: [
        {
          type: 'text',
          id: 'name',
          title: 'First name',
          subtitle: null,
          placeholder: 'Ada',
          isRequired: true,
          isMultiline: false,
          keyboard: 'text',
          autocomplete: 'given-name',
          maximumLength: 30,
        },
        {
          type: 'text',
          id: 'mail',
          title: 'E-mail',
          subtitle: 'Only for this call.',
          placeholder: null,
          isRequired: false,
          isMultiline: false,
          keyboard: 'email',
          autocomplete: 'email',
          maximumLength: 30,
        },
      ],
    },
    {
      title: 'Your call',
      subtitle: 'On weekdays',
      fields: [
        {
          type: 'date',
          id: 'day',
          title: 'Day',
          subtitle: null,
          isRequired: true,
          earliest: '2026-03-02',
          latest: '2026-03-20',
          parts: ['day', 'month'],
        },
        {
          type: 'choice',
          id: 'hour',
          title: 'Time of day',
          subtitle: null,
          isRequired: false,
          items: [
            { id: 'am', title: 'Morning' },
            { id: 'pm', title: 'Afternoon' },
          ],
        },
      ],
    },
    {
      title: null,
      subtitle: null,
      fields: [
        {
          type: 'list',
          id: 'topics',
          title: 'Topics',
          subtitle: null,
          isRequired: true,
          sections: [
            {
              title: null,
              isMultiple: true,
              items: [
                { id: 't1', title: 'Delivery', subtitle: null, imageUrl: null },
                { id: 't2', title: 'Invoice', subtitle: 'Of the last year', imageUrl: null },
              ],
            },
          ],
        },
        {
          type: 'text',
          id: 'more',
          title: 'Anything else?',
          subtitle: null,
          placeholder: null,
          isRequired: false,
          isMultiline: true,
          keyboard: 'text',
          autocomplete: null,
          maximumLength: 300,
        },
      ],
    },
  ],
};

/** A multiple-choice section and a single-choice section. */
export const list: ListContent = {
  type: 'list',
  title: 'Samples',
  subtitle: 'As many glazes as you like.',
  sections: [
    {
      title: 'Glazes',
      isMultiple: true,
      items: [
        { id: 'g1', title: 'Celadon', subtitle: 'Green, glossy', imageUrl: null },
        { id: 'g2', title: 'Tenmoku', subtitle: 'Black to rust', imageUrl: null },
        { id: 'g3', title: 'Shino', subtitle: null, imageUrl: null },
      ],
    },
    {
      title: 'Size',
      isMultiple: false,
      items: [
        { id: 's1', title: 'Small', subtitle: null, imageUrl: null },
        { id: 's2', title: 'Large', subtitle: null, imageUrl: null },
      ],
    },
  ],
};
