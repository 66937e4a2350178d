import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { expect, type PanelPage, test } from './fixtures.ts';
import { states } from './states.ts';

/*
 * A state must look the same however it was reached. Both screenshots are taken in the same browser, so that
 * fonts and versions can't differ: one with all options set from the start, and one after a detour through
 * another size, color scheme and direction.
 */

const shown = [
  'conversation',
  'queued',
  'failed',
  'unread',
  'history',
  'ended',
  'tooLong',
  'notKept',
  'waiting',
  'strange',
] as const;

interface Look {
  readonly name: string;
  readonly width: number;
  readonly colorScheme: 'light' | 'dark';
  readonly lang: 'en' | 'ar';
}

/** Opposites of each other, so that each option is changed in both directions. */
const looks: readonly Look[] = [
  { name: 'desktop', width: 900, colorScheme: 'light', lang: 'en' },
  { name: 'phone-dark-rtl', width: 360, colorScheme: 'dark', lang: 'ar' },
];

/** The opposite of a look in every option. */
function opposite({ width, colorScheme, lang }: Look): Look {
  return {
    name: 'opposite',
    width: width === 360 ? 900 : 360,
    colorScheme: colorScheme === 'dark' ? 'light' : 'dark',
    lang: lang === 'ar' ? 'en' : 'ar',
  };
}

async function wear({ page }: PanelPage, { width, colorScheme, lang }: Look): Promise<void> {
  await page.setViewportSize({ width, height: 760 });
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
  await page.evaluate((language) => {
    document.documentElement.lang = language;
    document.documentElement.dir = language === 'ar' ? 'rtl' : 'ltr';
    window.element.open = true;
  }, lang);
  // The texts of the other language are loaded later.
  await expect(page.getByPlaceholder(lang === 'ar' ? /[؀-ۿ]/ : /[a-z]/i)).toBeVisible();
}

async function pictureOf(panel: PanelPage): Promise<Buffer> {
  await panel.still();
  // The scroll position in a long draft is up to the browser.
  await panel.page.locator('textarea').evaluate((area) => {
    area.scrollTop = 0;
  });
  return panel.page.screenshot({ animations: 'disabled', caret: 'hide' });
}

for (const look of looks) {
  test(`looks the same however it was reached: ${look.name}`, async ({ panel, page }, testInfo) => {
    test.setTimeout(120_000);
    // The minute must not change between the two screenshots.
    await page.clock.setFixedTime('2026-10-02T10:30:00Z');
    for (const name of shown) {
      await test.step(name, async () => {
        await panel.reload();
        await wear(panel, look);
        await states[name]?.(panel);
        const file = testInfo.snapshotPath(`${name}-${look.name}.png`);
        await mkdir(dirname(file), { recursive: true });
        await writeFile(file, await pictureOf(panel));

        await panel.reload();
        await wear(panel, opposite(look));
        await states[name]?.(panel);
        await panel.still();
        await wear(panel, look);
        expect
          .soft(await pictureOf(panel))
          .toMatchSnapshot(`${name}-${look.name}.png`, { maxDiffPixels: 0 });
      });
    }
  });
}
