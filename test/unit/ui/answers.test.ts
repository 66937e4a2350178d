import { describe, expect, it } from 'vitest';
import type { FormField, ListSection } from '../../../src/protocol/content.ts';
import { english } from '../../../src/ui/messages.ts';
import {
  chosenOf,
  dateRangeText,
  itemKey,
  validate,
  valuesOf,
} from '../../../src/ui/panel/forms/answers.ts';
import { withFormMessages } from '../../../src/ui/panel/forms/messages.ts';

const texts = withFormMessages(english);
const { form } = texts;

type Field<T extends FormField['type']> = Extract<FormField, { type: T }>;

const common = { id: 'f', title: 'Field', subtitle: null, isRequired: false };

function text(changes: Partial<Field<'text'>> = {}): Field<'text'> {
  return {
    ...common,
    type: 'text',
    placeholder: null,
    isMultiline: false,
    keyboard: 'text',
    autocomplete: null,
    maximumLength: 10,
    ...changes,
  };
}

function date(changes: Partial<Field<'date'>> = {}): Field<'date'> {
  return { ...common, type: 'date', earliest: null, latest: null, parts: [], ...changes };
}

function section(isMultiple: boolean, ...titles: readonly string[]): ListSection {
  return {
    title: null,
    isMultiple,
    items: titles.map((title) => ({ id: `id-${title}`, title, subtitle: null, imageUrl: null })),
  };
}

function list(sections: readonly ListSection[], isRequired = false): Field<'list'> {
  return { ...common, type: 'list', sections: [...sections], isRequired };
}

function choice(isRequired = false): Field<'choice'> {
  return { ...common, type: 'choice', isRequired, items: section(false, 'Red', 'Blue').items };
}

describe('the answer to a field', () => {
  it('of text is the trimmed text', () => {
    expect(valuesOf(text(), ['  a b '], texts)).toEqual([{ id: 'f', text: 'a b', payload: 'a b' }]);
    for (const filled of [[], [''], ['  ']]) expect(valuesOf(text(), filled, texts)).toEqual([]);
  });

  it('of a date is the same day in every time zone, with the parts that were asked for', () => {
    const answer = (parts: Field<'date'>['parts']) =>
      valuesOf(date({ parts }), ['2026-05-01'], texts);
    expect(answer([])).toEqual([
      { id: 'f', text: 'May 1, 2026', payload: '2026-05-01T00:00:00.000Z' },
    ]);
    expect(answer(['month', 'year']).map((value) => value.text)).toEqual(['May 2026']);
    expect(answer(['day', 'month']).map((value) => value.text)).toEqual(['May 1']);
    expect(answer(['year']).map((value) => value.text)).toEqual(['2026']);
    expect(valuesOf(date(), [], texts)).toEqual([]);
    expect(valuesOf(date(), [''], texts)).toEqual([]);
  });

  it('of a choice is the chosen item', () => {
    expect(valuesOf(choice(), ['1'], texts)).toEqual([
      { id: 'f', text: 'Blue', payload: 'id-Blue' },
    ]);
    expect(valuesOf(choice(), ['0'], texts)).toMatchObject([{ text: 'Red' }]);
    for (const filled of [[], [''], ['2'], ['x']]) {
      expect(valuesOf(choice(), filled, texts)).toEqual([{ id: 'f', text: '', payload: '' }]);
    }
  });

  it('of a list without a choice is empty', () => {
    const values = valuesOf(list([section(true, 'A')]), [], texts);
    expect(values).toEqual([{ id: 'f', text: '', payload: '' }]);
  });

  it('of a list is all chosen items, in the list’s order', () => {
    const sections = [section(true, 'A', 'B'), section(false, 'C')];
    const filled = [itemKey(1, 0), itemKey(0, 1), itemKey(0, 0)];
    expect(valuesOf(list(sections), filled, texts)).toEqual([
      { id: 'f', text: 'A', payload: 'id-A' },
      { id: 'f', text: 'B', payload: 'id-B' },
      { id: 'f', text: 'C', payload: 'id-C' },
    ]);
    expect(chosenOf(sections, [itemKey(0, 1)])).toEqual([{ id: '', text: 'B', payload: 'id-B' }]);
  });

  it('distinguishes the tenth item of a section from the first of another', () => {
    const many = Array.from({ length: 12 }, (_, index) => `item ${index}`);
    const sections = [section(true, ...many), section(true, 'other')];
    expect(chosenOf(sections, [itemKey(0, 11)]).map((value) => value.text)).toEqual(['item 11']);
    expect(chosenOf(sections, [itemKey(1, 0)]).map((value) => value.text)).toEqual(['other']);
  });
});

