import type { BrowserContext } from '@playwright/test';
import type { Routing } from '../../src/protocol/conversation.ts';
import type { ChatPage } from './support/chat-page.ts';
import { expect, test } from './support/fixtures.ts';

/** What the page of a tab asks for. */
async function routeTo(tab: ChatPage, routing: Routing): Promise<void> {
  await tab.page.evaluate((wanted) => {
    const element = document.querySelector('partyline-chat');
    if (!element) throw new Error('there is no chat');
    Reflect.set(element, 'routing', wanted);
  }, routing);
}

/** The rows of the page for post-mortems, newest first, without their times. */
async function routingLog(context: BrowserContext, url: string): Promise<string[]> {
  const page = await context.newPage();
  await page.goto(`${url}/desk/routing/`);
  const rows = page.locator('tbody tr');
  await expect(rows.first()).toBeVisible();
  const texts = await rows.evaluateAll((all) =>
    all.map((row) => [1, 2, 4, 5].map((cell) => row.children[cell]?.textContent).join(' | ')),
  );
  await page.close();
  return texts;
}

test('“billing” reaches no queue: nothing is sent, what was meant is offered, and it goes on', {
  tag: '@either-host',
}, async ({ gateway, openTab, context, site }) => {
  const tab = await openTab('/');
  const other = await openTab('/');
  await routeTo(tab, { skillGroups: ['billing'] });
  await tab.send('My invoice is wrong');
  const alert = tab.page.getByRole('alert').filter({ hasText: 'We couldn’t send your request.' });
  await expect(alert).toBeVisible();
  // The other tab knows it too.
  await expect(other.page.getByRole('alert').filter({ hasText: 'Billing' })).toBeVisible();
  expect(gateway.stats.received.routing ?? 0).toBe(0);
  expect(await gateway.agent.conversations()).toEqual([]);

  await tab.page.getByRole('button', { name: 'Continue with Billing' }).click();
  const { conversationId } = await gateway.agent.nextQueued({ timeout: 15_000 });
  await expect
    .poll(async () => (await gateway.agent.transcript(conversationId)).map(({ text }) => text))
    .toEqual(['My invoice is wrong']);
  await expect(alert).toHaveCount(0);
  await gateway.agent.accept(conversationId);
  await gateway.agent.say(conversationId, 'Let me see');
  await tab.shows(['My invoice is wrong', 'Let me see']);
  await expect
    .poll(() => routingLog(context, site.url))
    .toEqual([
      'Billing | connected | – | ',
      'Billing | matched | Billing: 2 | ',
      'billing | refused | – | There is no skill group “billing”. Did you mean “Billing”?',
    ]);
});

test('an attribute of a wrong name is refused before anything is asked', {
  tag: '@either-host',
}, async ({ gateway, openTab }) => {
  const tab = await openTab('/');
  await routeTo(tab, { skillGroups: ['Billing'], attributes: { usertier: 'premium' } });
  await tab.textbox.fill('hello');
  await tab.sendButton.click();
  await expect(
    tab.page.getByRole('alert').filter({ hasText: 'We couldn’t send your request.' }),
  ).toBeVisible();
  expect(gateway.stats.received.routing ?? 0).toBe(0);
  expect(gateway.stats.rest['GET /api/v2/routing/skillgroups'] ?? 0).toBe(0);
});

test.describe('with no agent on shift', () => {
  test.use({
    gatewayOptions: {
      skillGroups: [
        { name: 'Tier1_Support', agentsOnShift: 0 },
        { name: 'Billing', agentsOnShift: 0 },
      ],
    },
  });

  test('the visitor is warned, and waits only if they choose to', { tag: '@either-host' }, async ({
    gateway,
    openTab,
  }) => {
    const tab = await openTab('/');
    await tab.send('hello');
    const warning = tab.page.getByRole('alert').filter({ hasText: 'is available right now' });
    await expect(warning).toBeVisible();
    expect(gateway.stats.received.routing ?? 0).toBe(0);
    await tab.page.getByRole('button', { name: 'Wait anyway' }).click();
    const { conversationId } = await gateway.agent.nextQueued({ timeout: 15_000 });
    await expect(warning).toBeVisible();
    await gateway.agent.accept(conversationId);
    await expect(warning).toHaveCount(0);
    await tab.shows(['hello']);
  });
});

for (const how of ['hang', 'drop'] as const) {
  test(`a routing API that is down (${how}) does not keep anybody from being queued`, {
    tag: '@either-host',
  }, async ({ gateway, openTab, context, site }) => {
    gateway.faults.rest({ how }, { path: '/routing/', times: 1_000 });
    const tab = await openTab('/');
    await tab.send('hello');
    await gateway.agent.nextQueued({ timeout: 15_000 });
    await tab.shows(['hello']);
    const [newest] = await routingLog(context, site.url);
    expect(newest).toMatch(
      /^Tier1_Support, Billing \| unchecked \| – \| the skill groups could not/,
    );
  });
}
