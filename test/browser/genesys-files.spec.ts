import type { Page } from '@playwright/test';
import type { AgentFile, Gateway } from '../../src/testing/index.ts';
import { takeConversation } from './support/agent.ts';
import type { ChatPage } from './support/chat-page.ts';
import { expect, test } from './support/fixtures.ts';
import { killHub } from './support/hub.ts';

test.use({ gatewayOptions: { dialect: 'genesys-cloud' } });

const picture = { name: 'receipt.png', mimeType: 'image/png', buffer: Buffer.from('a picture') };

async function choose(
  { page }: ChatPage,
  ...files: { name: string; mimeType: string; buffer: Buffer }[]
): Promise<void> {
  // That the button asks for files is held by the panel's tests: the browser's own dialog is left out here.
  await expect(page.getByRole('button', { name: 'Attach a file' })).toBeVisible();
  await page.locator('input[type=file]').setInputFiles(files);
}

/** What the agent has, by message. */
async function filesOf(gateway: Gateway): Promise<AgentFile[]> {
  const [latest] = await gateway.agent.conversations();
  if (!latest) return [];
  const transcript = await gateway.agent.transcript(latest.conversationId);
  return transcript.flatMap(({ files = [] }) => files);
}

const rowOf = (page: Page, name: string) => page.getByRole('listitem').filter({ hasText: name });

/** A paste or a drop, as the browser would make it. */
function bring(page: Page, kind: 'paste' | 'drop', name: string): Promise<void> {
  return page.evaluate(
    ([event, fileName]) => {
      const data = new DataTransfer();
      data.items.add(new File(['brought'], fileName, { type: 'image/png' }));
      const root = document.querySelector('partyline-chat')?.shadowRoot;
      const target = root?.querySelector(event === 'paste' ? 'textarea' : '.panel');
      const init = { bubbles: true, cancelable: true };
      if (event === 'paste') {
        target?.dispatchEvent(new ClipboardEvent('paste', { ...init, clipboardData: data }));
        return;
      }
      target?.dispatchEvent(new DragEvent('dragover', { ...init, dataTransfer: data }));
    },
    [kind, name] as const,
  );
}

test('a file is the first thing that is said, and the agent can read it', {
  tag: '@either-host',
}, async ({ gateway, openTab }) => {
  const tab = await openTab('/');
  const other = await openTab('/help/');
  await choose(tab, picture);
  for (const each of [tab, other]) {
    await expect(each.messages).toHaveCount(1);
    await each.delivers('receipt.png');
  }
  await expect(rowOf(tab.page, 'receipt.png')).toHaveCount(0);
  const [file] = await filesOf(gateway);
  expect(file).toMatchObject({ name: 'receipt.png', type: 'image/png', size: 9 });
  const read = await fetch(file?.url ?? '');
  expect(await read.text()).toBe('a picture');
  expect(gateway.stats.violations).toEqual([]);
});

test('one that is pasted and one that is dropped', { tag: '@either-host' }, async ({
  gateway,
  openTab,
}) => {
  const tab = await openTab('/');
  await tab.send('hello');
  await tab.delivers('hello');
  await expect(tab.page.getByRole('button', { name: 'Attach a file' })).toBeVisible();
  await bring(tab.page, 'paste', 'pasted.png');
  await expect(tab.messages.last()).toContainText('pasted.png');
  await bring(tab.page, 'drop', 'dropped.png');
  await expect(tab.page.getByText('Drop files here to send them')).toBeVisible();
  await tab.page.evaluate(() => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File(['dropped'], 'dropped.png', { type: 'image/png' }));
    const panel = document.querySelector('partyline-chat')?.shadowRoot?.querySelector('.panel');
    panel?.dispatchEvent(new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer }));
  });
  await expect(tab.page.getByText('Drop files here to send them')).toBeHidden();
  await expect(tab.messages).toHaveCount(3);
  await expect(tab.messages.last()).toContainText('dropped.png');
  await expect
    .poll(async () => (await filesOf(gateway)).map(({ name }) => name))
    .toEqual(['pasted.png', 'dropped.png']);
});

test('one that is on its way shows how far it is, and can be cancelled', {
  tag: '@either-host',
}, async ({ gateway, openTab }) => {
  const tab = await openTab('/');
  await tab.send('hello');
  gateway.faults.rest({ how: 'hang' }, { method: 'PUT' });
  // More than what the system takes in for a server that does not read.
  await choose(tab, { ...picture, buffer: Buffer.alloc(9_000_000, 1) });
  const row = rowOf(tab.page, 'receipt.png');
  await expect(row).toContainText(/Uploading… [1-9]\d?%/);
  await expect(row.getByRole('progressbar')).toHaveAttribute('value', /^[1-9]\d?$/);
  await row.getByRole('button', { name: 'Cancel: receipt.png' }).click();
  await expect(row).toHaveCount(0);
  await expect(tab.textbox).toBeFocused();
  await gateway.stats.waitFor(({ received }) => (received.deleteAttachment ?? 0) === 1);
  await tab.send('never mind');
  await tab.shows(['hello', 'never mind']);
  expect(await filesOf(gateway)).toEqual([]);
});

