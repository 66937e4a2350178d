import type { Page } from '@playwright/test';
import type { Gateway } from '../../src/testing/index.ts';
import { takeConversation } from './support/agent.ts';
import type { ChatPage } from './support/chat-page.ts';
import { expect, test } from './support/fixtures.ts';
import { killHub } from './support/hub.ts';

test.use({ gatewayOptions: { dialect: 'genesys-cloud' } });

async function textsOf(gateway: Gateway): Promise<string[]> {
  const [latest] = await gateway.agent.conversations();
  if (!latest) return [];
  return (await gateway.agent.transcript(latest.conversationId)).map(({ text }) => text);
}

test('a conversation in two tabs, opened by the first message and no sooner', async ({
  gateway,
  openTab,
}) => {
  const first = await openTab('/');
  const second = await openTab('/help/');
  await expect(first.textbox).toBeEnabled();
  await first.send('hello from the first tab');
  await second.shows(['hello from the first tab']);
  await first.delivers('hello from the first tab');
  const conversationId = await takeConversation(gateway);
  await gateway.agent.say(conversationId, 'hello, visitor');
  await second.shows(['hello from the first tab', 'hello, visitor']);
  await second.send('hello from the second tab');
  const all = ['hello from the first tab', 'hello, visitor', 'hello from the second tab'];
  for (const tab of [first, second]) await tab.shows(all);

  await first.page.reload();
  await first.open();
  await first.shows(all);
  await expect.poll(() => textsOf(gateway)).toEqual(all);
  const [summary] = await gateway.agent.conversations();
  expect(summary?.routing.skillGroups).toEqual(['Tier1_Support', 'Billing']);
  expect(gateway.stats.peak).toBe(1);
  expect(gateway.stats.violations).toEqual([]);
});

test('a page without a chat opens no session', { tag: '@either-host' }, async ({
  gateway,
  openTab,
}) => {
  const tab = await openTab('/');
  await tab.textbox.fill('not sent');
  await openTab('/help/');
  expect(gateway.stats.connectionsOpened).toBe(0);
  await tab.sendButton.click();
  await tab.shows(['not sent']);
  await tab.delivers('not sent');
  expect(gateway.stats.connectionsOpened).toBe(1);
});

test('a killed worker’s successor resumes the same session', async ({
  gateway,
  openTab,
  context,
  expectWarnings,
}) => {
  expectWarnings(/the hub stopped/);
  const tab = await openTab('/');
  const texts: string[] = [];
  for (let round = 1; round <= 3; round += 1) {
    texts.push(`message ${round}`);
    await tab.send(`message ${round}`);
    await killHub(context);
    await tab.shows(texts);
  }
  await tab.delivers('message 3', { timeout: 20_000 });
  const conversationId = await takeConversation(gateway);
  await gateway.agent.say(conversationId, 'still there');
  await tab.shows([...texts, 'still there']);
  await expect.poll(() => textsOf(gateway)).toEqual([...texts, 'still there']);
  expect(await gateway.agent.conversations()).toHaveLength(1);
  expect(gateway.stats.violations).toEqual([]);
});

