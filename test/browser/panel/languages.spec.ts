import { expect, type PanelPage, test } from './fixtures.ts';

function speak(panel: PanelPage, language: string): Promise<void> {
  return panel.page.evaluate((lang) => {
    document.documentElement.lang = lang;
  }, language);
}

const spoken = [
  ['de-AT', 'Nachricht', 'ltr'],
  ['es', 'Mensaje', 'ltr'],
  ['fr-CA', 'Message', 'ltr'],
  ['ar', 'الرسالة', 'rtl'],
] as const;

test('the panel uses the page’s language, and follows its changes', async ({ panel, page }) => {
  await panel.open();
  const textbox = page.getByRole('textbox');
  for (const [language, message, direction] of spoken) {
    await speak(panel, language);
    await expect(page.locator('partyline-chat .frame')).toHaveAttribute(
      'lang',
      language.slice(0, 2),
    );
    await expect(textbox).toHaveAccessibleName(message);
    await expect(page.locator('partyline-chat .panel')).toHaveCSS('direction', direction);
  }
  await speak(panel, 'tlh');
  await expect(panel.textbox).toHaveAttribute('placeholder', 'Write a message…');
});

test('only the language in use is loaded', async ({ panel, page }) => {
  const fetched: string[] = [];
  page.on('request', (request) => fetched.push(new URL(request.url()).pathname));
  await panel.open();
  expect(fetched.filter((path) => /\/(ar|de|es|fr)-/.test(path))).toEqual([]);
  await speak(panel, 'de');
  await expect(page.getByRole('button', { name: 'Senden' })).toBeVisible();
  expect(fetched.filter((path) => /\/(ar|de|es|fr)-/.test(path))).toHaveLength(1);
});

test('the element’s lang overrides the page’s, and the site’s texts override both', async ({
  panel,
  page,
}) => {
  await speak(panel, 'de');
  await page.evaluate(() => {
    window.element.lang = 'fr';
  });
  await panel.open();
  await expect(page.getByRole('button', { name: 'Envoyer' })).toBeVisible();
  await page.evaluate(() => {
    window.element.texts = { ...window.english, language: 'he', send: 'שליחה' };
  });
  await expect(page.getByRole('button', { name: 'שליחה' })).toBeVisible();
  await expect(page.locator('partyline-chat .frame')).toHaveAttribute('dir', 'rtl');
  await expect(page.locator('partyline-chat .frame')).toHaveAttribute('lang', 'he');
});