test('what can’t be sent is refused before anything goes out, in words', {
  tag: '@either-host',
}, async ({ gateway, openTab }) => {
  const tab = await openTab('/');
  await tab.send('hello');
  await tab.delivers('hello');
  const refused = [
    [
      { ...picture, name: 'film.mov', mimeType: 'video/quicktime' },
      'This type of file can’t be sent here.',
    ],
    [
      { ...picture, name: 'large.png', buffer: Buffer.alloc(10_485_761) },
      'too large. Maximum size: 10',
    ],
    [{ ...picture, name: 'nothing.png', buffer: Buffer.alloc(0) }, 'This file is empty.'],
  ] as const;
  for (const [file, words] of refused) {
    await choose(tab, file);
    const row = rowOf(tab.page, file.name);
    await expect(row).toContainText(words);
    await expect(row.getByRole('button', { name: 'Try again' })).toHaveCount(0);
    await row.getByRole('button', { name: `Delete: ${file.name}` }).click();
    await expect(row).toHaveCount(0);
  }
  expect(gateway.stats.received.onAttachment ?? 0).toBe(0);
});

test('a refused upload URL is reported with a message', { tag: '@either-host' }, async ({
  gateway,
  openTab,
  expectWarnings,
}) => {
  expectWarnings(/Gateway error: .*Attachments are not enabled/);
  const tab = await openTab('/');
  await tab.send('hello');
  await tab.delivers('hello');
  for (const [code, words, canRetry] of [
    ['4001', 'This type of file can’t be sent here.', false],
    ['4002', 'This file is too large.', false],
    ['4003', 'This file couldn’t be accepted.', false],
    ['4004', 'This file name isn’t accepted.', false],
    ['4005', 'This file name isn’t accepted.', false],
    ['4029', 'We’re a little slow right now.', true],
    ['4000', 'This isn’t available in this chat.', false],
  ] as const) {
    await test.step(code, async () => {
      gateway.faults.answer({ type: 'onAttachment', code });
      await choose(tab, picture);
      const row = rowOf(tab.page, 'receipt.png');
      await expect(row).toContainText(words);
      await expect(row.getByRole('button', { name: 'Try again' })).toHaveCount(canRetry ? 1 : 0);
      await row.getByRole('button', { name: 'Delete: receipt.png' }).click();
    });
  }
  // Nothing else is hurt.
  await tab.send('still there');
  await tab.delivers('still there');
});

test('a failed upload is reported with a message', { tag: '@either-host' }, async ({
  gateway,
  openTab,
}) => {
  const tab = await openTab('/');
  await tab.send('hello');
  for (const [code, words] of [
    ['4003', 'This file couldn’t be accepted.'],
    ['4102', 'This file is empty.'],
    ['4010', 'The file couldn’t be sent.'],
  ] as const) {
    await test.step(code, async () => {
      gateway.faults.answer({ type: 'upload', code });
      await choose(tab, picture);
      const row = rowOf(tab.page, 'receipt.png');
      await expect(row).toContainText(words);
      await row.getByRole('button', { name: 'Delete: receipt.png' }).click();
    });
  }
  await tab.shows(['hello']);
});

test('a broken upload is tried again, and arrives once', { tag: '@either-host' }, async ({
  gateway,
  openTab,
}) => {
  const tab = await openTab('/');
  await tab.send('hello');
  gateway.faults.rest({ how: 'status', status: 503 }, { method: 'PUT' });
  await choose(tab, picture);
  const row = rowOf(tab.page, 'receipt.png');
  await expect(row).toContainText('The file couldn’t be sent.');
  await row.getByRole('button', { name: 'Try again' }).click();
  await expect(row).toHaveCount(0);
  await expect(tab.messages).toHaveCount(2);
  await tab.delivers('receipt.png');
  expect(await filesOf(gateway)).toHaveLength(1);
});

test('a worker that dies with a file says so, and another try sends it', async ({
  gateway,
  openTab,
  context,
  expectWarnings,
}) => {
  expectWarnings(/the hub stopped/);
  const tab = await openTab('/');
  await tab.send('hello');
  gateway.faults.rest({ how: 'hang' }, { method: 'PUT' });
  await choose(tab, picture);
  const row = rowOf(tab.page, 'receipt.png');
  await expect(row).toContainText('Uploading…');
  await killHub(context);
  await expect(row).toContainText('The file couldn’t be sent.');
  await row.getByRole('button', { name: 'Try again' }).click();
  await expect(row).toHaveCount(0, { timeout: 30_000 });
  await tab.delivers('receipt.png');
  expect(await filesOf(gateway)).toHaveLength(1);
});

