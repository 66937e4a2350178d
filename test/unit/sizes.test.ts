import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

const script = join(import.meta.dirname, '../../scripts/sizes.mjs');
const sizesSchema = z.array(z.object({ what: z.string(), bytes: z.number(), budget: z.number() }));

describe('what a site’s visitors load', () => {
  it('stays within the budgets', { timeout: 60_000 }, async () => {
    const env = { ...process.env, NODE_ENV: 'production' };
    const { stdout } = await promisify(execFile)(process.execPath, [script, '--json'], { env });
    const sizes = sizesSchema.parse(JSON.parse(stdout));
    expect(sizes).toHaveLength(3);
    for (const { what, bytes, budget } of sizes) expect(bytes, what).toBeLessThanOrEqual(budget);
  });
});
