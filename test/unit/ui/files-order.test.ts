import { describe, expect, it } from 'vitest';
import type { ChatFiles } from '../../../src/client/chat.ts';
import { PartylineError } from '../../../src/protocol/errors.ts';
import { english } from '../../../src/ui/messages.ts';
import { FilesController } from '../../../src/ui/panel/files/controller.ts';
import { chatOf } from './chat.ts';
import { snapshot } from './fixtures.ts';
import { TestHost } from './host.ts';

class FilesHost extends TestHost {
  readonly routing = null;
  readonly texts = english;
}

/** Files whose uploads end when a test says so. */
class Uploads implements ChatFiles {
  readonly sent: string[] = [];
  readonly #ends: { resolve: (id: string) => void; reject: (error: Error) => void }[] = [];

  rules(): Promise<null> {
    return Promise.resolve(null);
  }

  link(): Promise<string> {
    return Promise.resolve('');
  }

  send(file: File): Promise<string> {
    this.sent.push(file.name);
    return new Promise((resolve, reject) => {
      this.#ends.push({ resolve, reject });
    });
  }

  async end(error?: Error): Promise<void> {
    const end = this.#ends.shift();
    if (error) end?.reject(error);
    else end?.resolve('m1');
    await new Promise(setImmediate);
  }
}

async function choose(...names: readonly string[]) {
  const uploads = new Uploads();
  const conversation = { conversationId: 'c1', status: 'connected' } as const;
  const controller = new FilesController(
    new FilesHost(),
    chatOf({ ...snapshot(), conversation }),
    uploads,
    { onAnnouncement() {}, onError() {}, onRemoved() {} },
  );
  controller.add(names.map((name) => new File(['x'], name)));
  await new Promise(setImmediate);
  const states = () => controller.rows.map(({ file, state }) => `${file.name}: ${state.type}`);
  return { controller, uploads, states };
}

describe('files that are chosen together', () => {
  it('are sent one after another, in their order, and wait visibly', async () => {
    const names = Array.from({ length: 12 }, (_, index) => `${index}.pdf`);
    const { uploads, states } = await choose(...names);
    expect(uploads.sent).toEqual(['0.pdf']);
    expect(states().slice(0, 2)).toEqual(['0.pdf: sending', '1.pdf: queued']);
    for (const _ of names) await uploads.end();
    expect(uploads.sent).toEqual(names);
    expect(states()).toEqual([]);
  });

  it('go on after one that failed, and without one that was removed', async () => {
    const { controller, uploads, states } = await choose('a', 'b', 'c');
    const [, second] = controller.rows;
    if (second) controller.remove(second);
    await uploads.end(new PartylineError('unavailable', 'no'));
    expect(uploads.sent).toEqual(['a', 'c']);
    expect(states()).toEqual(['a: failed', 'c: sending']);
  });
});
