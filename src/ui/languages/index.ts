import type { Messages } from '../messages.ts';

const loaders: Readonly<Record<string, () => Promise<{ readonly texts: Messages }>>> = {
  ar: () => import('./ar.ts'),
  de: () => import('./de.ts'),
  es: () => import('./es.ts'),
  fr: () => import('./fr.ts'),
};

/** Written from right to left, among the languages that a site may bring. */
const rightToLeft = new Set(['ar', 'dv', 'fa', 'he', 'ku', 'ps', 'sd', 'ug', 'ur', 'yi']);

function primary(language: string): string {
  return language.toLowerCase().split('-')[0] ?? '';
}

/** Fetches the texts of a language, as BCP 47 names it; `null`: there are none, English is spoken. */
export async function loadTexts(language: string): Promise<Messages | null> {
  const load = loaders[primary(language)];
  return load ? (await load()).texts : null;
}

export function isRightToLeft({ language }: Messages): boolean {
  return rightToLeft.has(primary(language));
}

/** The language of the place where an element stands: its own `lang`, or that of what it stands in. */
export function languageAt(element: Element): string {
  let at: Element | null = element;
  while (at) {
    const named: Element | null = at.closest('[lang]');
    if (named) return named.getAttribute('lang') ?? '';
    const root: Node = at.getRootNode();
    at = root instanceof ShadowRoot ? root.host : null;
  }
  return '';
}
