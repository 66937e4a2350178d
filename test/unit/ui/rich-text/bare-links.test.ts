import { describe, expect, it } from 'vitest';
import { linkify } from '../../../../src/ui/rich-text/links.ts';

/** The links in a text: shown text and address. */
function links(text: string): readonly (readonly [string, string])[] {
  expect(
    linkify(text)
      .map((part) => part.text)
      .join(''),
  ).toBe(text);
  return linkify(text).flatMap((part) =>
    part.type === 'link' ? [[part.text, part.href] as const] : [],
  );
}

describe('an address without a scheme', () => {
  it.each([
    ['www.lamps.example', 'www.lamps.example', 'https://www.lamps.example/'],
    [
      'see WWW.lamps.example/a?b=c#d.',
      'WWW.lamps.example/a?b=c#d',
      'https://www.lamps.example/a?b=c#d',
    ],
    ['(www.lamps.example)', 'www.lamps.example', 'https://www.lamps.example/'],
    ['请看www.lamps.example', 'www.lamps.example', 'https://www.lamps.example/'],
  ])('%s is a link', (text, shown, href) => expect(links(text)).toEqual([[shown, href]]));

  it.each(['www', 'www.', 'www.x', 'www..x', 'awww.lamps.example', 'www.bank@evil.example'])(
    '%s is none',
    (text) => expect(links(text)).toEqual([]),
  );
});

describe('an e-mail address', () => {
  it.each([
    ['ada@lamps.example', 'ada@lamps.example', 'mailto:ada@lamps.example'],
    [
      'Write to ada.b+c@lamps.co.example.',
      'ada.b+c@lamps.co.example',
      'mailto:ada.b%2Bc@lamps.co.example',
    ],
    ['<ada@lamps.example>', 'ada@lamps.example', 'mailto:ada@lamps.example'],
    ['*ada@lamps.example*', 'ada@lamps.example', 'mailto:ada@lamps.example'],
    ['_ada@lamps.example_', 'ada@lamps.example', 'mailto:ada@lamps.example'],
    ['mail:ada@lamps.example:', 'ada@lamps.example', 'mailto:ada@lamps.example'],
  ])('%s is a link', (text, shown, href) => expect(links(text)).toEqual([[shown, href]]));

  it.each([
    'ada@',
    '@ada',
    '@lamps.example',
    'ada@lamps',
    'ada@lamps.7',
    'ada@-lamps.example',
    'ada@lamps..example',
    'ada.@lamps.example',
    'a@b@lamps.example',
    'git@lamps.example:shop',
    'ada@lamps.example/x',
    'https://ada@lamps.example',
  ])('%s is none', (text) => expect(links(text)).toEqual([]));

  it('can stand beside another', () => {
    expect(links('ada@a.example,bob@b.example;eve@c.example').map(([shown]) => shown)).toEqual([
      'ada@a.example',
      'bob@b.example',
      'eve@c.example',
    ]);
  });
});

describe('a phone number', () => {
  it.each([
    ['+49301234567', '+49301234567', 'tel:+49301234567'],
    ['+49 30 1234567', '+49 30 1234567', 'tel:+49301234567'],
    ['+49 (0)30 1234567', '+49 (0)30 1234567', 'tel:+49301234567'],
    ['Tel.:+49-30-1234567.', '+49-30-1234567', 'tel:+49301234567'],
    ['+1 (212) 555-0199', '+1 (212) 555-0199', 'tel:+12125550199'],
    ['+966 11 123 4567', '+966 11 123 4567', 'tel:+966111234567'],
    ['0049 30 1234567', '0049 30 1234567', 'tel:+49301234567'],
    ['(212) 555-0199', '(212) 555-0199', 'tel:2125550199'],
    ['212-555-0199', '212-555-0199', 'tel:2125550199'],
    ['212.555.0199', '212.555.0199', 'tel:2125550199'],
    ['1-800-555-0199', '1-800-555-0199', 'tel:18005550199'],
    ['030 1234567', '030 1234567', 'tel:0301234567'],
    ['030/1234567', '030/1234567', 'tel:0301234567'],
    ['030-1234567', '030-1234567', 'tel:0301234567'],
    ['(030) 123456', '(030) 123456', 'tel:030123456'],
    ['0171 1234567', '0171 1234567', 'tel:01711234567'],
    ['01 23 45 67 89', '01 23 45 67 89', 'tel:0123456789'],
    ['01.23.45.67.89', '01.23.45.67.89', 'tel:0123456789'],
    ['020 7946 0958', '020 7946 0958', 'tel:02079460958'],
    ['02 9999 9999', '02 9999 9999', 'tel:0299999999'],
    ['*+49 30 1234567*', '+49 30 1234567', 'tel:+49301234567'],
    ['_+49 30 1234567_', '+49 30 1234567', 'tel:+49301234567'],
    ['+49\u00a030\u00a01234567', '+49\u00a030\u00a01234567', 'tel:+49301234567'],
    ['+49 30 1234567 (24/7)', '+49 30 1234567', 'tel:+49301234567'],
    ['9–17: 030 1234567', '030 1234567', 'tel:0301234567'],
  ])('%s is a link', (text, shown, href) => expect(links(text)).toEqual([[shown, href]]));

  it('can follow another', () => {
    const text = '030 1234567 / 0171 1234567, +49 40 1234567\n+49 50 1234567';
    expect(links(text)).toHaveLength(4);
  });

  it.each([
    'Order 4500123456',
    'Order number: 0123-456789',
    'Your order is 0123 456 789.',
    'Ihre Bestellnummer: 0123 456789',
    'رقم الطلب 0123 456789',
    '#0123 456789',
    '0123456789',
    '100-2345678-1',
    '4111 1111 1111 1111',
    'DE89 3704 0044 0532 0130 00',
    '978-3-16-148410-0',
    '0-306-40615-2',
    '2026-11-30',
    '2026-11-30 08:15',
    '01.02.2026',
    '01.02.2026 10:30',
    '01/02/2026 10',
    '01-02-2026 10',
    '30.11.2026–02.12.2026',
    '08:00-18:00',
    '0800-1800',
    '192.168.0.1',
    '10.0.0.1:8080',
    '+5',
    '+10 000 000 EUR',
    '+200 000 000',
    '+1 000 000 0000',
    '+1234567890123456',
    '0.123456789',
    '€030 1234567',
    '030 1234567 89012345',
    'x030 1234567',
    '030 1234567x',
    '12 345 678,90',
    '1.000.000.000',
    '-030 1234567',
    'v0171.1234567',
    '12°34',
    '0171 123456%',
    '(030 1234567',
    'https://a.example/030-1234567',
    'id=+49301234567',
  ])('%s is none', (text) => {
    expect(links(text).filter(([, href]) => href.startsWith('tel:'))).toEqual([]);
  });
});
