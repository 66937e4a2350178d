/** A constructed sheet: a strict CSP lets no `<style>` through. */
export function styleSheet(rules: string): CSSStyleSheet {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(rules);
  return sheet;
}
