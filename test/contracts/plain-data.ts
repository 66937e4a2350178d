import type { Case, Check } from './contract.ts';

/** Runs cases without a test runner, one by one, and reports failures as text. */

export interface Failure {
  readonly name: string;
  readonly reason: string;
}

export interface Report {
  readonly names: readonly string[];
  readonly failures: readonly Failure[];
}

export async function runAll<Bench>(
  cases: readonly Case<Bench>[],
  withBench: (work: (bench: Bench) => Promise<void>) => Promise<void>,
): Promise<Report> {
  const failures: Failure[] = [];
  for (const { name, run } of cases) {
    const counting = new CountingCheck();
    try {
      await withBench((bench) => inTime(run(bench, counting)));
      if (counting.count === 0) throw new Error('it checks nothing');
    } catch (error) {
      failures.push({ name, reason: error instanceof Error ? error.message : String(error) });
    }
  }
  return { names: cases.map(({ name }) => name), failures };
}

/** Far more than a case takes on a busy machine, in ms. */
const deadline = 20_000;

/** A hanging case is reported by name, and the next ones still run. */
async function inTime(work: Promise<void>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const overdue = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('it comes to no end')), deadline);
  });
  try {
    await Promise.race([work, overdue]);
  } finally {
    clearTimeout(timer);
  }
}

class CountingCheck implements Check {
  count = 0;

  equal(actual: unknown, expected: unknown, what = 'it'): void {
    this.count += 1;
    if (isEqual(actual, expected)) return;
    throw new Error(`${what} is ${told(actual)} instead of ${told(expected)}`);
  }
}

export function isEqual(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) {
    return Object.is(a, b);
  }
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && isEqual(own(a, key), own(b, key)))
  );
}

function own(value: object, key: string): unknown {
  return Object.getOwnPropertyDescriptor(value, key)?.value;
}

function told(value: unknown): string {
  const text = JSON.stringify(value) ?? 'undefined';
  return text.length > 2_000 ? `${text.slice(0, 2_000)}…` : text;
}
