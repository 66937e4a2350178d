import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Alerts } from '../../../src/ui/alerts.ts';
import { english } from '../../../src/ui/messages.ts';
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

function alertsOver(played: PlayedChat): Alerts {
  return new Alerts(played.chat, () => ({ texts: english, isSilent: true }));
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
    new Alerts(played.chat, () => ({ texts: english, isSilent: false })).alert(message('b'));
    expect(made).toHaveBeenCalledOnce();
  });
});

describe('a notification', () => {
  it('has the sender’s name and at most 200 characters of the text', () => {
    const alerts = alertsOver(new PlayedChat(snapshot({ unread: 1 })));
    alerts.alert(message('a', { text: 'x'.repeat(201) }));
    const [shown] = FakeNotification.shown;
    expect(shown?.title).toBe('Ada');
    expect(shown?.options).toEqual({ body: 'x'.repeat(200), tag: 'partyline' });
  });

  it('has the panel’s heading for a sender without a name', () => {
    const alerts = alertsOver(new PlayedChat(snapshot({ unread: 1 })));
    alerts.alert(message('a', { from: { id: 'x', name: '', role: 'bot' } }));
    expect(FakeNotification.shown[0]?.title).toBe(english.heading);
  });

  it('is shown only for a hidden page, and only with permission', () => {
    const alerts = alertsOver(new PlayedChat(snapshot({ unread: 1 })));
    page.visibilityState = 'visible';
    alerts.alert(message('a'));
    page.visibilityState = 'hidden';
    FakeNotification.permission = 'default';
    alerts.alert(message('b'));
    vi.stubGlobal('Notification', undefined);
    alerts.alert(message('c'));
    expect(FakeNotification.shown).toEqual([]);
  });

  it('closes when the messages are read, and focuses the window on click', () => {
    const focus = vi.fn();
    vi.stubGlobal('window', { focus });
    const played = new PlayedChat(snapshot({ unread: 1 }));
    alertsOver(played).alert(message('a'));
    const [shown] = FakeNotification.shown;
    shown?.onclick?.();
    expect(focus).toHaveBeenCalledOnce();
    played.change(snapshot({ unread: 0 }));
    expect(shown?.isOpen).toBe(false);
  });

  it('that the browser refuses to create does not prevent the other alerts', () => {
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
    expect(page.title).toBe('(1) Shop');
  });
});
