import type { Measures } from './measures.ts';
import { loneWait, type Policy } from './policies.ts';

export interface Row {
  readonly policy: Policy;
  readonly measures: Measures;
}

const head = [
  'policy',
  'wait, s',
  'peak tries/s',
  'peak once up',
  'tries a hub',
  '50 % back, s',
  '99 %',
  'all',
  'lone hub waits, s',
];

/** A Markdown table, one row a policy. */
export function table(rows: readonly Row[], emphasised: Policy): string {
  const align = head.map((_, column) => (column < 2 ? '---' : '--:'));
  return [head, align, ...rows.map((row) => cells(row, row.policy === emphasised))]
    .map((line) => `| ${line.join(' | ')} |`)
    .join('\n');
}

function cells({ policy, measures }: Row, strong: boolean): string[] {
  const texts = [
    policy.name,
    policy.formula,
    thousands(measures.peak),
    thousands(measures.peakOnceUp),
    measures.triesPerHub.toFixed(1),
    measures.half.toFixed(0),
    measures.most.toFixed(0),
    measures.all.toFixed(0),
    (loneWait(policy) / 1_000).toFixed(1),
  ];
  return strong ? texts.map((text) => `**${text}**`) : texts;
}

export function thousands(count: number): string {
  return count.toLocaleString('en-US');
}
