/**
 * The visitor's own variant of a language, as their browser names it: it decides between 3:04 PM and
 * 15:04. The language itself where they have none.
 */
export function visitorLocale(language: string): string {
  // Node 20 has no `navigator`.
  const preferred = globalThis.navigator?.languages ?? [];
  return preferred.find((locale) => locale.split('-')[0] === language) ?? language;
}
