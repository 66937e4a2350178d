import type { ErrorCode } from '../../protocol/errors.ts';
import type { DisplayError } from '../display-error.ts';
import { visitorLocale } from './locale.ts';

type PluralForms = Partial<Record<Intl.LDMLPluralRule, string>> & { readonly other: string };

export interface LanguageRules {
  readonly number: (count: number) => string;
  /** The plural form for a number, with `#` replaced by the number. */
  readonly plural: (count: number, forms: PluralForms) => string;
  /** 'a, b or c'. Underscores in the names become spaces. */
  readonly list: (names: readonly string[]) => string;
  readonly clockTime: (instant: number) => string;
}

/** Formats numbers, plurals, lists and times in a language. */
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

/** Chooses the text for an error by its code. */
export function errorTexts(
  byCode: Readonly<Partial<Record<ErrorCode, string>>>,
  fallback: string,
): (error: DisplayError) => string {
  return ({ code }) => (code ? byCode[code] : undefined) ?? fallback;
}
