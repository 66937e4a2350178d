import { expect, type PanelPage, test } from './fixtures.ts';

const strange: Readonly<Record<string, string>> = {
  'emoji only': '👩🏽‍🚀'.repeat(585),
  'a word that never ends': 'W'.repeat(10_000),
  'marks that turn the direction': `\u202e${'reversed '.repeat(40)}\u2066 and never turned back`,
  'right to left': 'شكرا جزيلا لكم. '.repeat(60),
  'marks upon marks': `Z${'\u0351\u0363\u0314'.repeat(60)}algo`,
  markup:
    '<img src=x onerror="window.ran = true"><script>window.ran = true</script><style>*{}</style>',
  'empty lines': `a${'\n'.repeat(60)}b`,
};
const longName = `${'Ω'.repeat(499)}!`;

/** Finds rows that overlap, and text outside its bubble or the list. */
function faults(panel: PanelPage): Promise<string[]> {
  return panel.page.evaluate(() => {
    const root = window.element.shadowRoot;
    const scroller = root?.querySelector('.scroller');
    if (!root || !scroller) return ['no list'];
    const found: string[] = [];
    if (scroller.scrollWidth > scroller.clientWidth) found.push('the list is too wide');
    const items = [...root.querySelectorAll('.item')].map((item) => item.getBoundingClientRect());
    items.forEach((box, index) => {
      const next = items[index + 1];
      if (next && box.bottom > next.top + 0.5) found.push(`row ${index} lies upon the next`);
    });
    for (const part of root.querySelectorAll('.bubble, .name, .typing span, .heading')) {
      const inside = part.getBoundingClientRect();
      if (inside.width === 0) continue;
      const outside = scroller.getBoundingClientRect();
      if (inside.left < outside.left - 0.5 || inside.right > outside.right + 0.5) {
        found.push(`${part.className} leaves the list`);
      }
      // Text is clipped 6 px outside its box, which leaves room for focus rings.
      if (part.scrollWidth > part.clientWidth + 6 && getComputedStyle(part).display !== 'inline') {
        found.push(`${part.className} holds more than it shows: ${part.textContent?.slice(0, 20)}`);
      }
    }
    return found;
  });
}

for (const width of [320, 900]) {
  test.describe(`in a window of ${width} px`, () => {
    test.use({
      viewport: { width, height: 700 },
      contextOptions: { reducedMotion: 'reduce' },
    });

    test('unusual texts are shown whole, do not overlap, and never run as code', async ({
      panel,
      page,
    }) => {
      await panel.hear(
        ...Object.values(strange).flatMap((text) => [
          { text, from: { id: 'x', name: longName, role: 'agent' } as const },
          { text, from: { id: 'v', name: 'Visitor', role: 'visitor' } as const },
          { text, from: { id: 's', name: 'System', role: 'system' } as const },
        ]),
      );
      await panel.change({ typing: { id: 'x', name: longName } });
      await panel.open();
      const texts = Object.values(strange).flatMap((text) => [text, text, text]);
      await expect(panel.messages).toHaveCount(texts.length);
      const shown = await page.evaluate(() =>
        [...(window.element.shadowRoot?.querySelectorAll('article .text') ?? [])].map(
          ({ textContent }) => textContent,
        ),
      );
      expect(shown).toEqual(texts);
      expect(await faults(panel)).toEqual([]);
      // The page's and the panel's own elements, none from a text.
      expect(
        await page.evaluate(() => [
          Reflect.get(window, 'ran'),
          window.element.shadowRoot?.querySelectorAll('img, script, style').length,
        ]),
      ).toEqual([undefined, 0]);
      await expect(panel.messages.first()).toHaveAccessibleName(new RegExp(`^${longName}`));
    });

    test('also in a long conversation', async ({ panel }) => {
      const all = Object.values(strange);
      await panel.hear(
        ...Array.from({ length: 300 }, (_, n) => ({ text: all[n % all.length] ?? '' })),
      );
      await panel.open();
      await expect.poll(() => panel.fromEnd()).toBe(0);
      await panel.still();
      expect(await faults(panel)).toEqual([]);
      await panel.wheel(-3_000);
      expect(await faults(panel)).toEqual([]);
    });
  });
}
