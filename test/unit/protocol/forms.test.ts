import { describe, expect, it } from 'vitest';
import { toContent } from '../../../src/protocol/genesys-cloud/content.ts';

function formOf(form: object) {
  const [part] = toContent([{ contentType: 'Form', form }], false);
  return part;
}

/** The one field of a form with this one component. */
function fieldOf(component: object) {
  const part = formOf({ formPages: [{ pageComponents: [component] }] });
  return part?.type === 'form' ? part.pages[0]?.fields[0] : part;
}

const asked = { id: 'f', title: null, subtitle: null, isRequired: false };

describe('a field for text', () => {
  it.each([
    [null, 'text'],
    ['Default', 'text'],
    ['Email', 'email'],
    ['EmailAddress', 'email'],
    ['emailaddress', 'email'],
    ['PhonePad', 'phone'],
    ['NamePhonePad', 'phone'],
    ['URL', 'url'],
    ['DecimalPad', 'decimal'],
    ['NumberPad', 'digits'],
    ['ASCIICapableNumberPad', 'digits'],
    ['NumbersAndPunctuation', 'text'],
    ['Twitter', 'text'],
  ])('of the keyboard %j has that for %s', (keyboardType, keyboard) => {
    expect(fieldOf({ input: { id: 'f', keyboardType } })).toMatchObject({ type: 'text', keyboard });
  });

  it.each([
    ['Name', 'name'],
    ['NamePrefix', 'honorific-prefix'],
    ['GivenName', 'given-name'],
    ['MiddleName', 'additional-name'],
    ['FamilyName', 'family-name'],
    ['NameSuffix', 'honorific-suffix'],
    ['Nickname', 'nickname'],
    ['JobTitle', 'organization-title'],
    ['OrganizationName', 'organization'],
    ['FullStreetAddress', 'street-address'],
    ['StreetAddressLine1', 'address-line1'],
    ['StreetAddressLine2', 'address-line2'],
    ['AddressCity', 'address-level2'],
    ['AddressState', 'address-level1'],
    ['CountryName', 'country-name'],
    ['PostalCode', 'postal-code'],
    ['TelephoneNumber', 'tel'],
    ['Telephone', 'tel'],
    ['EmailAddress', 'email'],
    ['EMAIL', 'email'],
    ['URL', 'url'],
    ['Username', 'username'],
    // All of [JV]'s AutoCompleteType that are not above.
    ['Addressline1', 'address-line1'],
    ['Addressline2', 'address-line2'],
    ['Birthdate', 'bday'],
    ['BirthdateDay', 'bday-day'],
    ['BirthdateMonth', 'bday-month'],
    ['BirthdateYear', 'bday-year'],
    ['City', 'address-level2'],
    ['Country', 'country-name'],
    ['DateTime', 'on'],
    ['Email', 'email'],
    ['FlightNumber', 'on'],
    ['Location', 'on'],
    ['OneTimeCode', 'one-time-code'],
    ['Organization', 'organization'],
    ['PaymentCardExpiration', 'cc-exp'],
    ['PaymentCardExpirationMonth', 'cc-exp-month'],
    ['PaymentCardExpirationYear', 'cc-exp-year'],
    ['PaymentCardFamilyName', 'cc-family-name'],
    ['PaymentCardGivenName', 'cc-given-name'],
    ['PaymentCardMiddleName', 'cc-additional-name'],
    ['PaymentCardName', 'cc-name'],
    ['PaymentCardNumber', 'cc-number'],
    ['PaymentCardSecurityCode', 'cc-csc'],
    ['PaymentCardType', 'cc-type'],
    ['Phone', 'tel'],
    ['Prefix', 'honorific-prefix'],
    ['State', 'address-level1'],
    ['StreetAddress', 'street-address'],
    ['Suffix', 'honorific-suffix'],
    ['Title', 'organization-title'],
    // Never a password.
    ['Password', null],
    ['NewPassword', null],
    ['CreditCardNumber', null],
    ['toString', null],
    ['__proto__', null],
    [null, null],
  ])('that is filled in by %j has HTML’s %j', (autoCompleteType, autocomplete) => {
    expect(fieldOf({ input: { id: 'f', autoCompleteType } })).toMatchObject({ autocomplete });
  });

  it.each([
    [false, 30],
    [true, 300],
    ['true', 300],
    [null, 30],
  ])('of several lines (%j) takes %i characters', (isMultipleLine, maximumLength) => {
    expect(fieldOf({ input: { id: 'f', isMultipleLine, isRequired: 'true' } })).toEqual({
      ...asked,
      type: 'text',
      isRequired: true,
      placeholder: null,
      isMultiline: maximumLength === 300,
      keyboard: 'text',
      autocomplete: null,
      maximumLength,
    });
  });
});

