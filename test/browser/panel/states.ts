import type { Message } from '../../../src/protocol/message.ts';
import type { Phase } from '../../../src/protocol/snapshot.ts';
import type { PanelPage } from './fixtures.ts';
import { form, list } from './form-content.ts';

const visitor = { id: 'v', name: 'Visitor', role: 'visitor' } as const;
const bot = { id: 'b', name: 'Lamp Bot', role: 'bot' } as const;
const system = { id: 's', name: 'System', role: 'system' } as const;

/** All states of the panel, by name, for accessibility tests and screenshots. */
export const states: Readonly<Record<string, (panel: PanelPage) => Promise<void>>> = {
  empty: (panel) => panel.change({ conversation: null }),
  conversation: talk,
  richText: async (panel) => {
    await writeRichText(panel);
    await panel.own({ text: 'My own *stars* stay, but www.lamps.example is a link.' });
    await panel.hear({
      text: '*Great!* Write to repairs@lamps.example or call +49 30 1234567, _any day_ from 9 to 5.',
    });
  },
  queued: async (panel) => {
    await panel.own({ text: 'Hello, my lamp flickers.', status: 'delivered' });
    await panel.change({ conversation: { conversationId: 'c1', status: 'queued', position: 3 } });
  },
  joined: async (panel) => {
    await panel.own({ text: 'Hello, my lamp flickers.', status: 'delivered' });
    await panel.change({ conversation: { conversationId: 'c1', status: 'queued' } });
    await panel.change({ conversation: { conversationId: 'c1', status: 'connected' } });
  },
  left: async (panel) => {
    await talk(panel);
    const leftAt = Date.now();
    await panel.change({ conversation: { conversationId: 'c1', status: 'connected', leftAt } });
  },
  typing: async (panel) => {
    await talk(panel);
    await panel.change({ typing: { id: 'a', name: 'Ada Byron' } });
  },
  ended: async (panel) => {
    await talk(panel);
    await panel.change({ conversation: { conversationId: 'c1', status: 'ended' } });
  },
  menu: async (panel) => {
    await talk(panel);
    await panel.page.locator('[part=more]').click();
  },
  failed: async (panel) => {
    const failure = { code: 'rejected', message: 'The gateway refused this message.' } as const;
    await talk(panel);
    await panel.own({ text: 'And one more thing', status: 'failed', failure });
    await panel.own({ text: 'And another', status: 'pending' });
  },
  files: async (panel) => {
    await talk(panel);
    await takeFiles(panel);
    await choose(panel, 'the lamp.png');
    await panel.refuse({
      send: { code: 'file-content', message: 'What is in it was not accepted.' },
    });
    await choose(panel, 'the invoice of last year, and all that came with it.pdf');
    await panel.refuse({ send: { code: 'file-lost', message: 'The file did not arrive.' } });
    await choose(panel, 'the hum.txt');
    await panel.refuse({});
  },
  form: offerForm,
  formWrong: async (panel) => {
    await offerForm(panel);
    await panel.page.locator('[part=form] button[type=submit]').click();
  },
  formSummary: async (panel) => {
    await offerForm(panel);
    await fillIn(panel);
  },
  several: async (panel) => {
    await talk(panel);
    await panel.hear({ text: 'Which may we send you?', content: [list] });
    await panel.page.locator('[part=form]').waitFor();
  },
  dropping: async (panel) => {
    await talk(panel);
    await takeFiles(panel);
    await drag(panel, 'dragover');
  },
  unread: async (panel) => {
    await panel.hear({ text: 'Old news' });
    await panel.hear({ text: 'Are you there?' }, { text: 'I will wait a moment.' });
    await panel.change({ unread: 2 });
    await panel.page.evaluate(() => {
      window.element.open = false;
      window.chat.change({ unread: 2 });
      window.element.open = true;
    });
  },
  reading: async (panel) => {
    await panel.fill(60);
    await panel.still();
    await panel.page.evaluate(() =>
      window.element.shadowRoot?.querySelector('.scroller')?.scrollBy(0, -500),
    );
    await panel.still();
    await panel.hear({ text: 'New' }, { text: 'Newer' });
  },
  history: async (panel) => {
    await panel.change({ hasEarlier: true });
    await panel.hear(
      {
        text: 'The parcel is on its way.',
        conversationId: 'c0',
        timestamp: Date.UTC(2026, 9, 1, 9),
      },
      { text: 'What can I do today?', missingBefore: 2 },
    );
  },
  tooLong: async (panel) => {
    await talk(panel);
    await panel.page.locator('textarea').fill('All about my lamp. '.repeat(230));
    await panel.page.locator('textarea').press('Enter');
  },
  notKept: async (panel) => {
    await talk(panel);
    const hub = await panel.page.evaluate(() => window.chat.getSnapshot().hub);
    await panel.change({ hub: { ...hub, persistent: false } });
  },
  offline: phase('offline', 'none'),
  connecting: phase('connecting', 'none'),
  waiting: phase('waiting', 'none', 12),
  polling: phase('polling', 'rest', 42),
  signedOut: phase('signed-out', 'none'),
  outdated: async (panel) => {
    await talk(panel);
    const message = 'A newer version of this page is in use. Reload it; your draft is kept.';
    const problem = { code: 'outdated', message } as const;
    await panel.connection({ phase: 'failed', transport: 'none', problem });
  },
  strange: async (panel) => {
    await panel.hear(
      { text: '💡'.repeat(2_048), from: { id: 'x', role: 'agent', name: 'Ω'.repeat(500) } },
      { text: 'W'.repeat(10_000) },
      { text: '\u202eright to left\u202c, شكرا جزيلا, <img src=x onerror=alert(1)>' },
    );
  },
};

