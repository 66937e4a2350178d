import { afterAll, beforeAll, describe } from 'vitest';
import { cases } from './cases.ts';
import type { Driver } from './driver.ts';
import { startFirefox } from './firefox.ts';
import { findFirefox } from './installed.mjs';

const executable = findFirefox();
let driver: Driver | undefined;

describe.skipIf(executable === null)('Firefox', () => {
  beforeAll(async () => {
    driver = await startFirefox(executable ?? '');
    console.log(driver.version);
  });
  afterAll(() => driver?.close());
  cases(() => {
    if (!driver) throw new Error('the browser did not start');
    return driver;
  });
});