describe('a field for a day', () => {
  it.each([
    ['2026-03-02T00:00:00.000Z', '2026-03-02'],
    ['2026-03-02', '2026-03-02'],
    ['2026-03-02T23:59:59.999Z', '2026-03-02'],
    ['2026-03-02T23:30:00-02:00', '2026-03-03'],
    ['2026-03-02T00:30:00+01:00', '2026-03-01'],
    ['1970-01-01', '1970-01-01'],
    ['0001-01-01', '0001-01-01'],
    ['0000-01-01T00:00:00+01:00', null],
    ['2 March 2026', null],
    [null, null],
  ])('begins and ends with %j: %j', (reported, day) => {
    expect(fieldOf({ datePicker: { id: 'f', dateMinimum: reported } })).toMatchObject({
      type: 'date',
      earliest: day,
      latest: null,
    });
    expect(fieldOf({ datePicker: { id: 'f', dateMaximum: reported } })).toMatchObject({
      earliest: null,
      latest: day,
    });
  });

  it.each([
    ['dayMonthYear', ['day', 'month', 'year']],
    ['MonthYear', ['month', 'year']],
    ['year', ['year']],
    ['YearMonthDay', ['day', 'month', 'year']],
    ['long', []],
    [null, []],
  ])('of the format %j shows %j', (dateDisplayFormat, parts) => {
    expect(fieldOf({ datePicker: { id: 'f', dateDisplayFormat } })).toMatchObject({ parts });
  });
});

describe('a field for a choice', () => {
  it('of a list has its sections, without those that offer nothing', () => {
    const sections = [
      { title: 'Empty', items: [] },
      { title: 'S', multipleSelection: 'true', items: [{ id: 'a' }, { title: 'B' }, {}] },
      { items: [{ id: 'c', title: 'C', subtitle: 's', imageUrl: 'https://x.example/c.png' }] },
    ];
    const item = { subtitle: null, imageUrl: null };
    expect(fieldOf({ listPicker: { id: 'f', sections } })).toEqual({
      ...asked,
      type: 'list',
      sections: [
        {
          title: 'S',
          isMultiple: true,
          items: [
            { ...item, id: 'a', title: 'a' },
            { ...item, id: 'B', title: 'B' },
            { ...item, id: '', title: '' },
          ],
        },
        {
          title: null,
          isMultiple: false,
          items: [{ id: 'c', title: 'C', subtitle: 's', imageUrl: 'https://x.example/c.png' }],
        },
      ],
    });
  });

  it('of a wheel has its items, each with something to show and something to send', () => {
    const items = [
      { id: 'a', title: 'A', value: 'x' },
      { id: 'b', value: 'B' },
      { id: 'c' },
      { title: 'D' },
      { value: 'E' },
      {},
    ];
    expect(fieldOf({ wheelPicker: { id: 'f', items } })).toEqual({
      ...asked,
      type: 'choice',
      items: [
        { id: 'a', title: 'A' },
        { id: 'b', title: 'B' },
        { id: 'c', title: 'c' },
        { id: 'D', title: 'D' },
        { id: 'E', title: 'E' },
        { id: '', title: '' },
      ],
    });
  });

  it.each([
    ['a list without sections', { listPicker: { id: 'f' } }],
    ['a list of nothing', { listPicker: { id: 'f', sections: [{ title: 'Empty' }] } }],
    ['a wheel of nothing', { wheelPicker: { id: 'f', items: [] } }],
    ['something that nobody knows', { signature: { id: 'f' } }],
    ['nothing', {}],
  ])('is left out where there is none: %s', (_, component) => {
    expect(fieldOf(component)).toEqual({ type: 'unsupported', name: 'Form', title: null });
  });
});

