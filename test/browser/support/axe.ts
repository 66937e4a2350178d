import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from '@playwright/test';
import type * as Axe from 'axe-core';

declare global {
  var axe: typeof Axe;
}

const tags = ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'];

/** As it stands, not as it is exported: to read a megabyte costs a page more than all the rules. */
const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/**
 * What breaks WCAG 2.2 AA, a line each.
 *
 * @param within a selector. @default the whole page
 */
export async function brokenRules(page: Page, within = ':root'): Promise<string[]> {
  // What Playwright evaluates, the page's policy does not forbid.
  if (await page.evaluate(() => typeof axe === 'undefined')) await page.evaluate(source);
  return page.evaluate(
    async ([selector, values]) => {
      const { violations } = await axe.run(selector, {
        runOnly: { type: 'tag', values },
        // What is in order need not be put together.
        resultTypes: ['violations'],
      });
      return violations.flatMap(({ id, nodes }) =>
        nodes.map(({ target, failureSummary }) => `${id}: ${target.flat()}: ${failureSummary}`),
      );
    },
    [within, tags] as const,
  );
}
