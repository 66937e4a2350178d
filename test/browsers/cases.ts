import { describe, expect, it, onTestFinished } from 'vitest';
import type { GatewayOptions } from '../../src/testing/index.ts';
import { type Driver, until } from './driver.ts';
import { Stack } from './stack.ts';

/** What every engine must do alike. Each case has an origin of its own. */
export function cases(driver: () => Driver): void {
  async function start(
    options: GatewayOptions & { readonly withoutSharedWorker?: boolean } = {},
  ): Promise<Stack> {
    const stack = await Stack.start(driver(), options);
    onTestFinished(() => stack.close());
    return stack;
  }

  describe('one conversation', () => {
    it('is shared by all windows, over one socket', async () => {
      const stack = await start();
      const first = await stack.open();
      const second = await stack.open('/help/');
      await first.send('one');
      const conversationId = await stack.takeConversation();
      await stack.gateway.agent.say(conversationId, 'hello');
      for (const window of [first, second]) await window.shows(['one', 'hello']);
      await second.send('two');
      for (const window of [first, second]) await window.shows(['one', 'hello', 'two']);
      expect(stack.gateway.stats.peak).toBe(1);
      expect(stack.gateway.stats.connectionsOpened).toBe(1);
      await first.snapshotHas('hub.kind', 'shared-worker');
    });

    it('goes along when a window navigates', async () => {
      const stack = await start();
      const window = await stack.open();
      await window.send('before');
      await window.shows(['before']);
      await window.window.goto(`${stack.url}/help/`);
      await window.openPanel();
      await window.shows(['before']);
      await window.send('after');
      await window.shows(['before', 'after']);
      expect(stack.gateway.stats.peak).toBe(1);
    });

    it('is there after a reload', async () => {
      const stack = await start();
      const window = await stack.open();
      await window.send('before');
      const conversationId = await stack.takeConversation();
      await window.window.reload();
      await window.openPanel();
      await window.shows(['before']);
      await stack.gateway.agent.say(conversationId, 'still here');
      await window.shows(['before', 'still here']);
    });

    it('goes back and forward', async () => {
      const stack = await start();
      const window = await stack.open();
      await window.send('before');
      await window.shows(['before']);
      await window.window.goto(`${stack.url}/help/`);
      await window.openPanel();
      await window.send('away');
      await window.window.back();
      await window.openPanel();
      await window.shows(['before', 'away']);
      await window.window.forward();
      await window.openPanel();
      await window.send('and forward');
      await window.shows(['before', 'away', 'and forward']);
      expect(stack.gateway.stats.peak).toBe(1);
    });

    it('goes back with what a page sent before there was a hub', async () => {
      const stack = await start();
      const release = await stack.holdHubsBack();
      const window = await stack.open();
      await window.window.goto(`${stack.url}/help/`);
      await window.openPanel();
      await window.send('in a hurry');
      await window.window.back();
      await release();
      await window.openPanel();
      await window.shows(['in a hurry']);
      await window.window.forward();
      await window.openPanel();
      await window.shows(['in a hurry']);
      expect(await stack.texts(await stack.takeConversation())).toEqual(['in a hurry']);
      expect(stack.gateway.stats.repeatedMessages).toBe(0);
    });

    it('goes on when the window that began it closes', async () => {
      const stack = await start();
      const first = await stack.open();
      const second = await stack.open();
      await first.send('before');
      const conversationId = await stack.takeConversation();
      await second.shows(['before']);
      await first.close();
      await stack.gateway.agent.say(conversationId, 'still here');
      await second.send('yes');
      await second.shows(['before', 'still here', 'yes']);
      await second.snapshotHas('hub.tabs', 1);
      expect(stack.gateway.stats.connectionsOpened).toBe(1);
    });

    it('waits for a visitor who comes back', async () => {
      const stack = await start();
      const window = await stack.open();
      await window.send('before');
      const conversationId = await stack.takeConversation();
      await window.shows(['before']);
      await window.close();
      await stack.gateway.agent.say(conversationId, 'meanwhile');
      const again = await stack.open();
      await again.shows(['before', 'meanwhile']);
      expect(stack.gateway.stats.peak).toBe(1);
    });

    it('has every message once and in order, whoever sends', async () => {
      const stack = await start();
      const first = await stack.open();
      const second = await stack.open();
      await first.send('start');
      const conversationId = await stack.takeConversation();
      for (let round = 1; round <= 4; round += 1) {
        await first.send(`first ${round}`);
        await second.send(`second ${round}`);
      }
      const texts = await until(
        () => stack.texts(conversationId),
        ({ length }) => length === 9,
        'nine messages',
      );
      for (const window of [first, second]) await window.shows(texts);
      expect(texts.filter((text) => text.startsWith('first'))).toEqual(
        [1, 2, 3, 4].map((round) => `first ${round}`),
      );
    });
  });

  describe('a bad line', () => {
    it('that is cut is mended, and nothing is lost or doubled', async () => {
      const stack = await start();
      const window = await stack.open();
      await window.send('before');
      const conversationId = await stack.takeConversation();
      await window.shows(['before']);
      stack.gateway.faults.cut();
      await stack.gateway.agent.say(conversationId, 'in the gap');
      await window.send('after');
      await until(
        () => stack.texts(conversationId),
        ({ length }) => length === 3,
        'three messages',
      );
      await window.shows(await stack.texts(conversationId));
      expect(stack.gateway.stats.peak).toBe(1);
    });

    it('that is gone keeps what is typed, and sends it once', async () => {
      const stack = await start();
      const window = await stack.open();
      await window.send('before');
      const conversationId = await stack.takeConversation();
      await window.shows(['before']);
      await stack.gateway.stop();
      await window.send('into the void');
      await window.shows(['before', 'into the void']);
      await stack.gateway.restart();
      await until(
        () => stack.texts(conversationId),
        ({ length }) => length === 2,
        'the message at the gateway',
      );
      await window.shows(['before', 'into the void']);
    });

    it('that loses, doubles and swaps frames changes nothing', async () => {
      const stack = await start();
      const window = await stack.open();
      await window.send('start');
      const conversationId = await stack.takeConversation();
      await window.shows(['start']);
      const { faults, agent } = stack.gateway;
      faults.duplicate('to-client', { type: 'message', probability: 0.5 });
      faults.lose('to-client', { type: 'message', probability: 0.3 });
      const texts = Array.from({ length: 12 }, (_, index) => `message ${index + 1}`);
      for (const text of texts) await agent.say(conversationId, text);
      faults.clear();
      await agent.say(conversationId, 'the last');
      await window.shows(['start', ...texts, 'the last']);
    });

    it('shows the transcript while the gateway can’t be reached', async () => {
      const stack = await start();
      const window = await stack.open();
      await window.send('before');
      const conversationId = await stack.takeConversation();
      await stack.gateway.agent.say(conversationId, 'hello');
      await window.shows(['before', 'hello']);
      await window.close();
      await stack.gateway.stop();
      const again = await stack.open();
      await again.shows(['before', 'hello']);
      await stack.gateway.restart();
      await stack.gateway.agent.say(conversationId, 'back again');
      await again.shows(['before', 'hello', 'back again']);
    });

    it('whose token ends is replaced in time', async () => {
      const stack = await start({ tokenLife: 6 });
      const window = await stack.open();
      await window.send('before');
      const conversationId = await stack.takeConversation();
      const { stats } = stack.gateway;
      await until(
        async () => stats.connectionsOpened,
        (opened) => opened >= 2,
        'another connection',
      );
      await stack.gateway.agent.say(conversationId, 'still here');
      await window.shows(['before', 'still here']);
      expect(stats.peak).toBe(1);
    });
  });

  describe('all windows have the same', () => {
    it('draft', async () => {
      const stack = await start();
      const first = await stack.open();
      const second = await stack.open();
      await first.type('half a thought');
      await second.draftIs('half a thought');
      await first.close();
      await second.window.reload();
      await second.openPanel();
      await second.draftIs('half a thought');
    });

    it('sign of somebody typing', async () => {
      const stack = await start();
      const first = await stack.open();
      const second = await stack.open();
      await first.send('hello');
      const conversationId = await stack.takeConversation();
      await stack.gateway.agent.typing(conversationId);
      for (const window of [first, second]) await window.says('is typing');
    });

    it('count of what is unread', async () => {
      const stack = await start();
      const first = await stack.open();
      const second = await stack.open();
      await first.send('hello');
      const conversationId = await stack.takeConversation();
      // An open panel reads by itself.
      for (const window of [first, second]) await window.closePanel();
      await stack.gateway.agent.say(conversationId, 'hi');
      for (const window of [first, second]) await window.snapshotHas('unread', 1);
      // The window in front: one behind it is not looked at.
      await second.openPanel();
      for (const window of [first, second]) await window.snapshotHas('unread', 0);
    });

    it('visitor: a sign-out leaves nothing in any of them', async () => {
      const stack = await start();
      const first = await stack.open();
      const second = await stack.open();
      await first.send('my secret');
      await second.shows(['my secret']);
      await first.window.evaluate("document.querySelector('partyline-chat').chat.signOut()");
      for (const window of [first, second]) {
        await window.shows([]);
        await window.snapshotHas('connection.phase', 'signed-out');
      }
    });

    it('visitor: another one sees no row of the former', async () => {
      const stack = await start();
      const first = await stack.open();
      const second = await stack.open();
      await first.send('my secret');
      await second.shows(['my secret']);
      await first.window.goto(`${stack.url}/sign-in/`);
      await first.window.type('main input', 'Grace');
      await first.window.click('main form button');
      await until(
        () => first.window.evaluate('location.pathname'),
        (path) => String(path).startsWith('/account'),
        'the account',
      );
      await first.openPanel();
      for (const window of [first, second]) await window.shows([]);
      await first.send('I am Grace');
      for (const window of [first, second]) await window.shows(['I am Grace']);
      expect(stack.gateway.stats.peak).toBe(1);
    });
  });

  describe('without SharedWorker', () => {
    it('windows share one socket and one transcript', async () => {
      const stack = await start({ withoutSharedWorker: true });
      const first = await stack.open();
      const second = await stack.open();
      await first.send('one');
      await second.shows(['one']);
      await second.send('two');
      for (const window of [first, second]) await window.shows(['one', 'two']);
      await first.snapshotHas('hub.kind', 'tab');
      expect(stack.gateway.stats.peak).toBe(1);
      expect(stack.gateway.stats.connectionsOpened).toBe(1);
    });

    it('another window takes over when the one with the hub closes', async () => {
      const stack = await start({ withoutSharedWorker: true });
      const first = await stack.open();
      const second = await stack.open();
      await first.send('before');
      const conversationId = await stack.takeConversation();
      await second.shows(['before']);
      await first.close();
      await second.send('after');
      await stack.gateway.agent.say(conversationId, 'still here');
      await until(
        () => stack.texts(conversationId),
        ({ length }) => length === 3,
        'three messages',
      );
      await second.shows(await stack.texts(conversationId));
      expect(stack.gateway.stats.peak).toBe(1);
    });

    it('another window takes over when the one with the hub navigates', async () => {
      const stack = await start({ withoutSharedWorker: true });
      const first = await stack.open();
      const second = await stack.open();
      await first.send('before');
      await second.shows(['before']);
      await first.window.goto(`${stack.url}/help/`);
      await second.send('meanwhile');
      await first.openPanel();
      for (const window of [first, second]) await window.shows(['before', 'meanwhile']);
      expect(stack.gateway.stats.peak).toBe(1);
    });
  });
}