describe('the error of an answer', () => {
  const wrong = (field: FormField, filled: readonly string[], isUnreadable = false) =>
    validate(field, filled, isUnreadable, texts);

  it('is that a required field is empty', () => {
    expect(wrong(text(), [''])).toBeNull();
    expect(wrong(text({ isRequired: true }), [])).toBe(form.empty);
    expect(wrong(text({ isRequired: true }), ['  '])).toBe(form.empty);
    expect(wrong(date({ isRequired: true }), [])).toBe(form.empty);
    expect(wrong(choice(true), [])).toBe(form.chooseOne);
    expect(wrong(choice(true), ['0'])).toBeNull();
    expect(wrong(list([section(true, 'A')], true), [])).toBe(form.chooseOne);
    expect(wrong(list([section(true, 'A')], true), ['0.0'])).toBeNull();
  });

  it('is that the browser can’t parse a date, before any other error', () => {
    expect(wrong(date(), [], true)).toBe(form.invalidDate);
  });

  it('is a text that is one character too long', () => {
    expect(wrong(text(), ['a'.repeat(10)])).toBeNull();
    expect(wrong(text(), [`  ${'a'.repeat(10)}  `])).toBeNull();
    expect(wrong(text(), ['a'.repeat(11)])).toBe(form.atMost(10));
  });

  it.each([
    ['ada@shop.example', null],
    ['ada@shop', null],
    ['ada', form.invalidEmail],
    ['@shop', form.invalidEmail],
    ['ada@', form.invalidEmail],
    ['ada lovelace@shop.example', form.invalidEmail],
    ['ada@shop.example and more', form.invalidEmail],
  ])('for the e-mail address %s is %s', (value, problem) => {
    expect(wrong(text({ keyboard: 'email', maximumLength: 100 }), [value])).toBe(problem);
    expect(wrong(text({ maximumLength: 100 }), [value])).toBeNull();
  });

  it('is a date outside its inclusive range', () => {
    const field = date({ earliest: '2026-05-01', latest: '2026-06-03' });
    expect(wrong(field, ['2026-04-30'])).toBe(form.invalid);
    expect(wrong(field, ['2026-05-01'])).toBeNull();
    expect(wrong(field, ['2026-06-03'])).toBeNull();
    expect(wrong(field, ['2026-06-04'])).toBe(form.invalid);
    expect(wrong(date(), ['1900-01-01'])).toBeNull();
  });
});

describe('the range of a date', () => {
  it('has both ends, one, or none', () => {
    expect(dateRangeText(date({ earliest: '2026-05-01', latest: '2026-06-03' }), texts)).toBe(
      'May 1, 2026 – June 3, 2026',
    );
    expect(dateRangeText(date({ earliest: '2026-05-01' }), texts)).toBe('May 1, 2026 –');
    expect(dateRangeText(date({ latest: '2026-06-03' }), texts)).toBe('– June 3, 2026');
    expect(dateRangeText(date(), texts)).toBe('');
  });
});

describe('the texts of forms', () => {
  it('are the site’s own, if it has any', () => {
    const own = { ...form, open: 'Open it' };
    expect(withFormMessages({ ...english, form: own }).form.open).toBe('Open it');
  });

  it('are those of the language, for every region', () => {
    const german = withFormMessages({ ...english, language: 'DE-at' }).form;
    expect(german.open).not.toBe(form.open);
    expect(withFormMessages({ ...english, language: 'xx' }).form).toBe(form);
    // Names of inherited properties are no languages.
    expect(withFormMessages({ ...english, language: 'constructor' }).form).toBe(form);
  });
});
