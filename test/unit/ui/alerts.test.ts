import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Message } from '../../../src/protocol/message.ts';
import { Alerts } from '../../../src/ui/alerts.ts';
import { english } from '../../../src/ui/messages.ts';
import { withResolvers } from '../../../src/worker/genesys-cloud/upload.ts';
import { PlayedChat } from './chat.ts';
import { message, snapshot } from './fixtures.ts';

class FakeNotification {
  static permission = 'granted';
  static shown: FakeNotification[] = [];
  isOpen = true;
  onclick: (() => void) | null = null;
  readonly title: string;
  readonly options: { readonly body: string; readonly tag: string };

  constructor(title: string, options: { readonly body: string; readonly tag: string }) {
    this.title = title;
    this.options = options;
    FakeNotification.shown.push(this);
  }

  close(): void {
    this.isOpen = false;
  }
}

let page = { title: '', visibilityState: 'hidden' };

beforeEach(() => {
  page = { title: 'Shop', visibilityState: 'hidden' };
  FakeNotification.permission = 'granted';
  FakeNotification.shown = [];
  vi.stubGlobal('document', page);
  vi.stubGlobal('Notification', FakeNotification);
});

afterEach(() => {
  vi.unstubAllGlobals();
});

const spoken = async ({ text }: Message) => text;

/** The notification waits for the text that it shows. */
const shownNow = () => new Promise(setImmediate);

function alertsOver(played: PlayedChat): Alerts {
  return new Alerts(played.chat, () => ({ texts: english, isSilent: true }), spoken);
}

describe('the page’s title', () => {
  it('shows the unread count, and is restored once everything is read', () => {
    const played = new PlayedChat(snapshot({ unread: 1 }));
    const alerts = alertsOver(played);
    expect(page.title).toBe('Shop');
    alerts.alert(message('a'));
    expect(page.title).toBe('(1) Shop');
    played.change(snapshot({ unread: 2 }));
    expect(page.title).toBe('(2) Shop');
    played.change(snapshot({ unread: 0 }));
    expect(page.title).toBe('Shop');
  });

  it('does not change when another tab was chosen', () => {
    const played = new PlayedChat(snapshot({ unread: 1 }));
    alertsOver(played);
    played.change(snapshot({ unread: 2 }));
    expect(page.title).toBe('Shop');
  });

  it('is restored when another tab takes over the alerts', () => {
    const played = new PlayedChat(snapshot({ unread: 1 }));
    const alerts = alertsOver(played);
    alerts.alert(message('a'));
    alerts.alert(null);
    expect(page.title).toBe('Shop');
    played.change(snapshot({ unread: 2 }));
    expect(page.title).toBe('Shop');
  });

  it('keeps the page’s own changes', () => {
    const played = new PlayedChat(snapshot({ unread: 1 }));
    const alerts = alertsOver(played);
    alerts.alert(message('a'));
    page.title = 'Cart';
    played.change(snapshot({ unread: 2 }));
    expect(page.title).toBe('(2) Cart');
    page.title = 'Thank you';
    played.change(snapshot({ unread: 0 }));
    expect(page.title).toBe('Thank you');
  });

  it('shows no count when nothing is unread any more', () => {
    const alerts = alertsOver(new PlayedChat(snapshot({ unread: 0 })));
    alerts.alert(message('a'));
    expect(page.title).toBe('Shop');
  });

  it('is restored, and the listener removed, when the element is removed', () => {
    const played = new PlayedChat(snapshot({ unread: 1 }));
    const alerts = alertsOver(played);
    alerts.alert(message('a'));
    alerts.dispose();
    expect(page.title).toBe('Shop');
    expect(played.listeners.size).toBe(0);
  });
});

describe('the sound', () => {
  it('plays with each alert, unless the element is silent', () => {
    const made = vi.fn();
    vi.stubGlobal(
      'AudioContext',
      class {
        constructor() {
          made();
        }
        resume(): Promise<void> {
          return Promise.reject(new Error('not allowed yet'));
        }
      },
    );
    const played = new PlayedChat(snapshot({ unread: 1 }));
    alertsOver(played).alert(message('a'));
    expect(made).not.toHaveBeenCalled();
    const settings = () => ({ texts: english, isSilent: false });
    new Alerts(played.chat, settings, spoken).alert(message('b'));
    expect(made).toHaveBeenCalledOnce();
  });
});