test('a page that goes leaves its file on the way @shared-worker', async ({ gateway, openTab }) => {
  const tab = await openTab('/');
  const other = await openTab('/help/');
  await tab.send('hello');
  await tab.delivers('hello');
  gateway.faults.rest({ how: 'delay', ms: 1_000 }, { method: 'PUT' });
  await choose(tab, picture);
  await expect(rowOf(tab.page, 'receipt.png')).toContainText('Uploading…');
  await tab.page.close();
  await other.delivers('receipt.png');
  expect(await filesOf(gateway)).toHaveLength(1);
});

test('a message that is kept brings its file through a worker’s death', async ({
  gateway,
  openTab,
  context,
  expectWarnings,
}) => {
  expectWarnings(/the hub stopped/);
  const tab = await openTab('/');
  await tab.send('hello');
  await tab.delivers('hello');
  gateway.faults.lose('from-client', { type: 'onMessage' });
  await choose(tab, picture);
  await expect(tab.messages).toHaveCount(2);
  await gateway.stats.waitFor(({ received }) => (received.onMessage ?? 0) >= 2);
  await killHub(context);
  await tab.delivers('receipt.png', { timeout: 30_000 });
  expect(await filesOf(gateway)).toHaveLength(1);
  expect(gateway.stats.violations).toEqual([]);
});

test('a message whose file is gone fails in words, and is discarded', {
  tag: '@either-host',
}, async ({ gateway, openTab, expectWarnings }) => {
  expectWarnings(/Gateway error: .*no longer available/);
  const tab = await openTab('/');
  gateway.faults.answer({ type: 'onMessage', code: '4008' });
  await choose(tab, picture);
  await expect(tab.messages).toHaveCount(1);
  const failed = tab.messages.last();
  await expect(failed).toContainText('Not sent');
  await expect(failed).toContainText('This couldn’t be sent. Change it and try again.');
  await failed.getByRole('button', { name: 'Delete' }).click();
  await expect(tab.messages).toHaveCount(0);
});

test('a link that has run out is asked for anew when it is pressed', {
  tag: '@either-host',
}, async ({ gateway, openTab, context, expectWarnings }) => {
  expectWarnings(
    /The gateway could not parse a frame/,
    /Gateway error: .*Attachments are not enabled/,
  );
  const tab = await openTab('/');
  await tab.send('hello');
  const conversationId = await takeConversation(gateway);
  const bytes = new TextEncoder().encode('terms and conditions');
  await gateway.agent.sendFile(conversationId, { name: 'terms.txt', type: 'text/plain', bytes });
  const link = tab.messages.last().getByRole('link', { name: 'terms.txt' });
  const first = await link.getAttribute('href');
  await tab.page.clock.setSystemTime(Date.now() + 600_000);
  const opened = context.waitForEvent('page');
  await link.click();
  const page = await opened;
  await expect(page.getByText('terms and conditions')).toBeVisible();
  await expect(link).not.toHaveAttribute('href', first ?? '');
  expect(gateway.stats.received.getAttachment).toBe(1);
  await page.close();

  await tab.page.clock.setSystemTime(Date.now() + 1_800_000);
  const error = tab.page.locator('.error');
  for (const [code, words] of [
    ['4009', 'This file is no longer available.'],
    ['400', 'Chat is temporarily unavailable. Try again later.'],
    ['4000', 'This file is no longer available.'],
  ] as const) {
    gateway.faults.answer({ type: 'getAttachment', code });
    await link.click();
    await expect(error).toHaveText(words);
  }
  // Most errors name nothing: no message has paid for one.
  await tab.send('still there');
  await tab.delivers('still there');
});

test.describe('where the deployment takes no files', () => {
  test.use({ gatewayOptions: { dialect: 'genesys-cloud', uploads: false } });

  test('there is no button once that is known', { tag: '@either-host' }, async ({ openTab }) => {
    const tab = await openTab('/');
    await tab.send('hello');
    await tab.delivers('hello');
    await expect(tab.page.getByRole('button', { name: 'Attach a file' })).toHaveCount(0);
  });
});

test.describe('in the webchat dialect', () => {
  test.use({ gatewayOptions: {} });

  test('there are no files, and nothing is said about it', { tag: '@either-host' }, async ({
    openTab,
  }) => {
    const tab = await openTab('/');
    await tab.send('hello');
    await tab.delivers('hello');
    await expect(tab.page.getByRole('button', { name: 'Attach a file' })).toHaveCount(0);
    expect(tab.warnings).toEqual([]);
  });
});
