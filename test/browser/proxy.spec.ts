import { hasNginx } from '../support/nginx.ts';
import { takeConversation } from './support/agent.ts';
import { brisk, expect, test } from './support/fixtures.ts';
import { proxyByNginx, startSwallowingProxy } from './support/proxy.ts';
import { startSite } from './support/site.ts';

test.describe('behind nginx', () => {
  test.skip(!hasNginx, 'nginx is not installed here (Debian: apt-get install nginx)');
  // The gateway keeps quiet, so that only our own pings keep the line.
  test.use({ gatewayOptions: { pingInterval: 600_000 } });

  test('with an idle time-out above the ping, the connection is never cut', {
    tag: '@either-host',
  }, async ({ gateway, openTab }) => {
    const proxy = await proxyByNginx(gateway.socketUrl, 6);
    const behind = { ...gateway, socketUrl: proxy.socketUrl };
    const site = await startSite(behind, { timing: { ping: 5_000 } });
    try {
      const tab = await openTab(site.url);
      await tab.send('before');
      const conversationId = await takeConversation(gateway);
      await tab.shows(['before']);
      // Four pings later, with nothing else on the line, it is the same line.
      await gateway.stats.waitFor((stats) => (stats.received.ping ?? 0) >= 4, { timeout: 30_000 });
      await gateway.agent.say(conversationId, 'still the same line');
      await tab.shows(['before', 'still the same line']);
      expect(gateway.stats.connectionsOpened).toBe(1);
      // Nor has the page left its hub, in a while in which nothing was wrong.
      expect(tab.warnings).toEqual([]);
    } finally {
      await site.close();
      await proxy.close();
    }
  });

  test('with a shorter one, the chat recovers from each cut and loses nothing', {
    tag: '@either-host',
  }, async ({ gateway, openTab }) => {
    const proxy = await proxyByNginx(gateway.socketUrl, 3);
    const site = await startSite({ ...gateway, socketUrl: proxy.socketUrl }, { timing: brisk });
    try {
      const tab = await openTab(site.url);
      await tab.send('before');
      const conversationId = await takeConversation(gateway);
      await tab.shows(['before']);
      await gateway.stats.waitFor((stats) => stats.authenticated === 0, { timeout: 10_000 });
      await gateway.agent.say(conversationId, 'into the gap');
      await tab.send('typed in the gap');
      await tab.shows(['before', 'into the gap', 'typed in the gap']);
      await expect
        .poll(async () => (await gateway.agent.transcript(conversationId)).map(({ text }) => text))
        .toEqual(['before', 'into the gap', 'typed in the gap']);
      expect(gateway.stats.peak).toBe(1);
    } finally {
      await site.close();
      await proxy.close();
    }
  });
});

test('a middlebox that swallows everything is noticed within ping and pong', {
  tag: '@either-host',
}, async ({ gateway, openTab }) => {
  const proxy = await startSwallowingProxy(gateway.socketUrl);
  const behind = { ...gateway, socketUrl: proxy.socketUrl };
  const site = await startSite(behind, { timing: { ...brisk, ping: 2_000, pong: 1_000 } });
  try {
    const tab = await openTab(site.url);
    await tab.send('before');
    const conversationId = await takeConversation(gateway);
    await tab.shows(['before']);
    proxy.swallow();
    await gateway.agent.say(conversationId, 'can you hear me?');
    await tab.send('hello?');
    await gateway.stats.waitFor((stats) => stats.connectionsOpened === 2, { timeout: 15_000 });
    await tab.shows(['before', 'can you hear me?', 'hello?']);
    expect(gateway.stats.repeatedMessages).toBe(0);
  } finally {
    await site.close();
    await proxy.close();
  }
});
