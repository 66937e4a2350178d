export type TextPart =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'link'; readonly text: string; readonly href: string };

// Invisible direction marks end a link: they can make a URL look like another one.
const candidates = /\b(?:https?:\/\/|mailto:)[^\s<>"\u200b-\u200f\u202a-\u202e\u2066-\u2069]+/giu;
const closing: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };

/** Splits a text into plain text and links. Only http, https and mailto are linked. */
export function linkify(text: string): TextPart[] {
  const parts: TextPart[] = [];
  let end = 0;
  for (const match of text.matchAll(candidates)) {
    const link = trimSentence(match[0]);
    const href = safeHref(link);
    if (!href) continue;
    if (match.index > end) parts.push({ type: 'text', text: text.slice(end, match.index) });
    parts.push({ type: 'link', text: link, href });
    end = match.index + link.length;
  }
  if (end < text.length) parts.push({ type: 'text', text: text.slice(end) });
  return parts;
}

/** Removes punctuation of the surrounding sentence: 'see https://a.example/x).' */
function trimSentence(candidate: string): string {
  let link = candidate;
  for (;;) {
    const last = link.at(-1) ?? '';
    const opener = closing[last];
    const isUnopened = opener !== undefined && count(link, opener) < count(link, last);
    if (!isUnopened && !/[.,;:!?'*_~’”]/u.test(last)) return link;
    link = link.slice(0, -1);
  }
}

function count(text: string, character: string): number {
  return text.split(character).length - 1;
}

function safeHref(link: string): string | null {
  if (!URL.canParse(link)) return null;
  const url = new URL(link);
  switch (url.protocol) {
    case 'http:':
    case 'https:':
      // Credentials are used to deceive: 'https://bank.example@elsewhere.example'.
      return url.username || url.password ? null : url.href;
    case 'mailto:':
      return url.pathname.includes('@') ? url.href : null;
    default:
      return null;
  }
}
