import { expect, test } from './fixtures.ts';
import { choose, drag, takeFiles } from './states.ts';

test('without files there is no button, and drops are left to the page', async ({
  panel,
  page,
}) => {
  await panel.open();
  await expect(panel.button('Attach a file')).toHaveCount(0);
  await drag(panel, 'dragover');
  await expect(page.getByText('Drop files here')).toHaveCount(0);
  expect(await panel.calls('sendFile')).toEqual([]);
});

test('the button is 44 px large, limits the file types, and is reachable by keyboard', async ({
  panel,
  page,
}) => {
  await panel.open();
  await takeFiles(panel);
  const button = panel.button('Attach a file');
  const size = await button.evaluate((element) => {
    const { width, height } = getComputedStyle(element, '::after');
    return [width, height];
  });
  expect(size).toEqual(['44px', '44px']);
  await expect(page.locator('input[type=file]')).toHaveAttribute(
    'accept',
    'image/png,application/pdf,text/plain',
  );
  const input = page.locator('input[type=file]');
  await input.evaluate((element) => {
    // The browser's file dialog can't be tested.
    element.addEventListener('click', (event) => {
      event.preventDefault();
      element.dataset.asked = 'yes';
    });
  });
  await panel.textbox.focus();
  await page.keyboard.press('Shift+Tab');
  await expect(button).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(input).toHaveAttribute('data-asked', 'yes');
  await expect(input).toHaveAttribute('multiple', '');
});

test('the outcome of a file is announced to screen readers', async ({ panel, page }) => {
  await panel.open();
  await takeFiles(panel);
  await choose(panel, 'lamp.png');
  const row = page.getByRole('listitem').filter({ hasText: 'lamp.png' });
  await expect(row.getByRole('progressbar', { name: 'lamp.png' })).toBeVisible();
  await panel.refuse({ send: { code: 'file-lost', message: 'The file did not arrive.' } });
  await choose(panel, 'hum.txt');
  const next = page.getByRole('listitem').filter({ hasText: 'hum.txt' });
  await expect(next).toContainText('Waiting for the previous file…');
  await row.getByRole('button', { name: 'Cancel: lamp.png' }).click();
  await expect(panel.textbox).toBeFocused();
  await expect(panel.log).toContainText('hum.txt: The file couldn’t be sent.');
  await panel.refuse({});
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByRole('listitem')).toContainText('Uploading… 25%');
  await expect(page.getByRole('progressbar', { name: 'hum.txt' })).toHaveJSProperty(
    'position',
    0.25,
  );
  expect(await panel.calls('sendFile')).toEqual([
    ['sendFile', 'lamp.png'],
    ['sendFile', 'hum.txt'],
    ['sendFile', 'hum.txt'],
  ]);
});

test('the drop target is shown only while files are dragged over the panel', async ({
  panel,
  page,
}) => {
  await panel.open();
  await takeFiles(panel);
  const target = page.getByText('Drop files here to send them');
  await drag(panel, 'dragover');
  await expect(target).toBeVisible();
  await drag(panel, 'dragleave');
  await expect(target).toBeHidden();
  await drag(panel, 'dragover');
  await drag(panel, 'drop');
  await expect(target).toBeHidden();
  expect(await panel.calls('sendFile')).toEqual([['sendFile', 'brought.png']]);
});

test('a clipboard with text and an image is pasted as text', async ({ panel, page }) => {
  await panel.open();
  await takeFiles(panel);
  const paste = (withText: boolean) =>
    page.evaluate((both) => {
      const clipboardData = new DataTransfer();
      clipboardData.items.add(new File(['x'], 'cells.png', { type: 'image/png' }));
      if (both) clipboardData.setData('text/plain', 'cells');
      const init = { bubbles: true, cancelable: true, clipboardData };
      const textarea = window.element.shadowRoot?.querySelector('textarea');
      return textarea?.dispatchEvent(new ClipboardEvent('paste', init));
    }, withText);
  expect(await paste(true)).toBe(true);
  expect(await panel.calls('sendFile')).toEqual([]);
  expect(await paste(false)).toBe(false);
  expect(await panel.calls('sendFile')).toEqual([['sendFile', 'cells.png']]);
});

test('in Arabic the button is on the right, with an Arabic name', async ({ panel, page }) => {
  await panel.open();
  await takeFiles(panel);
  await page.evaluate(() => {
    document.documentElement.lang = 'ar';
  });
  const button = page.getByRole('button', { name: 'إرفاق ملف' });
  await expect(button).toBeVisible();
  const [attach, textbox] = [
    await button.boundingBox(),
    await page.locator('textarea').boundingBox(),
  ];
  expect(attach?.x).toBeGreaterThan(textbox?.x ?? Number.POSITIVE_INFINITY);
});

test('another visitor does not see the previous visitor’s files', async ({ panel, page }) => {
  await panel.open();
  await takeFiles(panel);
  await choose(panel, 'lamp.png');
  const hub = { kind: 'shared-worker', build: '1', tabs: 1, persistent: true } as const;
  await panel.change({ hub: { ...hub, epoch: 'e1.1' } });
  await expect(page.getByRole('listitem')).toHaveCount(0);
});
