import { describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { defaultLimits, defaultTiming } from '../../../src/worker/core/settings.ts';
import {
  encryptRows,
  genesysCloud,
  genesysWebchat,
  PartylineError,
} from '../../../src/worker/index.ts';
import { checkOptions, type HubOptions } from '../../../src/worker/options.ts';

const gateway = genesysWebchat({ socketUrl: 'wss://gateway/webchat', apiUrl: 'https://api' });

function isTaken(options: object): boolean {
  const written: object = { gateway, ...options };
  try {
    checkOptions(written as HubOptions);
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(PartylineError);
    return false;
  }
}

describe('an option', () => {
  it('that is given is what the hub gets, each by its own name', () => {
    const attributes = z.object({});
    const inspect = { onStep: vi.fn() };
    expect(
      checkOptions({
        name: 'de',
        gateway,
        tokenUrl: '/t',
        routingLogUrl: '/log',
        history: 'confirmed',
        encrypted: encryptRows,
        inspect,
        build: '1.2',
        routing: { whenUnchecked: 'wait', whenUncovered: 'refuse', attributes },
      }),
    ).toEqual({
      name: 'de',
      gateway,
      tokenUrl: '/t',
      routingLogUrl: '/log',
      history: 'confirmed',
      encrypted: encryptRows,
      inspect,
      build: '1.2',
      routing: { whenUnchecked: 'wait', whenUncovered: 'refuse' },
      attributes,
      timing: defaultTiming,
      limits: defaultLimits,
    });
  });

  it('that is not given is its default, and one of several leaves the others', () => {
    const checked = checkOptions({
      gateway,
      limits: { page: 7 },
      timing: { reorder: 3 },
      routing: { whenUncovered: 'warn' },
    });
    expect(checked).toMatchObject({
      routingLogUrl: null,
      history: 'at-once',
      encrypted: null,
      inspect: null,
      attributes: null,
      routing: { whenUnchecked: 'send', whenUncovered: 'warn' },
    });
    expect(checked.limits).toEqual({ ...defaultLimits, page: 7 });
    expect(checked.timing).toEqual({ ...defaultTiming, reorder: 3 });
  });

  it('each duration and each count can be set', () => {
    const timing = Object.fromEntries(Object.keys(defaultTiming).map((key, index) => [key, index]));
    const limits = Object.fromEntries(
      Object.keys(defaultLimits).map((key, index) => [key, index + 1]),
    );
    expect(checkOptions({ gateway, timing, limits })).toMatchObject({ timing, limits });
  });

  it.each([
    [-1, false],
    [0, true],
    [0.5, true],
    [86_400_000, true],
    [86_400_001, false],
    [Number.NaN, false],
    ['5', false],
  ])('a duration of %s ms: %s', (ping, expected) => {
    expect(isTaken({ timing: { ping } })).toBe(expected);
  });

  it.each([
    [0, false],
    [1, true],
    [100_000, true],
    [100_001, false],
    [1.5, false],
  ])('a count of %s: %s', (page, expected) => {
    expect(isTaken({ limits: { page } })).toBe(expected);
  });

  it.each([
    [{ gateway: null }, false],
    [{ gateway: { decode: () => [] } }, false],
    [{ gateway: { socketUrl: 'ws://x' } }, false],
    [{ gateway: () => gateway }, false],
    [{ gateway: genesysCloud({ deploymentId: 'd', region: 'eu-west-1' }) }, true],
    [{ tokenUrl: '' }, false],
    [{ build: '1.x' }, false],
    [{ build: '10.0.1' }, true],
    [{ limits: { pages: 1 } }, false],
    [{ inspect: null }, false],
    [{ inspect: {} }, false],
    [{ history: 'at-once' }, true],
    [{ routing: { attributes: null } }, false],
    [{ routing: { attributes: {} } }, false],
    [{ routing: { attributes: z.object({}) } }, true],
    [{ routing: { whenever: 'send' } }, false],
    [{ routing: { whenUnchecked: 'send' } }, true],
    [{ routing: { whenUncovered: 'ask' } }, true],
    [{ encrypted: encryptRows() }, false],
  ])('%j is taken: %s', (options, expected) => {
    expect(isTaken(options)).toBe(expected);
  });
});
