import { takeConversation } from './support/agent.ts';
import { expect, test } from './support/fixtures.ts';
import { killHub } from './support/hub.ts';

test.use({ serviceWorkers: 'allow' });

// Of pages, workers and whatever they load: the browser reports to the site's own server.
const report = 'CSP violation';

const paths = [
  '/cart/',
  '/help/',
  '/account/',
  '/account/orders',
  '/desk/',
  '/sign-in/',
  '/nowhere',
];

test('a page that breaks the policy is reported', { tag: '@either-host' }, async ({
  site,
  page,
  expectWarnings,
}) => {
  expectWarnings(/violates the following Content Security Policy/);
  await page.goto(site.url);
  await page.evaluate(() => {
    document.body.setAttribute('style', 'color: red');
  });
  await expect.poll(() => site.printed()).toContain(report);
  expect(site.printed()).toContain('style-src-attr');
});

test('the whole demo runs under the policy without one report', async ({
  gateway,
  site,
  openTab,
  context,
  expectWarnings,
}) => {
  expectWarnings(/the hub stopped/);
  const tab = await openTab('/');
  await tab.send('hello, see https://shop.example/');
  const conversationId = await takeConversation(gateway);
  await gateway.agent.typing(conversationId);
  await gateway.agent.say(conversationId, '<b style="color:red" onclick="alert(1)">not bold</b>');
  const said = ['hello', '<b style'];
  await tab.shows(said);
  await killHub(context);
  await tab.send('still here');
  await tab.shows([...said, 'still here']);
  await tab.page.getByRole('button', { name: 'Add to cart: Tide mug' }).click();
  for (const path of paths) {
    await tab.page.goto(new URL(path, site.url).href);
    await tab.page.waitForLoadState('networkidle');
  }
  await tab.page.goto(site.url);
  await tab.open();
  await tab.shows([...said, 'still here']);
  const inline = await tab.page.evaluate(() => {
    const root = document.querySelector('partyline-chat')?.shadowRoot;
    const selector = 'style, script:not([src]), [onclick]';
    return [document, root].flatMap((within) => [...(within?.querySelectorAll(selector) ?? [])])
      .length;
  });
  expect(inline).toBe(0);
  expect(site.printed()).not.toContain(report);
});
