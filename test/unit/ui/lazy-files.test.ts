import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { ChatPlatform } from '../../../src/client/chat.ts';
import type { Phase } from '../../../src/protocol/snapshot.ts';
import { english } from '../../../src/ui/messages.ts';
import { LazyFiles } from '../../../src/ui/panel/files/lazy-files.ts';
import { chatOf } from './chat.ts';
import { snapshot } from './fixtures.ts';
import { TestHost } from './host.ts';

class FilesHost extends TestHost {
  readonly routing = null;
  readonly texts = english;
}

/** The calls of a panel to a platform that accepts no files. */
class Panel {
  asked = 0;
  fails = false;
  readonly #chat = chatOf(snapshot(), { platform: async () => this.#platform() });
  readonly #door = new LazyFiles(new FilesHost(), {
    onAnnouncement() {},
    onError() {},
    onRemoved() {},
  });

  #platform(): ChatPlatform {
    this.asked += 1;
    if (this.fails) throw new Error('the hub is gone');
    return {
      files: {
        rules: async () => null,
        send: async () => '',
        link: async () => '',
      },
      deployment: async () => null,
      clear: async () => {},
      signIn: async () => {},
      setJourneyContext: async () => {},
    };
  }

  async sees(phase: Phase, conversationId = 'c1', epoch = 'boot.0'): Promise<number> {
    const { connection, hub, ...rest } = snapshot();
    this.#door.receive(this.#chat, {
      ...rest,
      connection: { ...connection, phase },
      conversation: { conversationId, status: 'connected' },
      hub: { ...hub, epoch },
    });
    await new Promise(setImmediate);
    return this.asked;
  }
}

describe('a panel checks which files can be sent', () => {
  it('at first, and again once there is a session, which can have other rules', async () => {
    const panel = new Panel();
    expect(await panel.sees('connecting', 'c1', '')).toBe(0);
    expect(await panel.sees('connecting')).toBe(1);
    expect(await panel.sees('authenticating')).toBe(1);
    expect(await panel.sees('ready')).toBe(2);
    expect(await panel.sees('ready')).toBe(2);
  });

  it('once after a reconnect, and not on a disconnect', async () => {
    const panel = new Panel();
    await panel.sees('ready');
    const before = panel.asked;
    expect(await panel.sees('waiting')).toBe(before);
    expect(await panel.sees('connecting')).toBe(before);
    expect(await panel.sees('ready')).toBe(before + 1);
  });

  it('again in another conversation and with another hub', async () => {
    const panel = new Panel();
    await panel.sees('ready');
    const before = panel.asked;
    expect(await panel.sees('ready', 'c2')).toBe(before + 1);
    expect(await panel.sees('ready', 'c2', 'other.0')).toBe(before + 2);
  });

  it('again with the next snapshot after a failure, which is logged once', async () => {
    const warned = vi.spyOn(console, 'warn').mockImplementation(() => {});
    onTestFinished(() => warned.mockRestore());
    const panel = new Panel();
    panel.fails = true;
    await panel.sees('ready');
    await panel.sees('ready');
    expect(warned).toHaveBeenCalledOnce();
    panel.fails = false;
    const before = panel.asked;
    expect(await panel.sees('ready')).toBe(before + 1);
    expect(await panel.sees('ready')).toBe(before + 1);
  });
});
