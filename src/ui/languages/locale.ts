/**
 * The visitor's own variant of a language, such as `en-GB`, from their browser's settings. It decides
 * between 3:04 PM and 15:04. Without one, the language itself.
 */
export function visitorLocale(language: string): string {
  // Node 20 has no `navigator`.
  const preferred = globalThis.navigator?.languages ?? [];
  return preferred.find((locale) => locale.split('-')[0] === language) ?? language;
}
