import type { FormContent, FormField, ListSection } from '../content.ts';
import { type ContentBody, type FormPages, formPages, type Sections } from './schemas.ts';

/** What the official web client takes in a field, in UTF-16 code units. */
const maximumLine = 30;
const maximumLines = 300;

type FormBody = NonNullable<ContentBody['form']>;
type Component = FormPages[number]['pageComponents'][number];

/** A form that is offered. What no field of ours can show is left out, and so is a page without any. */
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
        ...asked(input),
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
        ...asked(datePicker),
        earliest: dayOf(dateMinimum),
        latest: dayOf(dateMaximum),
        parts: partsOf(dateDisplayFormat),
      },
    ];
  }
  if (listPicker) {
    const sections = toSections(listPicker.sections).filter(({ items }) => items.length > 0);
    return sections.length > 0 ? [{ type: 'list', ...asked(listPicker), sections }] : [];
  }
  if (wheelPicker && wheelPicker.items.length > 0) {
    const items = wheelPicker.items.map(({ id, title, value }) => {
      const shown = title ?? value ?? id ?? '';
      return { id: id ?? shown, title: shown };
    });
    return [{ type: 'choice', ...asked(wheelPicker), items }];
  }
  return [];
}

type Asked = Pick<NonNullable<Component['input']>, 'id' | 'title' | 'subtitle' | 'isRequired'>;

function asked({ id, title, subtitle, isRequired }: Asked) {
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

/** The platform has the names of Apple's keyboards, not all of them and not always alike. */
function keyboardOf(type: string | null): Keyboard {
  const told = type?.toLowerCase() ?? '';
  if (told.includes('email')) return 'email';
  if (told.includes('phone')) return 'phone';
  if (told.includes('url')) return 'url';
  if (told.includes('decimal')) return 'decimal';
  // Numbers and punctuation are any text.
  return told.includes('number') && !told.includes('punctuation') ? 'digits' : 'text';
}

/** Apple's text content types, by the name that HTML has for the same. */
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

/** Nothing that opens an account or pays is filled in by itself. */
function autocompleteOf(type: string | null): string | null {
  const told = type?.toLowerCase() ?? '';
  return Object.hasOwn(autofill, told) ? (autofill[told] ?? null) : null;
}

function dayOf(at: number | null): string | null {
  // Years beyond four digits have another form, and no calendar.
  const day = at === null ? '' : new Date(at).toISOString().slice(0, 10);
  return /^\d{4}-/.test(day) ? day : null;
}

function partsOf(format: string | null): Extract<FormField, { type: 'date' }>['parts'] {
  const told = format?.toLowerCase() ?? '';
  return (['day', 'month', 'year'] as const).filter((part) => told.includes(part));
}