describe('a notification', () => {
  it('has the sender’s name and at most 200 characters of the text', async () => {
    const alerts = alertsOver(new PlayedChat(snapshot({ unread: 1 })));
    alerts.alert(message('a', { text: 'x'.repeat(201) }));
    await shownNow();
    const [shown] = FakeNotification.shown;
    expect(shown?.title).toBe('Ada');
    expect(shown?.options).toEqual({ body: 'x'.repeat(200), tag: 'partyline' });
  });

  it.each([
    ['bot', 'Virtual assistant'],
    ['agent', 'Agent'],
    ['system', 'Chat'],
  ] as const)('of a %s without a name has the title %s', async (role, title) => {
    const alerts = alertsOver(new PlayedChat(snapshot({ unread: 1 })));
    alerts.alert(message('a', { from: { id: 'x', name: '', role } }));
    await shownNow();
    expect(FakeNotification.shown[0]?.title).toBe(title);
  });

  it('is shown only for a hidden page, and only with permission', async () => {
    const alerts = alertsOver(new PlayedChat(snapshot({ unread: 1 })));
    page.visibilityState = 'visible';
    alerts.alert(message('a'));
    page.visibilityState = 'hidden';
    FakeNotification.permission = 'default';
    alerts.alert(message('b'));
    vi.stubGlobal('Notification', undefined);
    alerts.alert(message('c'));
    await shownNow();
    expect(FakeNotification.shown).toEqual([]);
  });

  it('closes when the messages are read, and focuses the window on click', async () => {
    const focus = vi.fn();
    vi.stubGlobal('window', { focus });
    const played = new PlayedChat(snapshot({ unread: 1 }));
    alertsOver(played).alert(message('a'));
    await shownNow();
    const [shown] = FakeNotification.shown;
    shown?.onclick?.();
    expect(focus).toHaveBeenCalledOnce();
    played.change(snapshot({ unread: 0 }));
    expect(shown?.isOpen).toBe(false);
  });

  it('that the browser refuses to create does not prevent the other alerts', async () => {
    vi.stubGlobal(
      'Notification',
      class {
        static permission = 'granted';
        constructor() {
          throw new TypeError('Illegal constructor');
        }
      },
    );
    const alerts = alertsOver(new PlayedChat(snapshot({ unread: 1 })));
    alerts.alert(message('a'));
    await shownNow();
    expect(page.title).toBe('(1) Shop');
  });

  it('shows the text without marks, as soon as it is known', async () => {
    const played = new PlayedChat(snapshot({ unread: 1 }));
    const text = withResolvers<string>();
    const alerts = new Alerts(
      played.chat,
      () => ({ texts: english, isSilent: true }),
      () => text.promise,
    );
    alerts.alert(message('a', { text: '*now*' }));
    await shownNow();
    expect(FakeNotification.shown).toEqual([]);
    text.resolve('now');
    await shownNow();
    expect(FakeNotification.shown.map(({ options }) => options.body)).toEqual(['now']);
  });

  it.each<[string, (played: PlayedChat, alerts: Alerts) => void]>([
    ['its message was read', (played) => played.change(snapshot({ unread: 0 }))],
    ['another tab took over', (_, alerts) => alerts.alert(null)],
    ['the element was removed', (_, alerts) => alerts.dispose()],
  ])('is not shown when %s before its text was known', async (_, happen) => {
    const played = new PlayedChat(snapshot({ unread: 1 }));
    const alerts = alertsOver(played);
    alerts.alert(message('a'));
    happen(played, alerts);
    await shownNow();
    expect(FakeNotification.shown).toEqual([]);
  });

  it('is that of the newest message', async () => {
    const alerts = alertsOver(new PlayedChat(snapshot({ unread: 2 })));
    alerts.alert(message('a'));
    alerts.alert(message('b'));
    await shownNow();
    expect(FakeNotification.shown.map(({ options }) => options.body)).toEqual(['text of b']);
  });
});
