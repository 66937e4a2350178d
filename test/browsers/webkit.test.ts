import { afterAll, beforeAll, describe } from 'vitest';
import { cases } from './cases.ts';
import type { Driver } from './driver.ts';
import { findWebKit } from './installed.mjs';
import { startWebKit } from './webkit.ts';

const paths = findWebKit();
let driver: Driver | undefined;

describe.skipIf(paths === null)('WebKitGTK', () => {
  beforeAll(async () => {
    driver = await startWebKit(paths ?? { driver: '', browser: '' });
    console.log(driver.version);
  });
  afterAll(() => driver?.close());
  cases(() => {
    if (!driver) throw new Error('the browser did not start');
    return driver;
  });
});
