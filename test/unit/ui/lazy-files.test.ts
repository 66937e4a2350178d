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

/** What a panel asks of a platform that takes no files. */
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

describe('a panel asks what files may be sent', () => {
  it('at first, and once there is a session, which may tell otherwise', async () => {
    const panel = new Panel();
    expect(await panel.sees('connecting', 'c1', '')).toBe(0);
    expect(await panel.sees('connecting')).toBe(1);
    expect(await panel.sees('authenticating')).toBe(1);
    expect(await panel.sees('ready')).toBe(2);
    expect(await panel.sees('ready')).toBe(2);
  });

  it('once when the line comes back, and not when it goes', async () => {
    const panel = new Panel();
    await panel.sees('ready');
    const before = panel.asked;
    expect(await panel.sees('waiting')).toBe(before);
    expect(await panel.sees('connecting')).toBe(before);
    expect(await panel.sees('ready')).toBe(before + 1);
  });

  it('anew in another conversation, and of another hub', async () => {
    const panel = new Panel();
    await panel.sees('ready');
    const before = panel.asked;
    expect(await panel.sees('ready', 'c2')).toBe(before + 1);
    expect(await panel.sees('ready', 'c2', 'other.0')).toBe(before + 2);
  });

  it('again at the next news when there was no answer, and says why once', async () => {
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
