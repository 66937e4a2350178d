import { describe, expect, it } from 'vitest';
import manifest from '../../../package.json' with { type: 'json' };
import { connect } from '../../../src/client/index.ts';
import { genesysWebchat, PartylineError, startHub } from '../../../src/worker/index.ts';
import { checkOptions, type HubOptions, version } from '../../../src/worker/options.ts';

const gateway = genesysWebchat({ socketUrl: 'wss://gateway/webchat', apiUrl: 'https://api' });

/** Options as a site without types would write them. */
function wrong(options: object): HubOptions {
  const written: object = { gateway, ...options };
  return written as HubOptions;
}

describe('startHub', () => {
  it.each([
    ['gateway', { gateway: 'genesys' }],
    ['tokenUrl', { tokenUrl: 7 }],
    ['build', { build: 'next' }],
    ['timing.ping', { timing: { ping: -1 } }],
    ['limits.page', { limits: { page: 0.5 } }],
    ['encrypted', { encrypted: 'yes' }],
    ['history', { history: 'never' }],
    ['routingLogUrl', { routingLogUrl: '' }],
    ['routing.whenUnchecked', { routing: { whenUnchecked: 'maybe' } }],
    ['routing.whenUncovered', { routing: { whenUncovered: 'send' } }],
    ['routing.attributes', { routing: { attributes: ['source'] } }],
    ['pace', { pace: 'fast' }],
    ['timing', { timing: { pingg: 5 } }],
  ])('throws at once and names %s', (name, options) => {
    expect(() => startHub(wrong(options))).toThrow(PartylineError);
    expect(() => startHub(wrong(options))).toThrow(name);
  });

  it('fills in the defaults', () => {
    expect(checkOptions({ gateway, timing: { ping: 5_000 } })).toMatchObject({
      tokenUrl: '/chat/token',
      build: manifest.version,
      timing: { ping: 5_000, pong: 10_000, reorder: 2_000, backoffFloor: 2_000 },
    });
    expect(version).toBe(manifest.version);
  });

  it('says that it needs a worker', () => {
    expect(() => startHub({ gateway })).toThrow(/Worker file/);
  });
});

describe('connect', () => {
  it('throws at once and names the option', () => {
    const written: object = { worker: '/hub.js' };
    expect(() => connect(written as Parameters<typeof connect>[0])).toThrow(/worker/);
    const more: object = { worker: () => undefined, workers: 2 };
    expect(() => connect(more as Parameters<typeof connect>[0])).toThrow(/workers/);
  });
});
