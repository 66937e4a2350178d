import { describe, expect, it } from 'vitest';
import { measureSizes } from '../../scripts/sizes.mjs';

describe('what a site’s visitors load', () => {
  it('stays within the budgets', { timeout: 60_000 }, async () => {
    const sizes = await measureSizes();
    expect(sizes).toHaveLength(3);
    for (const { what, bytes, budget } of sizes) expect(bytes, what).toBeLessThanOrEqual(budget);
  });
});
