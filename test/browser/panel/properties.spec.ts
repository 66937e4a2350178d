import described from '../../../custom-elements.json' with { type: 'json' };
import type { Routing } from '../../../src/protocol/conversation.ts';
import type { ElementAttribute, ElementProperty } from '../../support/element.ts';
import { expect, type PanelPage, test } from './fixtures.ts';

// The visible effect of each property and attribute of the element. The types require a case for each. All run
// one after the other in one page, and each restores it.

test.use({ contextOptions: { reducedMotion: 'reduce' } });

type Check = (panel: PanelPage) => Promise<void>;

/** Sets an attribute; `null` removes it. */
function attribute(panel: PanelPage, name: ElementAttribute, value: string | null): Promise<void> {
  return panel.page.evaluate(
    ([changed, to]) => {
      if (to === null) window.element.removeAttribute(changed);
      else window.element.setAttribute(changed, to);
    },
    [name, value] as const,
  );
}

const heading = (panel: PanelPage) => panel.panel.getByRole('heading', { level: 2 }).first();

async function expectName(
  panel: PanelPage,
  role: 'agent' | 'bot',
  general: string,
  name: ElementAttribute,
): Promise<void> {
  await panel.open();
  await panel.hear({ text: 'hi', from: { id: role, name: '', role } });
  const shown = panel.messages.last().locator('.name');
  await expect(shown).toHaveText(general);
  await attribute(panel, name, 'Lamps & Co.');
  await expect(shown).toHaveText('Lamps & Co.');
  await attribute(panel, name, null);
  await expect(shown).toHaveText(general);
}

/** Alerts while the element is silent, and again when it no longer is: only two notes are played. */
async function expectSilence(panel: PanelPage, silence: (on: boolean) => Promise<void>) {
  const notes = await panel.page.evaluateHandle(() => {
    const heard: number[] = [];
    const { start } = OscillatorNode.prototype;
    OscillatorNode.prototype.start = function tell(when) {
      heard.push(this.frequency.value);
      start.call(this, when);
    };
    return heard;
  });
  const ring = (text: string) =>
    panel.page.evaluate((said) => window.chat.ring({ text: said }), text);
  await silence(true);
  await ring('unheard');
  await silence(false);
  await ring('heard');
  await expect.poll(() => notes.jsonValue()).toEqual([660, 880]);
}

const properties = {
  chat: async (panel) => {
    await panel.open();
    await panel.hear({ text: 'Hello' });
    await expect(panel.messages).toHaveCount(1);
    await panel.page.evaluate(() => {
      window.element.chat = null;
    });
    await expect(panel.status).toHaveText('Connecting…');
    await expect(panel.messages).toHaveCount(0);
    // A chat that is no longer shown has no listeners.
    const listeners = () =>
      panel.page.evaluate(() => window.chat.listeners.size + window.chat.ringers.size);
    await expect.poll(listeners).toBe(0);
    await panel.page.evaluate(() => {
      window.element.chat = window.chat;
      window.element.open = false;
      window.chat.change({ unread: 3 });
      window.chat.ring({ text: 'Anybody there?' });
    });
    await expect(panel.launcher).toHaveAccessibleDescription('3 unread messages');
    await expect(panel.page).toHaveTitle(/^\(3\) /);
    await panel.open();
    await expect(panel.messages).toHaveText([/Hello/]);
    await panel.change({ unread: 0, messages: [] });
  },
  routing: async (panel) => {
    await panel.change({ conversation: null });
    await panel.open();
    const routed = (to: Routing | null) =>
      panel.page.evaluate((routing) => {
        window.element.routing = routing;
      }, to);
    // Without it, no conversation is started.
    await routed(null);
    await panel.textbox.fill('My kiln is cold');
    await panel.sendButton.click();
    await expect(panel.textbox).toHaveValue('My kiln is cold');
    await routed({ skillGroups: ['Kilns'] });
    await panel.sendButton.click();
    await expect(panel.textbox).toHaveValue('');
    expect(await panel.calls('start')).toEqual([['start', { skillGroups: ['Kilns'] }]]);
    const conversation = { conversationId: 'c1', status: 'connected' } as const;
    await panel.change({ conversation, messages: [] });
  },
  open: async (panel) => {
    for (const open of [true, false]) {
      await panel.page.evaluate((shown) => {
        window.element.open = shown;
      }, open);
      await expect(panel.panel).toBeVisible({ visible: open });
      expect(await panel.page.evaluate(() => window.element.hasAttribute('open'))).toBe(open);
    }
  },
  heading: async (panel) => {
    await panel.open();
    await panel.page.evaluate(() => {
      window.element.heading = 'Ask the potters';
    });
    await expect(heading(panel)).toHaveText('Ask the potters');
    expect(await panel.page.evaluate(() => window.element.getAttribute('heading'))).toBe(
      'Ask the potters',
    );
    await panel.page.evaluate(() => Reflect.set(window.element, 'heading', null));
    await expect(heading(panel)).toHaveText('Chat with us');
  },
  silent: async (panel) => {
    await expectSilence(panel, (on) =>
      panel.page.evaluate((silent) => {
        window.element.silent = silent;
      }, on),
    );
  },
  texts: async (panel) => {
    await panel.open();
    await panel.page.evaluate(() => {
      const { element, english } = window;
      element.texts = { ...english, send: 'Senden', unread: (count) => `${count} neue` };
    });
    await expect(panel.button('Senden')).toBeVisible();
    // In a closed panel, nothing is marked as read.
    await panel.page.evaluate(() => {
      window.element.open = false;
      window.chat.change({ unread: 2 });
    });
    await expect(panel.launcher).toHaveAccessibleDescription('2 neue');
    await panel.page.evaluate(() => {
      window.element.texts = null;
      window.chat.change({ unread: 0 });
    });
    await panel.open();
    await expect(panel.button('Send')).toBeVisible();
  },
} satisfies Record<ElementProperty, Check>;

