import { parseArgs } from 'node:util';
import { defaultJobs } from './pool.ts';

export interface Arguments {
  /** One seed with its story. */
  readonly seed: number | null;
  readonly seeds: number | null;
  readonly from: number;
  /** Real ms. */
  readonly duration: number | null;
  readonly jobs: number;
  readonly without: readonly string[];
  readonly keepsGoing: boolean;
  readonly mutants: boolean;
  /** Lines of a story. */
  readonly lines: number;
}

export const usage = `npm run simulate -- [options]

  --seed 7          one schedule; when it breaks a promise it is made smaller, and its story is told
  --lines 400       how much of the story
  --seeds 1000      so many schedules  (300)
  --from 1          the first seed  (1)
  --for 10m         until then: 30s, 10m, 2h
  --jobs 2          threads  (one a core)
  --keep-going      behind the first broken promise as well
  --without a,b     rules that are not asserted
  --mutants         breaks the core on purpose, and says who notices`;

/** @throws {TypeError} for an argument that there is not; {RangeError} for a value of nonsense. */
export function readArguments(args: readonly string[]): Arguments {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seed: { type: 'string' },
      seeds: { type: 'string' },
      from: { type: 'string', default: '1' },
      for: { type: 'string' },
      jobs: { type: 'string', default: String(defaultJobs) },
      lines: { type: 'string', default: '400' },
      without: { type: 'string', default: '' },
      'keep-going': { type: 'boolean', default: false },
      mutants: { type: 'boolean', default: false },
    },
  });
  const duration = values.for === undefined ? null : readDuration(values.for);
  const seeds = values.seeds === undefined ? null : readCount('seeds', values.seeds);
  return {
    seed: values.seed === undefined ? null : readCount('seed', values.seed),
    seeds: seeds ?? (duration === null ? 300 : null),
    from: readCount('from', values.from),
    duration,
    jobs: readCount('jobs', values.jobs),
    lines: readCount('lines', values.lines),
    without: values.without.split(',').filter((rule) => rule !== ''),
    keepsGoing: values['keep-going'],
    mutants: values.mutants,
  };
}

function readCount(name: string, text: string): number {
  const count = Number(text);
  if (Number.isSafeInteger(count) && count > 0) return count;
  throw new RangeError(`--${name} wants a whole number from 1, not ${text}`);
}

const units = { s: 1_000, m: 60_000, h: 3_600_000 } as const;

/** `30s`, `10m`, `2h`, in ms. */
export function readDuration(text: string): number {
  const [, amount = '', unit = ''] = /^(\d+(?:\.\d+)?)([smh])$/.exec(text) ?? [];
  if (unit === 's' || unit === 'm' || unit === 'h') return Number(amount) * units[unit];
  throw new RangeError(`a duration is 30s, 10m or 2h, not ${text}`);
}
