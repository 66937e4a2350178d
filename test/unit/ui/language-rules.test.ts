import { describe, expect, it } from 'vitest';
import { errorTexts, languageRules } from '../../../src/ui/languages/language-rules.ts';
import { english } from '../../../src/ui/messages.ts';
import { emptyDraft } from '../../../src/ui/panel/forms/draft.ts';
import { withFormMessages } from '../../../src/ui/panel/forms/messages.ts';

describe('the rules of a language', () => {
  it('select the plural form', () => {
    const { number, plural } = languageRules('de');
    expect(number(1_234)).toBe('1.234');
    const forms = { one: '# Nachricht', other: '# Nachrichten' };
    expect([0, 1, 2, 1_000].map((count) => plural(count, forms))).toEqual([
      '0 Nachrichten',
      '1 Nachricht',
      '2 Nachrichten',
      '1.000 Nachrichten',
    ]);
    expect(languageRules('ar').plural(3, { few: 'few', other: 'other' })).toBe('few');
    expect(languageRules('ar').plural(2, { few: 'few', other: 'other' })).toBe('other');
  });

  it('join names to a list', () => {
    expect(languageRules('de').list(['Tier_1_Support', 'Billing', 'Sales'])).toBe(
      'Tier 1 Support, Billing oder Sales',
    );
  });

  it('format the time of day', () => {
    const at = new Date(2026, 4, 4, 15, 4).getTime();
    expect(languageRules('de').clockTime(at)).toBe('15:04');
  });

  it('choose the text of an error by its code', () => {
    const tell = errorTexts({ network: 'Kein Netz.' }, 'Etwas ging schief.');
    expect(tell({ code: 'network', message: 'x' })).toBe('Kein Netz.');
    expect(tell({ code: 'timeout', message: 'x' })).toBe('Etwas ging schief.');
    expect(tell({ code: null, message: 'x' })).toBe('Etwas ging schief.');
  });
});

describe('the texts of forms', () => {
  it.each([
    ['en', '2 of 3', '12'],
    ['de', '2 von 3', '12'],
    ['es', '2 de 3', '12'],
    ['fr', '2 sur 3', '12'],
    ['ar', '2 من 3', '12'],
  ])('in %s contain the page numbers and the limit', (language, step, limit) => {
    const { form } = withFormMessages({ ...english, language });
    const western = (text: string) =>
      text.replaceAll(/[٠-٩]/g, (digit) => String(digit.charCodeAt(0) - 0x660));
    expect(western(form.step(2, 3))).toBe(step);
    expect(western(form.atMost(12))).toContain(limit);
  });

  it('start closed if a button opens the form, otherwise on the first page', () => {
    expect(emptyDraft(false).step).toEqual({ type: 'closed' });
    expect(emptyDraft(true).step).toEqual({ type: 'page', page: 0 });
    expect(emptyDraft(true).filled).not.toBe(emptyDraft(true).filled);
  });
});
