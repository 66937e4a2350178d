import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { defaultLimits, defaultTiming } from '../../../src/worker/core/settings.ts';

const source = readFileSync(
  new URL('../../../src/worker/core/settings.ts', import.meta.url),
  'utf8',
);

/** What the documentation of a setting says that it is where a site sets none. */
function documented(name: string): number {
  const [, value = ''] =
    new RegExp(`@default ([\\d_]+)(?:(?!\\*/)[\\s\\S])*\\*/\\s*readonly ${name}:`).exec(source) ??
    [];
  return Number(value.replaceAll('_', ''));
}

it.each(Object.entries({ ...defaultTiming, ...defaultLimits }))(
  '%s is what its documentation says where a site sets nothing: %i',
  (name, value) => {
    expect(value).toBe(documented(name));
  },
);
