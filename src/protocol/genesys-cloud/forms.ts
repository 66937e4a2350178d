import type { FormContent, FormField, ListSection } from '../content.ts';
import { type ContentBody, type FormPages, formPages, type Sections } from './schemas.ts';

/** Maximum length of a field in the official web client, in UTF-16 code units. */
const maximumLine = 30;
const maximumLines = 300;

type FormBody = NonNullable<ContentBody['form']>;
type Component = FormPages[number]['pageComponents'][number];

/** Converts a form. Unsupported fields are left out, and so are pages without any field. */
export function toForm(body: FormBody): FormContent {
  const { introduction, receivedMessage: received } = body;
  const pages = formPages.safeParse(body.formPages);
  return {
    type: 'form',
    formId: body.cannedResponseId ?? '',
    title: received?.title ?? received?.header ?? introduction?.title ?? null,
    subtitle: received?.subtitle ?? null,
    imageUrl: received?.imageUrl ?? null,
    button: received?.buttonLabel ?? introduction?.buttonText ?? received?.buttonText ?? null,
    introduction: {
      title: introduction?.title ?? null,
      subtitle: introduction?.subtitle ?? null,
      imageUrl: introduction?.imageUrl ?? null,
    },
    reply: body.replyMessage?.title ?? null,
    hasSummary: body.showSummary,
    pages: (pages.success ? pages.data : []).flatMap(({ title, subtitle, pageComponents }) => {
      const fields = pageComponents.flatMap(toFields);
      return fields.length > 0 ? [{ title, subtitle, fields }] : [];
    }),
  };
}

function toFields({ input, datePicker, listPicker, wheelPicker }: Component): FormField[] {
  if (input) {
    return [
      {
        type: 'text',
        ...question(input),
        placeholder: input.placeholderText,
        isMultiline: input.isMultipleLine,
        keyboard: keyboardOf(input.keyboardType),
        autocomplete: autocompleteOf(input.autoCompleteType),
        maximumLength: input.isMultipleLine ? maximumLines : maximumLine,
      },
    ];
  }
  if (datePicker) {
    const { dateMinimum, dateMaximum, dateDisplayFormat } = datePicker;
    return [
      {
        type: 'date',
        ...question(datePicker),
        earliest: dayOf(dateMinimum),
        latest: dayOf(dateMaximum),
        parts: partsOf(dateDisplayFormat),
      },
    ];
  }
  if (listPicker) {
    const sections = toSections(listPicker.sections).filter(({ items }) => items.length > 0);
    return sections.length > 0 ? [{ type: 'list', ...question(listPicker), sections }] : [];
  }
  if (wheelPicker && wheelPicker.items.length > 0) {
    const items = wheelPicker.items.map(({ id, title, value }) => {
      const shown = title ?? value ?? id ?? '';
      return { id: id ?? shown, title: shown };
    });
    return [{ type: 'choice', ...question(wheelPicker), items }];
  }
  return [];
}

type Question = Pick<NonNullable<Component['input']>, 'id' | 'title' | 'subtitle' | 'isRequired'>;

function question({ id, title, subtitle, isRequired }: Question) {
  return { id: id ?? title ?? '', title, subtitle, isRequired };
}

export function toSections(sections: Sections): ListSection[] {
  return sections.map(({ title, multipleSelection, items }) => ({
    title,
    isMultiple: multipleSelection,
    items: items.map((item) => ({
      id: item.id ?? item.title ?? '',
      title: item.title ?? item.id ?? '',
      subtitle: item.subtitle,
      imageUrl: item.imageUrl,
    })),
  }));
}

type Keyboard = Extract<FormField, { type: 'text' }>['keyboard'];

/** The platform uses names of Apple's keyboard types, with variations. */
function keyboardOf(type: string | null): Keyboard {
  const name = type?.toLowerCase() ?? '';
  if (name.includes('email')) return 'email';
  if (name.includes('phone')) return 'phone';
  if (name.includes('url')) return 'url';
  if (name.includes('decimal')) return 'decimal';
  // Numbers and punctuation need a text keyboard.
  return name.includes('number') && !name.includes('punctuation') ? 'digits' : 'text';
}

/** HTML autocomplete values by the lower-case name of Apple's text content type. */
const autofill: Readonly<Record<string, string>> = {
  name: 'name',
  nameprefix: 'honorific-prefix',
  givenname: 'given-name',
  middlename: 'additional-name',
  familyname: 'family-name',
  namesuffix: 'honorific-suffix',
  nickname: 'nickname',
  jobtitle: 'organization-title',
  organizationname: 'organization',
  fullstreetaddress: 'street-address',
  streetaddressline1: 'address-line1',
  streetaddressline2: 'address-line2',
  addresscity: 'address-level2',
  addressstate: 'address-level1',
  countryname: 'country-name',
  postalcode: 'postal-code',
  telephonenumber: 'tel',
  telephone: 'tel',
  emailaddress: 'email',
  email: 'email',
  url: 'url',
  username: 'username',
};

/** Types for passwords and payments are missing from `autofill`, so those are never filled in. */
function autocompleteOf(type: string | null): string | null {
  const name = type?.toLowerCase() ?? '';
  return Object.hasOwn(autofill, name) ? (autofill[name] ?? null) : null;
}

function dayOf(at: number | null): string | null {
  // Years beyond four digits have another format, which date inputs do not accept.
  const day = at === null ? '' : new Date(at).toISOString().slice(0, 10);
  return /^\d{4}-/.test(day) ? day : null;
}

function partsOf(format: string | null): Extract<FormField, { type: 'date' }>['parts'] {
  const lowerFormat = format?.toLowerCase() ?? '';
  return (['day', 'month', 'year'] as const).filter((part) => lowerFormat.includes(part));
}
