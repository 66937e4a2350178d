import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { genesysWebchat } from '../../../src/protocol/webchat/index.ts';
import type { ObservedStep } from '../../../src/worker/core/observer.ts';
import { Hub } from '../../../src/worker/host/hub.ts';
import { Log } from '../../../src/worker/host/log.ts';
import { checkOptions, type HubOptions } from '../../../src/worker/options.ts';

// What a site gives to `startHub` must reach the hub that it makes; what the hub's core does with its settings
// is settings.test.ts. The types see to it that no option is without a case.

const gateway = genesysWebchat({
  socketUrl: 'wss://gateway.test/webchat',
  apiUrl: 'https://api.test',
});

let fetched: string[];
let opened: string[];
let hubs: Hub[];

/** A worker's world in which locks are free, nothing is stored and nobody answers. */
beforeEach(() => {
  fetched = [];
  opened = [];
  hubs = [];
  vi.useFakeTimers();
  vi.stubGlobal('navigator', {
    onLine: true,
    locks: {
      request: (name: string, ...rest: unknown[]) => {
        // Whoever gets a tab's lock takes it for its death.
        if (name.startsWith('partyline-tab')) return new Promise(() => {});
        const callback = rest.at(-1);
        return Promise.resolve(typeof callback === 'function' ? callback({}) : undefined);
      },
    },
  });
  vi.stubGlobal('location', { href: 'https://shop.test/hub.js', origin: 'https://shop.test' });
  vi.stubGlobal('addEventListener', () => {});
  vi.stubGlobal('indexedDB', undefined);
  vi.stubGlobal('fetch', (url: unknown) => {
    fetched.push(String(url));
    const token = { token: 'a-token', expiresIn: 900, subject: 'visitor-1' };
    return Promise.resolve(Response.json(token));
  });
  vi.stubGlobal(
    'WebSocket',
    class {
      constructor(url: string) {
        opened.push(url);
      }
      close() {}
    },
  );
  // Without IndexedDB the hub says so, and without an answer.
  for (const method of ['error', 'warn'] as const) {
    vi.spyOn(console, method).mockImplementation(() => {});
  }
});

afterEach(async () => {
  // What has begun ends in the world in which it did.
  await vi.advanceTimersByTimeAsync(1_000);
  for (const hub of hubs) hub.abandon();
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

function start(options: Partial<HubOptions>): { hub: Hub; steps: ObservedStep[] } {
  const steps: ObservedStep[] = [];
  const inspect = { onStep: (step: ObservedStep) => void steps.push(step) };
  const checked = checkOptions({ gateway, inspect, ...options });
  const hub = new Hub(checked, 'shared-worker', new Log(), {
    lockAcquired: () => {},
    handedOver: () => {},
  });
  hubs.push(hub);
  void hub.attach(
    'a',
    true,
    { conversationId: null, visitor: null, resetCount: 0 },
    { post: () => {}, close: () => {} },
  );
  return { hub, steps };
}

/** The settings that the hub's core was made with. */
async function settingsOf(options: Partial<HubOptions>) {
  const { steps } = start(options);
  await vi.waitFor(() => expect(steps.length).toBeGreaterThan(0));
  const settings = steps[0]?.before.settings;
  if (!settings) throw new Error('the hub took no step');
  return settings;
}

const cases = {
  gateway: async () => {
    const socketUrl = 'wss://other.test/webchat';
    start({ gateway: genesysWebchat({ socketUrl, apiUrl: 'https://api.test' }) });
    await vi.waitFor(() => expect(opened).toEqual([socketUrl]));
  },
  tokenUrl: async () => {
    start({ tokenUrl: '/other/token' });
    await vi.waitFor(() => expect(fetched.join()).toContain('/other/token'));
  },
  routingLogUrl: () => {
    expect(checkOptions({ gateway, routingLogUrl: '/other/log' }).routingLogUrl).toBe('/other/log');
  },
  history: async () => {
    expect((await settingsOf({ history: 'confirmed' })).history).toBe('confirmed');
  },
  encrypted: () => {
    const encrypted = vi.fn(() => {
      throw new Error('sealed');
    });
    expect(() => start({ encrypted })).toThrow('sealed');
  },
  inspect: async () => {
    const onStep = vi.fn();
    start({ inspect: { onStep } });
    await vi.waitFor(() => expect(onStep).toHaveBeenCalled());
  },
  routing: async () => {
    const policy = { whenUnchecked: 'wait', whenUncovered: 'refuse' } as const;
    expect((await settingsOf({ routing: policy })).routing).toEqual(policy);
    const attributes = z.strictObject({ tier: z.enum(['gold']) });
    const { hub, steps } = start({ routing: { attributes } });
    const call = { type: 'start', routing: { skillGroups: ['A'], attributes: { tier: 'tin' } } };
    void hub.call('a', call as Parameters<Hub['call']>[1]);
    const problems = () =>
      steps.flatMap(({ input }) => (input.type === 'call' ? [input.routingProblems] : []));
    await vi.waitFor(() => expect(problems()).toEqual([[expect.stringContaining('tier')]]));
  },
  build: async () => {
    const { hub } = start({ build: '7.8.9' });
    expect(await hub.hello()).toMatchObject({ build: '7.8.9' });
  },
  timing: async () => {
    expect((await settingsOf({ timing: { ping: 7_777 } })).timing).toMatchObject({
      ping: 7_777,
      pong: 10_000,
    });
  },
  limits: async () => {
    expect((await settingsOf({ limits: { page: 17 } })).limits).toMatchObject({
      page: 17,
      window: 1_000,
    });
    const { hub } = start({ limits: { portMessages: 13 } });
    expect(hub.portMessages).toBe(13);
  },
  name: async () => {
    expect((await settingsOf({ name: 'de' })).name).toBe('de');
    expect((await settingsOf({})).name).toBe('');
  },
} satisfies Record<keyof Required<HubOptions>, () => void | Promise<void>>;

describe('an option of startHub reaches the hub', () => {
  it.each(Object.entries(cases))('%s', (_, check) => check());
});