describe('a form', () => {
  const page = { pageComponents: [{ input: { id: 'f' } }] };

  it.each([
    ['id', { id: 'f', title: 'T' }, 'f'],
    ['title', { title: 'T' }, 'T'],
    ['nothing', {}, ''],
  ])('knows a field by its %s', (_, input, id) => {
    expect(fieldOf({ input })).toMatchObject({ id });
  });

  it.each<[string, object, object]>([
    [
      'all of it',
      {
        cannedResponseId: 'c',
        introduction: {
          title: 'it',
          subtitle: 'is',
          imageUrl: 'https://x.example/i',
          buttonText: 'ib',
        },
        receivedMessage: {
          title: 'rt',
          header: 'rh',
          subtitle: 'rs',
          imageUrl: 'https://x.example/r',
          buttonLabel: 'rl',
          buttonText: 'rb',
        },
        replyMessage: { title: 'yt', subtitle: 'ys' },
        showSummary: 'true',
      },
      {
        formId: 'c',
        title: 'rt',
        subtitle: 'rs',
        imageUrl: 'https://x.example/r',
        button: 'rl',
        introduction: { title: 'it', subtitle: 'is', imageUrl: 'https://x.example/i' },
        reply: 'yt',
        hasSummary: true,
      },
    ],
    [
      'a header for a title',
      { receivedMessage: { header: 'rh' }, introduction: { title: 'it' } },
      { title: 'rh' },
    ],
    ['the introduction’s title for its own', { introduction: { title: 'it' } }, { title: 'it' }],
    [
      'the introduction’s button',
      { introduction: { buttonText: 'ib' }, receivedMessage: { buttonText: 'rb' } },
      { button: 'ib' },
    ],
    ['a button’s text', { receivedMessage: { buttonText: 'rb' } }, { button: 'rb' }],
    [
      'nothing',
      {},
      {
        formId: '',
        title: null,
        subtitle: null,
        imageUrl: null,
        button: null,
        introduction: { title: null, subtitle: null, imageUrl: null },
        reply: null,
        hasSummary: false,
      },
    ],
  ])('says what it is for, with %s', (_, body, reported) => {
    const form = formOf({ formPages: [page], ...body });
    expect(form).toMatchObject({ type: 'form', ...reported });
    expect(form).toHaveProperty('pages', [
      { title: null, subtitle: null, fields: [expect.objectContaining({ id: 'f' })] },
    ]);
  });

  it('has its pages in order, without those that ask nothing', () => {
    const formPages = [
      { title: 'one', ...page },
      { title: 'empty', pageComponents: [] },
      'no page',
      {
        title: 'three',
        subtitle: 's',
        pageComponents: [{ signature: {} }, ...page.pageComponents],
      },
    ];
    expect(formOf({ formPages })).toMatchObject({
      pages: [
        { title: 'one', subtitle: null, fields: [{ id: 'f' }] },
        { title: 'three', subtitle: 's', fields: [{ id: 'f' }] },
      ],
    });
  });

  it('that was filled in has its values, without empty ones', () => {
    const button = (text?: string, payload?: string) => ({
      component: { buttonResponse: { type: 'Form', text, payload } },
    });
    const form = {
      formPages: [page],
      response: [button('Ada', 'ada'), button(undefined, 'x'), button('', ''), button(), {}, null],
    };
    const values = [
      { type: 'answer', kind: 'form', text: 'Ada', payload: 'ada' },
      { type: 'answer', kind: 'form', text: 'x', payload: 'x' },
    ];
    for (const isVisitors of [true, false]) {
      expect(toContent([{ contentType: 'Form', form }], isVisitors)).toEqual(values);
    }
    expect(toContent([{ contentType: 'Form', form: { formPages: [page] } }], true)).toEqual([]);
  });
});
