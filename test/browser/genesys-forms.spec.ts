import type { Gateway } from '../../src/testing/index.ts';
import { takeConversation } from './support/agent.ts';
import type { ChatPage } from './support/chat-page.ts';
import { expect, test } from './support/fixtures.ts';
import { killHub } from './support/hub.ts';

test.use({ gatewayOptions: { dialect: 'genesys-cloud' } });

const form = {
  contentType: 'Form',
  form: {
    cannedResponseId: 'canned-1',
    receivedMessage: { title: 'Your parcel', buttonLabel: 'Fill in' },
    replyMessage: { title: 'All about my parcel' },
    formPages: [
      {
        pageComponents: [
          {
            formComponentType: 'Input',
            input: { id: 'number', title: 'Number', isRequired: true },
          },
          { formComponentType: 'DatePicker', datePicker: { id: 'day', title: 'Since' } },
        ],
      },
    ],
  },
};

const item = (id: string, title: string) => ({ id, title });

const list = {
  contentType: 'ListPicker',
  listPicker: {
    receivedMessage: { title: 'Samples' },
    sections: [
      {
        title: 'Light',
        multipleSelection: true,
        items: [item('c', 'Celadon'), item('s', 'Shino')],
      },
      { title: 'Dark', multipleSelection: true, items: [item('t', 'Tenmoku')] },
    ],
  },
};

async function offered(gateway: Gateway, tab: ChatPage, content: object): Promise<string> {
  await tab.send('hello');
  const conversationId = await takeConversation(gateway);
  await gateway.agent.offer(conversationId, 'Please', [content]);
  return conversationId;
}

async function lastOf(gateway: Gateway, conversationId: string) {
  return (await gateway.agent.transcript(conversationId)).at(-1);
}

test('a form is filled in, gone in the other tab, and read by the agent', {
  tag: '@either-host',
}, async ({ gateway, openTab }) => {
  const tab = await openTab('/');
  const conversationId = await offered(gateway, tab, form);
  const other = await openTab('/help/');
  await other.page.getByRole('button', { name: 'Fill in' }).click();
  await other.page.getByLabel('Number').fill('half');
  await tab.page.getByRole('button', { name: 'Fill in' }).click();
  await tab.page.getByLabel('Number').fill('A-17');
  await tab.page.getByLabel('Since').fill('2026-03-05');
  await tab.page.getByRole('button', { name: 'Send: Your parcel' }).click();
  for (const one of [tab, other]) {
    await one.shows(['hello', 'Please', 'All about my parcel']);
    await expect(one.page.getByLabel('Number')).toHaveCount(0);
    await expect(one.page.getByRole('button', { name: 'Fill in' })).toHaveCount(0);
    // Once the platform has it, what was filled in stands there, too.
    await expect(one.messages.last()).toContainText(/A-17\s*March 5, 2026/);
    await one.delivers('All about my parcel');
  }
  expect(await lastOf(gateway, conversationId)).toMatchObject({
    text: 'All about my parcel',
    parts: [
      { title: 'Number', text: 'A-17' },
      { title: 'Since', text: 'March 5, 2026' },
    ],
  });
  expect(gateway.stats.violations).toEqual([]);
});

test('several of a list are one message', { tag: '@either-host' }, async ({ gateway, openTab }) => {
  const tab = await openTab('/');
  const conversationId = await offered(gateway, tab, list);
  await tab.page.getByLabel('Shino').check();
  await tab.page.getByLabel('Tenmoku').check();
  await tab.page.getByRole('button', { name: 'Send: Samples' }).click();
  await tab.shows(['hello', 'Please', 'Shino, Tenmoku']);
  await tab.delivers('Shino, Tenmoku');
  await expect(tab.page.getByRole('checkbox')).toHaveCount(0);
  expect(await lastOf(gateway, conversationId)).toMatchObject({ text: 'Shino, Tenmoku' });
  // The history has it as the socket sent it.
  await tab.page.reload();
  await tab.open();
  await tab.shows(['hello', 'Please', 'Shino, Tenmoku']);
});

test('a form that was sent outlives the worker', async ({
  gateway,
  openTab,
  context,
  expectWarnings,
}) => {
  expectWarnings(/the hub stopped/);
  const tab = await openTab('/');
  const conversationId = await offered(gateway, tab, form);
  await tab.page.getByRole('button', { name: 'Fill in' }).click();
  await tab.page.getByLabel('Number').fill('A-17');
  await tab.page.getByLabel('Since').fill('2026-03-05');
  gateway.faults.lose('from-client', { type: 'onMessage' });
  await tab.page.getByRole('button', { name: 'Send: Your parcel' }).click();
  await tab.shows(['hello', 'Please', 'All about my parcel']);
  await gateway.stats.waitFor(({ received }) => (received.onMessage ?? 0) >= 2);
  await killHub(context);
  await tab.delivers('All about my parcel', { timeout: 20_000 });
  await expect(tab.messages.last()).toContainText('A-17');
  expect(await lastOf(gateway, conversationId)).toMatchObject({
    text: 'All about my parcel',
    parts: [
      { title: 'Number', text: 'A-17' },
      { title: 'Since', text: 'March 5, 2026' },
    ],
  });
  expect(gateway.stats.violations).toEqual([]);
});
