import type { FoundLink } from './links.ts';
import { isWord, type Source } from './source.ts';

/** Characters between the digits of a phone number: also no-break spaces and hyphens. */
const separators = ' ./\\-\u00a0\u202f\u2011\u2013';
const separator = new RegExp(`[${separators}]`);

/** A character in front of which, or behind which, digits are no phone number: '#030 1234567', '@', '€'. */
const notBefore = /[@#№$€£¥%&=+./\\-]/;
const notAfter = /[@$€£¥%°=]/;

/** A longer run has more digits than a phone number can have. */
const longest = 28;

/**
 * Adds the phone numbers between two places of a text. Conservative: order numbers, dates, times, amounts and
 * IP addresses are none, at the price of numbers in rarer forms.
 */
export function findPhones(source: Source, from: number, to: number, links: FoundLink[]): void {
  for (let index = from; index < to; ) {
    const end = runEnd(source, index, to);
    if (end === index) {
      index += 1;
      continue;
    }
    const isCandidate = end - index <= longest && standsAlone(source, index, end);
    const href = isCandidate ? phoneHref(source.text.slice(index, end), source, index) : null;
    if (href !== null) links.push({ start: index, end, href });
    index = end;
  }
}

/** The end of a run of digits and single separators that begins here; the same place if none does. */
function runEnd(source: Source, start: number, to: number): number {
  const first = source.at(start);
  if (!/[\d+(]/.test(first)) return start;
  let digits = 0;
  let isOpened = false;
  let end = start;
  for (let index = start; index < to; index += 1) {
    const character = source.at(index);
    if (/\d/.test(character)) {
      digits += 1;
      end = index + 1;
    } else if (character === '(') {
      // In front of an area code, behind the code of the country: '+1 (212) 555-0199', '+49 (0)30 …'.
      if (digits > 3 || isOpened) break;
      isOpened = true;
    } else if (character === ')') {
      if (digits === 0) break;
    } else if (character === '+') {
      if (index > start) break;
    } else if (separator.test(character)) {
      if (separator.test(source.at(index - 1)) || digits === 0) break;
    } else break;
  }
  return end;
}

function standsAlone(source: Source, start: number, end: number): boolean {
  const before = source.at(start - 1);
  const after = source.at(end);
  if (isWord(before) || notBefore.test(before)) return false;
  // '_' can be a mark: '_+49 30 1234567_'.
  if (before === '_' && isWord(source.at(start - 2))) return false;
  if (isWord(after) || notAfter.test(after)) return false;
  // A colon or a comma within a number: '10:30', '1,5'.
  if (/[.,:/-]/.test(before) && /\d/.test(source.at(start - 2))) return false;
  return !(/[.,:_/-]/.test(after) && isWord(source.at(end + 1)));
}

/** Amounts such as '+200 000 000' end like this. */
const round = /^\+?\d{1,3}(?:\D0+)+$/;

const gap = `[${separators}]`;
const northAmerican = new RegExp(
  `^(?:1${gap})?(?:\\([2-9]\\d\\d\\) ?|[2-9]\\d\\d${gap})[2-9]\\d\\d${gap}\\d{4}$`,
);
/** Five pairs, as in France. Other numbers with points could be dates. */
const pairs = new RegExp(`^0[1-9](${gap})\\d\\d(?:\\1\\d\\d){3}$`);
/**
 * An area code with the trunk prefix 0, then the subscriber's number. A code of two digits needs a group of
 * three or four behind it, and a space: '01-02-2026 10' is a date and an hour.
 */
const trunk =
  /^(?:\(0\d{1,5}\)[ \u00a0]?|0[1-9]\d{1,4}[ \u00a0/\u2011\u2013-]|0[1-9][ \u00a0](?=\d{3,4}[ \u00a0]))\d{2,8}(?:[ \u00a0\u2011\u2013-]\d{1,8}){0,4}$/;

/** In front of a number with a leading zero, these words make it the number of something else. */
const otherNumber =
  /(?<!\p{L})(?:order|invoice|ticket|case|ref|tracking|id|bestell|rechnung|auftrag|kunden|pedido|factura|commande|facture|الطلب|الفاتورة)/iu;

/** How far in front of a number such a word is looked for. */
const wordReach = 40;

/** The `tel:` address of a phone number; `null` if it doesn't look like one. */
function phoneHref(run: string, source: Source, start: number): string | null {
  if (!isBalanced(run)) return null;
  // '+49 (0)30 …': the trunk prefix is not dialled from abroad.
  const digits = run.replace('(0)', '').replace(/\D/g, '');
  if (run.startsWith('+')) return isInternational(digits, run) ? `tel:+${digits}` : null;
  if (/^00[1-9]\d{0,2}[^\d.]/.test(run)) {
    const number = digits.slice(2);
    return isInternational(number, run) ? `tel:+${number}` : null;
  }
  const isNational =
    northAmerican.test(run) ||
    pairs.test(run) ||
    (trunk.test(run) &&
      digits.length >= 9 &&
      digits.length <= 12 &&
      !otherNumber.test(sentenceBefore(source, start)));
  return isNational ? `tel:${run.replace(/\D/g, '')}` : null;
}

function sentenceBefore(source: Source, start: number): string {
  const before = source.text.slice(Math.max(0, start - wordReach), start);
  return before.split(/[.!?\n]/).at(-1) ?? '';
}

function isInternational(digits: string, run: string): boolean {
  if (digits.startsWith('1')) return /^1[2-9]\d\d[2-9]\d{6}$/.test(digits);
  return /^[2-9]\d{8,14}$/.test(digits) && !round.test(run);
}

function isBalanced(run: string): boolean {
  return !/[()]/.test(run.replace(/\(\d{1,6}\)/, ''));
}
