import { findPhones } from './phones.ts';
import { isWord, Source, stopsLink } from './source.ts';

export type TextPart =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'link'; readonly text: string; readonly href: string };

/** A link in a text, from `start` to before `end`. */
export interface FoundLink {
  readonly start: number;
  readonly end: number;
  readonly href: string;
}

/** Splits a text into plain text and links: URLs, `www.…`, e-mail addresses and phone numbers. */
export function linkify(text: string): TextPart[] {
  const parts: TextPart[] = [];
  let end = 0;
  for (const link of findLinks(new Source(text))) {
    if (link.start > end) parts.push({ type: 'text', text: text.slice(end, link.start) });
    parts.push({ type: 'link', text: text.slice(link.start, link.end), href: link.href });
    end = link.end;
  }
  if (end < text.length) parts.push({ type: 'text', text: text.slice(end) });
  return parts;
}

/** Every text with a link has one of these: most messages need no closer look. */
const mayHaveLinks = /[@\d]|:\/\/|mailto:|www\./i;

/** The links of a text that has no marks, in order. Takes time in proportion to its length. */
export function findLinks(source: Source): FoundLink[] {
  if (!mayHaveLinks.test(source.text)) return [];
  const links: FoundLink[] = [];
  let end = 0;
  const add = (link: FoundLink) => {
    findPhones(source, end, link.start, links);
    links.push(link);
    end = link.end;
  };
  for (let index = 0; index < source.length; ) {
    let tokenEnd = index;
    while (!stopsLink(source.at(tokenEnd))) tokenEnd += 1;
    findInToken(source, index, tokenEnd, add);
    index = tokenEnd + 1;
  }
  findPhones(source, end, source.length, links);
  return links;
}

/** The URLs in a run of characters without a space; where there is none, the e-mail addresses. */
function findInToken(
  source: Source,
  start: number,
  end: number,
  add: (link: FoundLink) => void,
): void {
  let hasUrl = false;
  const ats: number[] = [];
  for (let index = start; index < end; ) {
    if (source.at(index) === '@') ats.push(index);
    if (!beginsUrl(source, index)) {
      index += 1;
      continue;
    }
    hasUrl = true;
    let urlEnd = index;
    while (urlEnd < end && !(source.at(urlEnd) === ']' && source.at(urlEnd + 1) === '('))
      urlEnd += 1;
    const trimmed = trimSentence(source, index, urlEnd);
    const href = safeHref(source.text.slice(index, trimmed));
    if (href !== null) add({ start: index, end: trimmed, href });
    // What isn't a valid URL is no e-mail address either: 'https://bank.example@elsewhere.example'.
    index = urlEnd;
  }
  if (!hasUrl) findEmails(source, start, end, ats, add);
}

const urlBegins = /^(?:https?:\/\/|mailto:|www\.)/i;

function beginsUrl(source: Source, index: number): boolean {
  if (!/[hmw]/i.test(source.at(index)) || isWord(source.at(index - 1))) return false;
  return urlBegins.test(source.text.slice(index, index + 8));
}

const closing: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };

/** The end of a link without the punctuation of the surrounding sentence: 'see https://a.example/x).' */
function trimSentence(source: Source, start: number, end: number): number {
  /** How many of a closing bracket have no opening one. */
  const unopened: Record<string, number> = {};
  const openers = Object.values(closing);
  for (let index = start; index < end; index += 1) {
    const character = source.at(index);
    const opener = closing[character] ?? character;
    if (!openers.includes(opener)) continue;
    unopened[opener] = (unopened[opener] ?? 0) + (opener === character ? -1 : 1);
  }
  let trimmed = end;
  for (; trimmed > start; trimmed -= 1) {
    const last = source.at(trimmed - 1);
    const opener = closing[last];
    const count = opener === undefined ? 0 : (unopened[opener] ?? 0);
    if (count <= 0 && !/[.,;:!?'*_~’”]/u.test(last)) break;
    if (opener !== undefined) unopened[opener] = count - 1;
  }
  return trimmed;
}

const localCharacter = /[\p{L}\p{N}._+'-]/u;
const domainCharacter = /[\p{L}\p{N}.-]/u;

/** Two `@` limit how far each address can reach, so that no character is looked at more than twice. */
function findEmails(
  source: Source,
  start: number,
  end: number,
  ats: readonly number[],
  add: (link: FoundLink) => void,
): void {
  for (const at of ats) {
    let first = at;
    while (first > start && localCharacter.test(source.at(first - 1))) first -= 1;
    // Often of the sentence, or a mark: '_ada@shop.example_'.
    while (first < at && /[._+'-]/.test(source.at(first))) first += 1;
    let last = at + 1;
    while (last < end && domainCharacter.test(source.at(last))) last += 1;
    const next = source.at(last);
    while (/[.-]/.test(source.at(last - 1))) last -= 1;
    const local = source.text.slice(first, at);
    const domain = source.text.slice(at + 1, last);
    // 'git@shop.example:lamps' and 'ada@shop.example/x' are something else.
    const goesOn = next === '@' || (/[:/]/.test(next) && !stopsLink(source.at(last + 1)));
    if (local === '' || local.endsWith('.') || source.at(first - 1) === '@' || goesOn) continue;
    if (!isDomain(domain)) continue;
    const href = safeHref(`mailto:${encodeURIComponent(local)}@${domain}`);
    if (href !== null) add({ start: first, end: last, href });
  }
}

function isDomain(domain: string): boolean {
  const labels = domain.split('.');
  return (
    domain.length <= 253 &&
    labels.length > 1 &&
    labels.every((label) => label !== '' && !label.startsWith('-') && !label.endsWith('-')) &&
    /^(?:\p{L}{2,}|xn--[a-z\d-]+)$/iu.test(labels.at(-1) ?? '')
  );
}

/** The address of a link; `null` if it isn't http, https, mailto or tel, or could deceive. */
export function safeHref(target: string): string | null {
  const isBare = /^www\./i.test(target);
  const address = isBare ? `https://${target}` : target;
  if (!URL.canParse(address)) return null;
  const url = new URL(address);
  switch (url.protocol) {
    case 'http:':
    case 'https:':
      // Credentials are used to deceive: 'https://bank.example@elsewhere.example'.
      if (url.username || url.password) return null;
      return isBare && !/^www\.[^.]+\.[^.]/.test(url.hostname) ? null : url.href;
    case 'mailto:':
      return url.pathname.includes('@') ? url.href : null;
    case 'tel:':
      return /^\+?[\d().-]{3,24}$/.test(url.pathname) ? url.href : null;
    default:
      return null;
  }
}