const attributes = {
  open: async (panel) => {
    await attribute(panel, 'open', '');
    await expect(panel.panel).toBeVisible();
    await attribute(panel, 'open', null);
    await expect(panel.panel).toBeHidden();
  },
  heading: async (panel) => {
    await panel.open();
    await attribute(panel, 'heading', 'Ask the potters');
    await expect(heading(panel)).toHaveText('Ask the potters');
    await attribute(panel, 'heading', null);
    await expect(heading(panel)).toHaveText('Chat with us');
  },
  silent: (panel) => expectSilence(panel, (on) => attribute(panel, 'silent', on ? '' : null)),
  scheme: async (panel) => {
    const [light, dark] = ['rgb(255, 255, 255)', 'rgb(25, 26, 33)'];
    const looks = (background: string) =>
      expect(panel.panel).toHaveCSS('background-color', background);
    const pageIs = (scheme: string) =>
      panel.page.evaluate((own) => {
        document.documentElement.style.colorScheme = own;
      }, scheme);
    await panel.open();
    // Overrides the visitor's system and the page, which are light at first.
    await attribute(panel, 'scheme', 'dark');
    await looks(dark);
    await panel.page.emulateMedia({ colorScheme: 'dark' });
    await attribute(panel, 'scheme', 'light');
    await looks(light);
    await pageIs('light');
    await attribute(panel, 'scheme', 'auto');
    await looks(dark);
    await attribute(panel, 'scheme', null);
    await looks(light);
    await pageIs('');
    await panel.page.emulateMedia({ colorScheme: null });
  },
  placement: async (panel) => {
    /** The distances of the panel and the launcher from the window's edges. */
    const gaps = async () => {
      await panel.open();
      const opened = await panel.panel.boundingBox();
      await panel.page.keyboard.press('Escape');
      await expect(panel.panel).toBeHidden();
      const closed = await panel.launcher.boundingBox();
      const boxes = [opened, closed].flatMap((box) => box ?? []);
      return {
        left: boxes.map(({ x }) => x),
        right: boxes.map(({ x, width }) => 1_280 - x - width),
      };
    };
    expect((await gaps()).right).toEqual([20, 20]);
    await attribute(panel, 'placement', 'start');
    expect((await gaps()).left).toEqual([20, 20]);
    await attribute(panel, 'placement', null);
  },
  'sign-in': async (panel) => {
    const link = panel.panel.getByRole('link', { name: 'Sign in' });
    await panel.open();
    await panel.connection({ phase: 'signed-out', transport: 'none' });
    await expect(panel.status).toContainText('You’re signed out.');
    await expect(link).toHaveCount(0);
    await attribute(panel, 'sign-in', '/sign-in/');
    await expect(link).toHaveAttribute('href', '/sign-in/');
    await attribute(panel, 'sign-in', null);
    await expect(link).toHaveCount(0);
    await panel.connection({ phase: 'ready', transport: 'websocket' });
  },
  'agent-name': (panel) => expectName(panel, 'agent', 'Agent', 'agent-name'),
  'bot-name': (panel) => expectName(panel, 'bot', 'Virtual assistant', 'bot-name'),
  'rich-text': async (panel) => {
    await panel.open();
    await panel.hear({ text: 'It is *free*.' });
    const shown = panel.messages.last().locator('.text');
    await expect(shown).toHaveText('It is *free*.');
    await attribute(panel, 'rich-text', 'on');
    await expect(shown).toHaveText('It is free.');
    await attribute(panel, 'rich-text', 'off');
    await expect(shown).toHaveText('It is *free*.');
    await attribute(panel, 'rich-text', null);
  },
  outdated: async (panel) => {
    const updates = await panel.page.evaluateHandle(() => {
      const seen: string[] = [];
      window.element.addEventListener('update', ({ type }) => seen.push(type), { once: true });
      return seen;
    });
    await panel.open();
    await expect(panel.button('Update')).toHaveCount(0);
    await attribute(panel, 'outdated', '');
    await panel.button('Update').click();
    expect(await updates.jsonValue()).toEqual(['update']);
    await attribute(panel, 'outdated', null);
    await expect(panel.button('Update')).toHaveCount(0);
  },
} satisfies Record<ElementAttribute, Check>;

for (const [kind, checks] of Object.entries({ properties, attributes })) {
  test(`its ${kind} take effect`, async ({ panel }) => {
    for (const [name, check] of Object.entries(checks)) {
      await test.step(name, async () => {
        await panel.page.evaluate(() => {
          window.element.open = false;
        });
        await check(panel);
      });
    }
  });
}

test('its properties have the documented defaults', async ({ panel }) => {
  const [members = []] = described.modules.flatMap(({ declarations }) =>
    declarations.flatMap((one) => ('cssParts' in one ? [one.members] : [])),
  );
  const documented = members.map((one) => [
    one.name,
    'default' in one ? JSON.parse(one.default.replaceAll("'", '"')) : undefined,
  ]);
  const real = await panel.page.evaluate((names) => {
    const element = document.createElement('partyline-chat');
    return names.map((name) => [name, Reflect.get(element, name)]);
  }, Object.keys(properties));
  expect(Object.fromEntries(real)).toEqual(Object.fromEntries(documented));
});