/** Where agents and bots write rich text. */
export async function writeRichText(panel: PanelPage): Promise<void> {
  await panel.page.evaluate(() => {
    window.chat.deployment = {
      languages: [],
      defaultLanguage: null,
      sendsTyping: true,
      showsTyping: true,
      autoStart: false,
      canClear: false,
      usesMarkdown: true,
      allowsUpgrade: false,
      isActive: true,
      isMessengerEnabled: true,
      disconnect: 'none',
      uploads: null,
    };
  });
  // An open panel has asked already. While nothing is known, it asks again after a reconnect.
  await panel.connection({ phase: 'waiting', transport: 'none' });
  await panel.connection({ phase: 'ready', transport: 'websocket' });
  await panel.hear({ text: richText, from: bot });
  await panel.page.locator('.text strong').first().waitFor();
}

export const richText = `*Three steps*, then it is as good as new:

1. Switch the lamp _off_, at the wall.
2. Take out the starter:
   - a _quarter_ turn to the left
   - ~pull~ let it fall
3. Put in the [new starter](https://lamps.example/starters).

هذه تعليمات:
- *أولا* أطفئ المصباح
- ثم اتصل بنا`;

async function offerForm(panel: PanelPage): Promise<void> {
  await talk(panel);
  await panel.hear({ text: 'Then let us talk.', content: [form] });
  await panel.page.getByRole('button', { name: form.button ?? '' }).click();
  await panel.page.locator('[part=form]').waitFor();
}

async function fillIn({ page }: PanelPage): Promise<void> {
  const next = page.locator('[part=form] button[type=submit]');
  await page.getByLabel('First name').fill('Ada');
  await next.click();
  await page.locator('[part=form] [type=date]').fill('2026-03-05');
  await next.click();
  await page.getByLabel('Delivery').check();
  await page.getByLabel('Anything else?').fill('Please ring twice.');
  await next.click();
  await page.locator('[part=form] dl').waitFor();
}

/** The gateway accepts files. */
export async function takeFiles(panel: PanelPage): Promise<void> {
  await panel.page.evaluate(() => {
    const mimeTypes = ['image/png', 'application/pdf', 'text/plain'];
    window.chat.fileRules = { mimeTypes, blockedExtensions: [], maximumSize: 10_485_760 };
  });
  await panel.change({ conversation: { conversationId: 'c2', status: 'connected' } });
  await panel.page.locator('[part=attach]').waitFor();
}

export async function choose(panel: PanelPage, name: string): Promise<void> {
  const buffer = Buffer.alloc(123_456);
  const input = panel.page.locator('input[type=file]');
  await input.setInputFiles({ name, mimeType: 'image/png', buffer });
  await panel.page.locator('[part=files] li').filter({ hasText: name }).waitFor();
}

/** Drags files over the panel, away from it, or drops them. */
export function drag(panel: PanelPage, event: 'dragover' | 'dragleave' | 'drop'): Promise<void> {
  return panel.page.evaluate((type) => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File(['brought'], 'brought.png', { type: 'image/png' }));
    const init = { bubbles: true, cancelable: true, dataTransfer };
    window.element.shadowRoot?.querySelector('.panel')?.dispatchEvent(new DragEvent(type, init));
  }, event);
}

async function talk(panel: PanelPage): Promise<void> {
  await panel.hear(
    { text: 'Hello! What can I help you with?', from: bot },
    { text: 'My tall lamp flickers when I turn it on.', from: visitor, status: 'read' },
    { text: 'And it hums a little.', from: visitor, status: 'read' },
    { text: 'Ada Byron is here', from: system },
    { text: 'That is the starter. I send you a new one: https://lamps.example/starters' },
    { text: 'It takes two days.' },
    { text: 'Thank you!', from: visitor, status: 'delivered' } satisfies Partial<Message>,
  );
}

function phase(
  name: Phase,
  transport: 'none' | 'rest',
  seconds?: number,
): (panel: PanelPage) => Promise<void> {
  return async (panel) => {
    await talk(panel);
    await panel.page.evaluate(
      ([to, by, left]) =>
        window.chat.connect({
          phase: to,
          transport: by,
          retryAt: left === undefined ? null : Date.now() + left * 1_000,
        }),
      [name, transport, seconds] as const,
    );
  };
}
