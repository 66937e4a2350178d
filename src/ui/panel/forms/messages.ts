import { type LanguageRules, languageRules } from '../../languages/language-rules.ts';
import type { Messages } from '../../messages.ts';

/** The texts of forms and multiple-choice lists. */
export interface FormMessages {
  /** The button that opens a form without its own label for it. */
  readonly open: string;
  readonly next: string;
  readonly back: string;
  /** Both from 1. */
  readonly step: (page: number, pages: number) => string;
  /** The heading above all answers, before they are sent. */
  readonly summary: string;
  /** Follows the label of a required field. */
  readonly required: string;
  /** The empty option of a dropdown list. */
  readonly choose: string;
  /** The error for a required field without a choice. */
  readonly chooseOne: string;
  /** The error for a required field without an answer. */
  readonly empty: string;
  /** The error for a date out of range, or any other invalid answer. */
  readonly invalid: string;
  readonly invalidEmail: string;
  /** For a date that the browser can't read, such as half a date. */
  readonly invalidDate: string;
  /** The error for a text that is too long. @param count the maximum number of characters */
  readonly atMost: (count: number) => string;
}

/** All texts, including those of forms. */
export type MessagesWithForm = Messages & { readonly form: FormMessages };

/** Kept apart from the other texts, because few conversations have a form. */
const languages: Readonly<Record<string, (rules: LanguageRules) => FormMessages>> = {
  ar: ({ number, plural }) => ({
    open: 'ملء النموذج',
    next: 'التالي',
    back: 'رجوع',
    step: (page, pages) => `${number(page)} من ${number(pages)}`,
    summary: 'مراجعة الإجابات',
    required: 'مطلوب',
    choose: 'يُرجى الاختيار…',
    chooseOne: 'يُرجى تحديد خيار واحد على الأقل.',
    empty: 'هذا الحقل مطلوب.',
    invalid: 'يُرجى مراجعة هذه الإجابة.',
    invalidEmail: 'يُرجى إدخال عنوان بريد إلكتروني صالح.',
    invalidDate: 'يُرجى إدخال تاريخ صالح.',
    atMost: (count) =>
      plural(count, {
        one: 'حرف واحد كحد أقصى.',
        two: 'حرفان كحد أقصى.',
        few: '# أحرف كحد أقصى.',
        many: '# حرفًا كحد أقصى.',
        other: '# حرف كحد أقصى.',
      }),
  }),
  de: ({ number }) => ({
    open: 'Formular ausfüllen',
    next: 'Weiter',
    back: 'Zurück',
    step: (page, pages) => `${number(page)} von ${number(pages)}`,
    summary: 'Prüfen Sie Ihre Angaben',
    required: 'erforderlich',
    choose: 'Bitte wählen …',
    chooseOne: 'Wählen Sie mindestens eine Option.',
    empty: 'Dieses Feld ist erforderlich.',
    invalid: 'Prüfen Sie diese Angabe.',
    invalidEmail: 'Geben Sie eine gültige E-Mail-Adresse ein.',
    invalidDate: 'Geben Sie ein gültiges Datum ein.',
    atMost: (count) => `Höchstens ${number(count)} Zeichen.`,
  }),
  es: ({ number, plural }) => ({
    open: 'Completar el formulario',
    next: 'Siguiente',
    back: 'Atrás',
    step: (page, pages) => `${number(page)} de ${number(pages)}`,
    summary: 'Revise sus respuestas',
    required: 'obligatorio',
    choose: 'Elija…',
    chooseOne: 'Elija al menos una opción.',
    empty: 'Este campo es obligatorio.',
    invalid: 'Revise esta respuesta.',
    invalidEmail: 'Introduzca una dirección de correo electrónico válida.',
    invalidDate: 'Introduzca una fecha válida.',
    atMost: (count) =>
      plural(count, {
        one: 'Use # carácter como máximo.',
        other: 'Use # caracteres como máximo.',
      }),
  }),
  fr: ({ number, plural }) => ({
    open: 'Remplir le formulaire',
    next: 'Suivant',
    back: 'Retour',
    step: (page, pages) => `${number(page)} sur ${number(pages)}`,
    summary: 'Vérifiez vos réponses',
    required: 'obligatoire',
    choose: 'Choisissez…',
    chooseOne: 'Choisissez au moins une réponse.',
    empty: 'Ce champ est obligatoire.',
    invalid: 'Vérifiez cette réponse.',
    invalidEmail: 'Saisissez une adresse e-mail valide.',
    invalidDate: 'Saisissez une date valide.',
    atMost: (count) =>
      plural(count, {
        one: '# caractère au maximum.',
        other: '# caractères au maximum.',
      }),
  }),
};

const { plural } = languageRules('en');

const english: FormMessages = {
  open: 'Fill in form',
  next: 'Next',
  back: 'Back',
  step: (page, pages) => `${page} of ${pages}`,
  summary: 'Check your answers',
  required: 'required',
  choose: 'Please choose…',
  chooseOne: 'Choose at least one.',
  empty: 'This field is required.',
  invalid: 'Check this answer.',
  invalidEmail: 'Enter a valid email address.',
  invalidDate: 'Enter a valid date.',
  atMost: (count) => `Use up to ${plural(count, { one: '# character', other: '# characters' })}.`,
};

/** Adds the texts of forms: the site's own, those of the language, or English. */
export function withFormMessages(texts: Messages): MessagesWithForm {
  const language = texts.language.toLowerCase().split('-')[0] ?? '';
  const createMessages = Object.hasOwn(languages, language) ? languages[language] : undefined;
  return { ...texts, form: texts.form ?? createMessages?.(languageRules(language)) ?? english };
}