test('the session survives a browser restart, and its secret can’t be read', async ({
  gateway,
  openTab,
  profile,
}) => {
  const before = await profile.launch();
  const tab = await openTab('/', before);
  await tab.send('before the restart');
  await tab.shows(['before the restart']);
  await tab.delivers('before the restart');
  const kept = await tab.page.evaluate(async () => {
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open('partyline-sessions');
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    const read = (store: string) =>
      new Promise<unknown[]>((resolve, reject) => {
        const request = database.transaction(store).objectStore(store).getAll();
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const [key] = await read('keys');
    const [session] = await read('sessions');
    database.close();
    return {
      isExtractable: key instanceof CryptoKey ? key.extractable : null,
      fields: Object.keys(Object(session)),
      local: JSON.stringify({ ...localStorage, ...sessionStorage }),
    };
  });
  expect(kept).toMatchObject({ isExtractable: false, fields: ['iv', 'data'] });
  expect(kept.local).not.toContain('token');
  const conversationId = await takeConversation(gateway);
  await before.close();
  await gateway.agent.say(conversationId, 'while you were away');

  const again = await openTab('/', await profile.launch());
  await again.shows(['before the restart', 'while you were away']);
  await again.send('back');
  await again.shows(['before the restart', 'while you were away', 'back']);
  await expect
    .poll(() => textsOf(gateway))
    .toEqual(['before the restart', 'while you were away', 'back']);
  expect(await gateway.agent.conversations()).toHaveLength(1);
});

for (const historyKeepsIds of [true, false]) {
  test.describe(`with a history that ${historyKeepsIds ? 'keeps' : 'drops'} the client’s ids`, () => {
    test.use({ gatewayOptions: { dialect: 'genesys-cloud', historyKeepsIds } });

    test('a message whose fate is unknown is looked for, and never sent twice', {
      tag: '@either-host',
    }, async ({ gateway, openTab }) => {
      const tab = await openTab('/');
      await tab.send('first');
      await tab.delivers('first');
      // It arrives, and its echo does not.
      gateway.faults.lose('to-client', { type: 'StructuredMessage' });
      await tab.send('second');
      await expect.poll(() => textsOf(gateway)).toEqual(['first', 'second']);
      gateway.faults.cut();
      await tab.shows(['first', 'second']);
      await tab.delivers('second');
      // It never arrives.
      gateway.faults.lose('from-client', { type: 'onMessage' });
      await tab.send('third');
      await gateway.stats.waitFor(({ received }) => (received.onMessage ?? 0) >= 3);
      gateway.faults.cut();
      await tab.shows(['first', 'second', 'third']);
      await tab.delivers('third');
      await expect.poll(() => textsOf(gateway)).toEqual(['first', 'second', 'third']);
      expect(gateway.stats.violations).toEqual([]);
    });
  });
}

test('a connection that is let go for others stays away until the visitor asks', {
  tag: '@either-host',
}, async ({ gateway, openTab }) => {
  const tab = await openTab('/');
  await tab.send('hello');
  await tab.delivers('hello');
  gateway.faults.send({ type: 'message', class: 'ConnectionClosedEvent', code: 200, body: {} });
  gateway.faults.close(1000);
  await expect(tab.status).toContainText('open in too many places');
  // Neither another page nor a network that comes back evicts somebody in its turn.
  const other = await openTab('/help/');
  await other.shows(['hello']);
  await tab.page.context().setOffline(true);
  await tab.page.context().setOffline(false);
  await expect(other.status).toContainText('open in too many places');
  expect(gateway.stats.connectionsOpened).toBe(1);
  await other.page.getByRole('button', { name: 'Try now' }).click();
  await other.send('back');
  await other.delivers('back');
  expect(gateway.stats.connectionsOpened).toBe(2);
});

test('an offer is answered by a press, and gone for every tab', { tag: '@either-host' }, async ({
  gateway,
  openTab,
}) => {
  const tab = await openTab('/');
  await tab.send('hello');
  await tab.delivers('hello');
  const reply = (text: string, payload: string) => ({
    contentType: 'QuickReply',
    quickReply: { text, payload },
  });
  gateway.faults.send({
    type: 'message',
    class: 'StructuredMessage',
    code: 200,
    body: {
      id: 'offer',
      type: 'Structured',
      text: 'Which one?',
      direction: 'Outbound',
      originatingEntity: 'Bot',
      channel: { time: new Date().toISOString() },
      content: [reply('The red one', 'red'), reply('The blue one', 'blue')],
    },
  });
  const other = await openTab('/help/');
  await other.page.getByRole('button', { name: 'The blue one' }).click();
  await tab.shows(['hello', 'Which one?', 'The blue one']);
  await expect(tab.page.getByRole('button', { name: 'The red one' })).toBeHidden();
  await expect.poll(() => textsOf(gateway)).toEqual(['hello', 'The blue one']);
});

test('after the session has expired a new conversation is a message away', {
  tag: '@either-host',
}, async ({ gateway, openTab }) => {
  const tab = await openTab('/');
  await tab.send('long ago');
  await tab.delivers('long ago');
  gateway.faults.expireTokens();
  await expect(tab.page.getByText('This chat has ended')).toBeVisible();
  await tab.send('anybody still there?');
  await tab.shows(['long ago', 'anybody still there?']);
  await tab.delivers('anybody still there?');
  expect(await gateway.agent.conversations()).toHaveLength(2);
  await expect.poll(() => textsOf(gateway)).toEqual(['anybody still there?']);
});

test('an agent who ends the conversation has the last word, and the next one is another', {
  tag: '@either-host',
}, async ({ gateway, openTab }) => {
  const tab = await openTab('/');
  await tab.send('hello');
  const conversationId = await takeConversation(gateway);
  await gateway.agent.say(conversationId, 'goodbye');
  await gateway.agent.end(conversationId);
  await expect(tab.page.getByText('This chat has ended')).toBeVisible();
  await tab.shows(['hello', 'goodbye']);
  await gateway.stats.waitFor(({ connections }) => connections === 0);
  await tab.send('one more thing');
  await tab.shows(['hello', 'goodbye', 'one more thing']);
  await tab.delivers('one more thing');
  expect(await gateway.agent.conversations()).toHaveLength(2);
  expect(gateway.stats.peak).toBe(1);
});

test('a slowly closing connection does not lend its history to another conversation', {
  tag: '@either-host',
}, async ({ gateway, openTab }) => {
  const tab = await openTab('/');
  await tab.send('in the first conversation');
  const conversationId = await takeConversation(gateway);
  await tab.delivers('in the first conversation');
  await gateway.agent.end(conversationId);
  await expect(tab.page.getByText(ended)).toBeVisible();
  // Nobody answers the close of this one, which stays half open for long.
  gateway.faults.goSilent();
  await tab.send('in the second one');
  await tab.delivers('in the second one');
  await tab.page.reload();
  await tab.open();
  await tab.shows(['in the first conversation', 'in the second one']);
  await expect.poll(() => textsOf(gateway)).toEqual(['in the second one']);
  expect(await gateway.agent.conversations()).toHaveLength(2);
});

const ended = 'This chat has ended. Send a message to start a new one.';

async function endChat(tab: ChatPage): Promise<void> {
  await tab.page.getByRole('button', { name: 'More options' }).click();
  await tab.page.getByRole('button', { name: 'End chat' }).click();
  await tab.page.getByRole('alertdialog').getByRole('button', { name: 'End chat' }).click();
}

test('a conversation that its visitor ends is over at the platform, and its transcript stays in every tab', {
  tag: '@either-host',
}, async ({ gateway, openTab }) => {
  const tab = await openTab('/');
  await tab.send('hello');
  const conversationId = await takeConversation(gateway);
  await gateway.agent.say(conversationId, 'how can I help?');
  const other = await openTab('/help/');
  await other.shows(['hello', 'how can I help?']);
  await endChat(tab);
  for (const each of [tab, other]) {
    await expect(each.page.getByText('This chat has ended')).toBeVisible();
    await each.shows(['hello', 'how can I help?']);
  }
  const [first] = await gateway.agent.conversations();
  expect(first).toMatchObject({ conversationId, status: 'ended' });
  await tab.page.reload();
  await tab.open();
  await tab.shows(['hello', 'how can I help?']);
  await tab.send('something else');
  await tab.delivers('something else');
  expect(await gateway.agent.conversations()).toHaveLength(2);
  expect(gateway.stats.violations).toEqual([]);
});

test('a conversation that is ended while disconnected says so, gets its end later, and is not continued', {
  tag: '@either-host',
}, async ({ gateway, openTab }) => {
  const tab = await openTab('/');
  await tab.send('hello');
  const conversationId = await takeConversation(gateway);
  await tab.delivers('hello');
  await gateway.stop();
  await endChat(tab);
  await expect(tab.page.getByText('Ending this chat')).toBeVisible();
  await expect(tab.page.getByText(ended)).toBeHidden();
  await expect(tab.page.getByText('We couldn’t confirm that this chat has ended')).toBeVisible({
    timeout: 15_000,
  });
  await gateway.restart();
  await tab.page.getByRole('button', { name: 'Try again' }).click();
  await expect(tab.page.getByText(ended)).toBeVisible();
  await tab.send('something else');
  await tab.delivers('something else');
  const conversations = await gateway.agent.conversations();
  expect(conversations).toHaveLength(2);
  const first = conversations.find((one) => one.conversationId === conversationId);
  expect(first?.status).toBe('ended');
  await expect.poll(() => textsOf(gateway)).toEqual(['something else']);
});

test('a conversation that its visitor deletes is gone from every tab, and from the platform', {
  tag: '@either-host',
}, async ({ gateway, openTab }) => {
  const tab = await openTab('/');
  await tab.send('my secret is 0815');
  const conversationId = await takeConversation(gateway);
  await gateway.agent.say(conversationId, 'it is safe with me');
  const other = await openTab('/help/');
  await other.shows(['my secret is 0815', 'it is safe with me']);

  await tab.page.getByRole('button', { name: 'More options' }).click();
  await tab.page.getByRole('button', { name: 'Delete chat' }).click();
  const question = tab.page.getByRole('alertdialog', { name: 'Delete chat' });
  await expect(question.getByRole('button', { name: 'Cancel' })).toBeFocused();
  await tab.page.keyboard.press('Escape');
  await expect(question).toBeHidden();
  await tab.shows(['my secret is 0815', 'it is safe with me']);

  await tab.page.getByRole('button', { name: 'More options' }).click();
  await tab.page.getByRole('button', { name: 'Delete chat' }).click();
  await question.getByRole('button', { name: 'Delete', exact: true }).click();
  for (const each of [tab, other]) await each.shows([]);
  await tab.page.reload();
  await tab.open();
  await tab.shows([]);
  await expect.poll(() => storedTexts(tab.page)).not.toContain('0815');
  expect((await gateway.agent.conversations())[0]?.status).toBe('ended');

  await other.send('something else');
  await tab.shows(['something else']);
  await other.delivers('something else');
  expect(await gateway.agent.conversations()).toHaveLength(2);
});

/** Every row of the store, as text. */
function storedTexts(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open('partyline');
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    const stores = [...database.objectStoreNames];
    const rows = stores.map(
      (name) =>
        new Promise<unknown[]>((resolve, reject) => {
          const request = database.transaction(name).objectStore(name).getAll();
          request.onsuccess = () => resolve(request.result);
          request.onerror = () => reject(request.error);
        }),
    );
    const text = JSON.stringify(await Promise.all(rows));
    database.close();
    return text;
  });
}

