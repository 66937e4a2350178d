/** A constructed style sheet, because a strict CSP blocks `<style>`. */
export function styleSheet(rules: string): CSSStyleSheet {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(rules);
  return sheet;
}
