import { mkdir } from 'node:fs/promises';
import { brokenRules } from '../support/axe.ts';
import { expect, type PanelPage, test } from './fixtures.ts';
import { states } from './states.ts';

/** A folder for screenshots of every state. Without it, none are taken. */
const pictures = process.env.PARTYLINE_PICTURES;

const light = { name: 'light', colorScheme: 'light', lang: 'en', width: 900 } as const;

/** Two appearances cover both values of every option that the rules depend on. */
const looks = pictures
  ? ([
      light,
      { ...light, name: 'dark', colorScheme: 'dark' },
      { ...light, name: 'rtl', lang: 'ar' },
      { ...light, name: 'phone', width: 360 },
    ] as const)
  : ([light, { name: 'dark-rtl-phone', colorScheme: 'dark', lang: 'ar', width: 360 }] as const);

/** The number of states that fit in a test’s time limit on a machine at a quarter of the speed. */
const perTest = 8;
const all = Object.entries(states);
const parts = Array.from({ length: Math.ceil(all.length / perTest) }, (_, index) =>
  all.slice(index * perTest, (index + 1) * perTest),
);

async function look(panel: PanelPage, { lang }: (typeof looks)[number]): Promise<void> {
  await panel.page.evaluate(
    ([language, isRtl]) => {
      document.documentElement.lang = language;
      if (isRtl) document.documentElement.dir = 'rtl';
      window.element.setAttribute('sign-in', '/sign-in/');
    },
    [lang, lang === 'ar'] as const,
  );
}

for (const appearance of looks) {
  test.describe(`in ${appearance.name}`, () => {
    test.use({
      viewport: { width: appearance.width, height: 760 },
      colorScheme: appearance.colorScheme,
      contextOptions: { reducedMotion: 'reduce' },
    });

    for (const part of parts) {
      const names = part.map(([name]) => name).join(', ');
      // Several states share a page, which is reloaded for each. A new context each would be slow.
      test(`WCAG 2.2 AA holds for ${names}`, async ({ panel, page }) => {
        for (const [name, arrange] of part) {
          await test.step(name, async () => {
            await panel.reload();
            await look(panel, appearance);
            await page.evaluate(() => {
              window.element.open = true;
            });
            await expect(page.locator('textarea')).toBeVisible();
            if (appearance.lang === 'ar') {
              await expect(page.getByRole('button', { name: 'إرسال' })).toBeVisible();
            }
            await arrange(panel);
            await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
            if (pictures) {
              await mkdir(pictures, { recursive: true });
              await page.screenshot({ path: `${pictures}/${name}-${appearance.name}.png` });
            }
            expect.soft(await brokenRules(page), name).toEqual([]);
          });
        }
      });
    }
  });
}
