import type { Messages } from '../messages.ts';

const loaders: Readonly<Record<string, () => Promise<{ readonly texts: Messages }>>> = {
  ar: () => import('./ar.ts'),
  de: () => import('./de.ts'),
  es: () => import('./es.ts'),
  fr: () => import('./fr.ts'),
};

/** Right-to-left languages, including those that only a site's own texts can be in. */
const rightToLeft = new Set(['ar', 'dv', 'fa', 'he', 'ku', 'ps', 'sd', 'ug', 'ur', 'yi']);

function primary(language: string): string {
  return language.toLowerCase().split('-')[0] ?? '';
}

/**
 * Loads the texts of a language.
 *
 * @param language a BCP 47 tag; its region is ignored
 * @returns `null` if there are none
 */
export async function loadTexts(language: string): Promise<Messages | null> {
  const load = loaders[primary(language)];
  return load ? (await load()).texts : null;
}

export function isRightToLeft({ language }: Messages): boolean {
  return rightToLeft.has(primary(language));
}

/** An element's language: the `lang` of the element or its nearest ancestor, across shadow roots. */
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
