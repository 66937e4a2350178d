import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { expect, type PanelPage, test } from './fixtures.ts';
import { states } from './states.ts';

/*
 * What a state looks like must not depend on the way into it. Each picture is made by the same browser
 * that it is compared in, so fonts and versions can't differ: once with everything as it is from the
 * start, and once on a detour through another size, scheme and direction.
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

/** Each is the other's opposite, so that size, scheme and direction are all come to from both sides. */
const looks: readonly Look[] = [
  { name: 'desktop', width: 900, colorScheme: 'light', lang: 'en' },
  { name: 'phone-dark-rtl', width: 360, colorScheme: 'dark', lang: 'ar' },
];

/** The other end of everything that a look can be. */
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
  // The words of the other language come later.
  await expect(page.getByPlaceholder(lang === 'ar' ? /[؀-ۿ]/ : /[a-z]/i)).toBeVisible();
}

async function pictureOf(panel: PanelPage): Promise<Buffer> {
  await panel.still();
  // Where a long draft was left is the browser's business.
  await panel.page.locator('textarea').evaluate((area) => {
    area.scrollTop = 0;
  });
  return panel.page.screenshot({ animations: 'disabled', caret: 'hide' });
}

for (const look of looks) {
  test(`looks the same whichever way it came about: ${look.name}`, async ({
    panel,
    page,
  }, testInfo) => {
    test.setTimeout(120_000);
    // The minute must not turn between two pictures.
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
