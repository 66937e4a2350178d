import { takeConversation } from './support/agent.ts';
import { expect, test } from './support/fixtures.ts';
import { watchHubLog } from './support/hub.ts';

test('invalid and unknown frames are dropped and logged, and break nothing else', {
  tag: '@either-host',
}, async ({ gateway, openTab, context, expectWarnings }) => {
  expectWarnings(/ ignored/);
  const tab = await openTab('/');
  const log = await watchHubLog(context);
  await tab.send('hello');
  const conversationId = await takeConversation(gateway);
  await tab.shows(['hello']);
  gateway.faults.garbage('html');
  gateway.faults.garbage('text');
  gateway.faults.garbage('huge');
  gateway.faults.send('[]');
  gateway.faults.send('null');
  gateway.faults.send({ type: 'message', conversationId, messageId: 'x', text: 7 });
  gateway.faults.send('{"type":"message","__proto__":{"polluted":true},"constructor":{}}');
  gateway.faults.send({ type: 'from-the-future', conversationId });
  gateway.faults.send({ type: 'conversation', conversationId: 'somebody-else', status: 'ended' });
  await gateway.agent.say(conversationId, 'still here');
  await tab.shows(['hello', 'still here']);
  await tab.send('me too');
  await tab.shows(['hello', 'still here', 'me too']);
  expect(gateway.stats.connectionsOpened).toBe(1);
  // Seven that can't be read, and one unexpected conversation; the unknown type is no fault.
  await expect.poll(() => log.at(-1)).toContain('(8 total)');
});

test('the guide’s own message of an agent is shown, once', {
  tag: '@either-host',
}, async ({ gateway, openTab, expectWarnings }) => {
  expectWarnings(/Unknown conversation status ignored/);
  const tab = await openTab('/');
  await tab.send('hello');
  const conversationId = await takeConversation(gateway);
  await tab.shows(['hello']);
  const sample = {
    type: 'message',
    conversationId,
    from: { id: 'agent_123', name: 'Support Agent' },
    text: 'I can help with that. May I have your account number?',
    timestamp: '2024-05-12T14:32:10.000Z',
  };
  gateway.faults.send(sample);
  gateway.faults.send(sample);
  gateway.faults.send({ type: 'conversation', conversationId, status: 'paused' });
  await tab.shows([sample.text, 'hello']);
  await tab.send('it is 7');
  await tab.shows([sample.text, 'hello', 'it is 7']);
});

test('rows that can’t be read are left out, and the others are shown', {
  tag: '@either-host',
}, async ({ gateway, openTab, profile, expectWarnings }) => {
  expectWarnings(/Invalid row in the store/);
  const context = await profile.launch();
  const tab = await openTab('/', context);
  await tab.send('one');
  const conversationId = await takeConversation(gateway);
  await gateway.agent.say(conversationId, 'two');
  await tab.shows(['one', 'two']);
  await tab.page.evaluate(
    (id) =>
      new Promise<void>((resolve, reject) => {
        const opening = indexedDB.open('partyline');
        opening.onerror = () => reject(opening.error);
        opening.onsuccess = () => {
          const database = opening.result;
          const transaction = database.transaction(['messages', 'outbox', 'meta'], 'readwrite');
          const position = [1, 99, 0, 0];
          transaction
            .objectStore('messages')
            .put({ conversationId: id, messageId: 'odd', position, text: 7 });
          transaction.objectStore('outbox').put({ messageId: 'odd', ordinal: 'first' });
          transaction.objectStore('meta').put({ draft: null }, 'meta');
          transaction.oncomplete = () => {
            database.close();
            resolve();
          };
          transaction.onabort = () => reject(transaction.error);
        };
      }),
    conversationId,
  );
  await context.close();
  const later = await openTab('/', await profile.launch());
  await later.shows(['one', 'two']);
  await later.send('three');
  await later.shows(['one', 'two', 'three']);
});