test.describe('where the deployment’s settings say no', () => {
  test.use({
    gatewayOptions: {
      dialect: 'genesys-cloud',
      deployment: { clear: false, showsTyping: false, sendsTyping: false },
    },
  });

  test('typing is not shown, and nothing can be deleted or ended', {
    tag: '@either-host',
  }, async ({ gateway, openTab, expectWarnings }) => {
    expectWarnings(/Conversation Clear are not supported/);
    const tab = await openTab('/');
    await tab.send('hello');
    const conversationId = await takeConversation(gateway);
    await tab.delivers('hello');
    const said = gateway.stats.received.onMessage;
    await gateway.agent.typing(conversationId);
    await tab.textbox.pressSequentially('I am typing');
    // What comes after shows that it would have come.
    await gateway.agent.say(conversationId, 'well?');
    await tab.shows(['hello', 'well?']);
    await expect(tab.page.getByText('is typing')).toBeHidden();
    expect(gateway.stats.received.onMessage).toBe(said);
    await tab.page.getByRole('button', { name: 'More options' }).click();
    await expect(tab.page.getByRole('button', { name: 'End chat' })).toBeVisible();
    await expect(tab.page.getByRole('button', { name: 'Delete chat' })).toBeHidden();
    await tab.page.keyboard.press('Escape');
    await endChat(tab);
    await expect(
      tab.page.getByText('This chat couldn’t be ended. This isn’t available in this chat.'),
    ).toBeVisible();
    await gateway.agent.say(conversationId, 'still here');
    await tab.shows(['hello', 'well?', 'still here']);
  });
});

