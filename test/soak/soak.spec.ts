import type { Gateway } from '../../src/testing/index.ts';
import { takeConversation } from '../browser/support/agent.ts';
import { expect, test } from '../browser/support/fixtures.ts';
import { numberFrom, problemsOf } from './judge.ts';

const minutes = numberFrom('SOAK_MINUTES', 10);
const firstSeed = numberFrom('SOAK_SEED', 1);
const faultEvery = 3_000;

/** What goes wrong, one every three seconds. Each ends by itself. */
const faults: Record<string, (gateway: Gateway) => void> = {
  'lose to client': ({ faults }) => void faults.lose('to-client', { type: 'message', times: 3 }),
  'lose from client': ({ faults }) => void faults.lose('from-client', { times: 2 }),
  double: ({ faults }) => void faults.duplicate('to-client', { times: 3 }),
  swap: ({ faults }) => void faults.swap('to-client', { type: 'message', times: 2 }),
  delay: ({ faults }) => void faults.delay('to-client', 1_500, { type: 'message', times: 3 }),
  cut: ({ faults }) => faults.cut(),
  'close 1012': ({ faults }) => faults.close(1012),
  'go silent': ({ faults }) => faults.goSilent(),
  'refuse a socket': ({ faults }) => {
    faults.refuseSockets({ how: 'http', status: 503 }, 1);
    faults.cut();
  },
  'expire tokens': ({ faults }) => faults.expireTokens(),
  'REST 503': ({ faults }) => void faults.rest({ how: 'status', status: 503, retryAfter: 1 }),
  'REST drops': ({ faults }) => void faults.rest({ how: 'drop' }),
  'REST loses its answer': ({ faults }) => void faults.rest({ how: 'lose-answer' }),
  'OAuth 500': ({ faults }) => {
    faults.oauth({ how: 'status', status: 500 });
    faults.expireTokens();
  },
  'rate limited': ({ faults }) =>
    void faults.answer({ type: 'message', code: 'RATE_LIMITED', retryAfter: 1 }),
  garbage: ({ faults }) => faults.garbage('html'),
};

test(`${minutes} minutes of faults: nothing lost, nothing doubled, nothing out of order`, async ({
  gateway,
  openTab,
}) => {
  test.setTimeout((minutes + 5) * 60_000);
  const tabs = [await openTab('/'), await openTab('/help/'), await openTab('/account/')] as const;
  await tabs[0].send('visitor 0');
  const conversationId = await takeConversation(gateway);
  const names = Object.keys(faults);
  const counts: Record<string, number> = {};
  // A small generator of its own, so that a run can be repeated.
  let seed = firstSeed;
  const random = () => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return seed / 2 ** 32;
  };
  const end = Date.now() + minutes * 60_000;
  let said = 0;
  let typed = 1;
  let nextFault = Date.now() + faultEvery;
  while (Date.now() < end) {
    const tab = tabs[Math.floor(random() * 3)] ?? tabs[0];
    if (random() < 0.5) {
      await tab.send(`visitor ${typed}`);
      typed += 1;
    } else {
      await gateway.agent.say(conversationId, `agent ${said}`);
      said += 1;
    }
    if (Date.now() < nextFault) await tab.page.waitForTimeout(300 + random() * 900);
    else {
      const name = names[Math.floor(random() * names.length)] ?? 'cut';
      faults[name]?.(gateway);
      counts[name] = (counts[name] ?? 0) + 1;
      nextFault += faultEvery;
    }
  }
  gateway.faults.clear();
  await gateway.agent.say(conversationId, 'the end');

  const transcript = async () =>
    (await gateway.agent.transcript(conversationId)).map(({ text }) => text);
  await expect
    .poll(async () => (await transcript()).length, { timeout: 120_000 })
    .toBe(typed + said + 1);
  const texts = await transcript();
  const shown: string[][] = [];
  for (const tab of tabs) {
    await expect(tab.messages.last()).toContainText(texts.at(-1) ?? '', { timeout: 120_000 });
    shown.push(
      await tab.page.evaluate(() => {
        const chat = document.querySelector('partyline-chat')?.chat;
        return chat?.getSnapshot().messages.map(({ text }) => text) ?? [];
      }),
    );
  }
  const happened = Object.values(counts).reduce((sum, count) => sum + count, 0);
  expect(problemsOf({ typed, said, texts, shown, faults: happened })).toEqual([]);
  const { stats } = gateway;
  console.log(
    JSON.stringify({
      minutes,
      messages: texts.length,
      faults: counts,
      connections: stats.connectionsOpened,
      repeatedAtTheGateway: stats.repeatedMessages,
      violations: stats.violations.map(({ violation }) => violation),
    }),
  );
});
