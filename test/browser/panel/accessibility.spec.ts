import { mkdir } from 'node:fs/promises';
import AxeBuilder from '@axe-core/playwright';
import { expect, type PanelPage, test } from './fixtures.ts';
import { states } from './states.ts';

const tags = ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'];
/** A folder for pictures of every state; without it none are taken. */
const pictures = process.env.PARTYLINE_PICTURES;

const looks = [
  { name: 'light', colorScheme: 'light', lang: 'en', width: 900 },
  { name: 'dark', colorScheme: 'dark', lang: 'en', width: 900 },
  { name: 'rtl', colorScheme: 'light', lang: 'ar', width: 900 },
  { name: 'phone', colorScheme: 'light', lang: 'en', width: 360 },
] as const;

async function look(panel: PanelPage, { name, lang }: (typeof looks)[number]): Promise<void> {
  await panel.page.evaluate(
    ([language, isRtl]) => {
      document.documentElement.lang = language;
      if (isRtl) document.documentElement.dir = 'rtl';
      window.element.setAttribute('sign-in', '/sign-in/');
    },
    [lang, name === 'rtl'] as const,
  );
}

for (const appearance of looks) {
  test.describe(`in ${appearance.name}`, () => {
    test.use({
      viewport: { width: appearance.width, height: 760 },
      colorScheme: appearance.colorScheme,
      contextOptions: { reducedMotion: 'reduce' },
    });

    for (const [name, arrange] of Object.entries(states)) {
      test(`${name} breaks no rule of WCAG 2.2 AA`, async ({ panel, page }) => {
        await look(panel, appearance);
        await page.evaluate(() => {
          window.element.open = true;
        });
        const textarea = page.locator('textarea');
        await expect(textarea).toBeVisible();
        if (appearance.lang === 'ar') {
          await expect(page.getByRole('button', { name: 'إرسال' })).toBeVisible();
        }
        await arrange(panel);
        await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
        if (pictures) {
          await mkdir(pictures, { recursive: true });
          await page.screenshot({ path: `${pictures}/${name}-${appearance.name}.png` });
        }
        const { violations } = await new AxeBuilder({ page }).withTags(tags).analyze();
        expect(
          violations.flatMap(({ id, nodes }) =>
            nodes.map((node) => `${id}: ${node.target.flat().join(' ')}: ${node.failureSummary}`),
          ),
        ).toEqual([]);
      });
    }
  });
}
