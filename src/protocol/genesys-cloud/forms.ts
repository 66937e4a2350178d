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
        // It has no setting of its own, and the official client sends no form without it ([SC]).
        isRequired: true,
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

/**
 * HTML autocomplete values by the lower-case name: the 38 of `AutoCompleteType` in [JV], then Apple's text
 * content types. HTML has none for a flight, a place or a moment; there the browser decides.
 */
const autofill: Readonly<Record<string, string>> = {
  addressline1: 'address-line1',
  addressline2: 'address-line2',
  birthdate: 'bday',
  birthdateday: 'bday-day',
  birthdatemonth: 'bday-month',
  birthdateyear: 'bday-year',
  city: 'address-level2',
  country: 'country-name',
  datetime: 'on',
  email: 'email',
  familyname: 'family-name',
  flightnumber: 'on',
  givenname: 'given-name',
  location: 'on',
  middlename: 'additional-name',
  name: 'name',
  nickname: 'nickname',
  onetimecode: 'one-time-code',
  organization: 'organization',
  paymentcardexpiration: 'cc-exp',
  paymentcardexpirationmonth: 'cc-exp-month',
  paymentcardexpirationyear: 'cc-exp-year',
  paymentcardfamilyname: 'cc-family-name',
  paymentcardgivenname: 'cc-given-name',
  paymentcardmiddlename: 'cc-additional-name',
  paymentcardname: 'cc-name',
  paymentcardnumber: 'cc-number',
  paymentcardsecuritycode: 'cc-csc',
  paymentcardtype: 'cc-type',
  phone: 'tel',
  postalcode: 'postal-code',
  prefix: 'honorific-prefix',
  state: 'address-level1',
  streetaddress: 'street-address',
  suffix: 'honorific-suffix',
  title: 'organization-title',
  url: 'url',
  username: 'username',

  nameprefix: 'honorific-prefix',
  namesuffix: 'honorific-suffix',
  jobtitle: 'organization-title',
  organizationname: 'organization',
  fullstreetaddress: 'street-address',
  streetaddressline1: 'address-line1',
  streetaddressline2: 'address-line2',
  addresscity: 'address-level2',
  addressstate: 'address-level1',
  countryname: 'country-name',
  telephonenumber: 'tel',
  telephone: 'tel',
  emailaddress: 'email',
};

/** Passwords are missing from `autofill`, so that they are never filled in. */
function autocompleteOf(type: string | null): string | null {
  const name = type?.toLowerCase() ?? '';
  return Object.hasOwn(autofill, name) ? (autofill[name] ?? null) : null;
}

/** The day in UTC, `YYYY-MM-DD`. */
export function dayOf(at: number | null): string | null {
  // Years beyond four digits have another format, which date inputs do not accept.
  const day = at === null ? '' : new Date(at).toISOString().slice(0, 10);
  return /^\d{4}-/.test(day) ? day : null;
}

function partsOf(format: string | null): Extract<FormField, { type: 'date' }>['parts'] {
  const lowerFormat = format?.toLowerCase() ?? '';
  return (['day', 'month', 'year'] as const).filter((part) => lowerFormat.includes(part));
}
