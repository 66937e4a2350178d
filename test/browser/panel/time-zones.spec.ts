import { expect, test } from './fixtures.ts';

// Days and times are in the visitor's time zone and format.

const places = [
  { timezoneId: 'Pacific/Chatham', locale: 'en-GB', late: '23:59', early: '0:01' },
  { timezoneId: 'America/Santiago', locale: 'en-US', late: '11:59 PM', early: '12:01 AM' },
] as const;

for (const { timezoneId, locale, late, early } of places) {
  test.describe(`in ${timezoneId}`, () => {
    test.use({ timezoneId, locale });

    test(`days change at midnight, and times are formatted for ${locale}`, async ({
      panel,
      page,
    }) => {
      // Summer time in Santiago begins at midnight, so this day starts at 1:00.
      const midnight = await page.evaluate(() => new Date(2026, 8, 5).getTime());
      const minute = 60_000;
      await page.clock.setFixedTime(midnight + 12 * 60 * minute);
      await panel.launcher.click();
      await panel.hear(
        { text: 'last of the day before', timestamp: midnight - minute },
        { text: 'first of today', timestamp: midnight + minute },
      );
      await expect(panel.messages.filter({ hasText: 'last of' })).toContainText(late);
      await expect(panel.messages.filter({ hasText: 'first of' })).toContainText(early);
      const parted = panel.feed.getByText(/^(Yesterday|Today|last of .*|first of .*)$/);
      await expect(parted).toHaveText([
        'Yesterday',
        'last of the day before',
        'Today',
        'first of today',
      ]);
    });
  });
}