test.describe('where the deployment has rich text', () => {
  test.use({ gatewayOptions: { dialect: 'genesys-cloud', deployment: { markdown: true } } });

  test('agents’ marks are styles, in each tab and after a reload', async ({ gateway, openTab }) => {
    const tab = await openTab('/');
    await tab.send('my *own* words');
    await tab.delivers('my *own* words');
    const conversationId = await takeConversation(gateway);
    await gateway.agent.say(conversationId, '*Hello* and _welcome_');
    await tab.shows(['my *own* words', 'Hello and welcome']);
    await expect(tab.page.locator('.text strong')).toHaveText('Hello');
    await tab.page.reload();
    await tab.open();
    await tab.shows(['my *own* words', 'Hello and welcome']);
    await expect(tab.page.locator('.text em')).toHaveText('welcome');
  });
});

test.describe('where the deployment starts conversations by itself', () => {
  test.use({ gatewayOptions: { dialect: 'genesys-cloud', deployment: { autoStart: true } } });

  test('the first message is preceded by a join', { tag: '@either-host' }, async ({
    gateway,
    openTab,
  }) => {
    const tab = await openTab('/');
    await tab.send('hello');
    await tab.delivers('hello');
    expect(gateway.stats.received.onMessage).toBe(2);
    expect(await gateway.agent.conversations()).toHaveLength(1);
  });
});

