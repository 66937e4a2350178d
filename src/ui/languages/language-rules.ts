import type { ErrorCode } from '../../protocol/errors.ts';
import type { DisplayError } from '../display-error.ts';
import { visitorLocale } from './locale.ts';

type PluralForms = Partial<Record<Intl.LDMLPluralRule, string>> & { readonly other: string };

export interface LanguageRules {
  readonly number: (count: number) => string;
  /** The form that the language has for that number, `#` being the number. */
  readonly plural: (count: number, forms: PluralForms) => string;
  /** 'a, b or c', with names as the gateway writes them. */
  readonly list: (names: readonly string[]) => string;
  readonly clockTime: (instant: number) => string;
}

/** How a language counts, lists and tells the time. */
export function languageRules(language: string): LanguageRules {
  const rules = new Intl.PluralRules(language);
  const list = new Intl.ListFormat(language, { type: 'disjunction' });
  const number = (count: number) => count.toLocaleString(visitorLocale(language));
  return {
    number,
    plural: (count, forms) =>
      (forms[rules.select(count)] ?? forms.other).replace('#', number(count)),
    list: (names) => list.format(names.map((name) => name.replaceAll('_', ' '))),
    clockTime: (instant) =>
      new Date(instant).toLocaleTimeString(visitorLocale(language), {
        hour: 'numeric',
        minute: '2-digit',
      }),
  };
}

/** A problem's own message is English: here it is told by its code. */
export function errorTexts(
  words: Readonly<Partial<Record<ErrorCode, string>>>,
  otherwise: string,
): (error: DisplayError) => string {
  return ({ code }) => (code ? words[code] : undefined) ?? otherwise;
}