test.describe('where an agent’s farewell leaves the session open', () => {
  test.use({ gatewayOptions: { dialect: 'genesys-cloud', deployment: { endsSession: false } } });

  test('all tabs say that no agent is there, until the next one answers', {
    tag: '@either-host',
  }, async ({ gateway, openTab }) => {
    const first = await openTab('/');
    const second = await openTab('/help/');
    await first.send('hello');
    await gateway.agent.end(await takeConversation(gateway));
    for (const tab of [first, second]) await expect(tab.nobodyIsHere).toBeVisible();
    await first.page.reload();
    await first.open();
    await expect(first.nobodyIsHere).toBeVisible();
    await first.send('one more question');
    await gateway.agent.say(await takeConversation(gateway), 'yes?');
    for (const tab of [first, second]) {
      await tab.shows(['hello', 'one more question', 'yes?']);
      await expect(tab.nobodyIsHere).toBeHidden();
    }
    expect(gateway.stats.violations).toEqual([]);
  });
});

test.describe('a site that the deployment does not allow', () => {
  test.use({
    gatewayOptions: { dialect: 'genesys-cloud', allowedOrigins: ['https://shop.example'] },
  });

  test('says so, and does not try again', async ({ gateway, openTab, expectWarnings }) => {
    expectWarnings(/is not among the deployment’s allowed domains/);
    const tab = await openTab('/');
    await tab.send('hello');
    await expect(tab.status).toContainText('Chat isn’t available on this site.');
    await tab.shows(['hello']);
    expect(gateway.stats.connectionsOpened).toBe(0);
  });
});
