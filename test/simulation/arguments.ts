import { parseArgs } from 'node:util';
import { mutants } from './mutants.ts';
import { defaultJobs } from './pool.ts';
import { dialects, type Profile, profileOf } from './profile.ts';
import { ruleNames } from './violation.ts';

export interface Arguments {
  /** One seed, with its step log. */
  readonly seed: number | null;
  readonly seeds: number | null;
  readonly from: number;
  /** Real ms. */
  readonly duration: number | null;
  readonly jobs: number;
  readonly without: readonly string[];
  readonly keepsGoing: boolean;
  /** Overrides what the seed draws. */
  readonly profile: Partial<Profile>;
  readonly mutants: boolean;
  /** Names of mutants; empty for all. */
  readonly only: readonly string[];
  /** Lines of the step log. */
  readonly lines: number;
  /** An inspector's recording. */
  readonly replay: string | null;
}

export const usage = `npm run simulate -- [options]

  --seed 7          one schedule; if it violates a rule, it is shrunk and its steps are printed
  --lines 400       lines of the step log
  --seeds 1000      number of schedules  (300)
  --from 1          the first seed  (1)
  --for 10m         run for that long: 30s, 10m, 2h
  --jobs 2          threads  (one per core)
  --keep-going      goes on after a violation
  --dialect name    webchat or genesys-cloud  (webchat)
  --set kills=2     overrides entries of the profile that the seed draws
  --without a,b     rules that are not checked
  --mutants         runs deliberate faults, and reports which rule catches each
  --only a,b        only these mutants
  --replay file     replays a recording of the inspector`;

/** @throws {TypeError} for an unknown argument; {RangeError} for an invalid value. */
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
      set: { type: 'string', default: '' },
      dialect: { type: 'string', default: 'webchat' },
      'keep-going': { type: 'boolean', default: false },
      mutants: { type: 'boolean', default: false },
      only: { type: 'string', default: '' },
      replay: { type: 'string' },
    },
  });
  const duration = values.for === undefined ? null : readDuration(values.for);
  const seeds = values.seeds === undefined ? null : readCount('seeds', values.seeds);
  if (values.only !== '' && !values.mutants) throw new RangeError('--only goes with --mutants');
  return {
    seed: values.seed === undefined ? null : readCount('seed', values.seed),
    seeds: seeds ?? (duration === null ? 300 : null),
    from: readCount('from', values.from),
    duration,
    jobs: readCount('jobs', values.jobs),
    lines: readCount('lines', values.lines),
    without: readNames('without', 'rule', values.without, ruleNames),
    only: readNames('only', 'mutant', values.only, mutantNames),
    profile: { ...readProfile(values.set), ...readDialect(values.dialect) },
    keepsGoing: values['keep-going'],
    mutants: values.mutants,
    replay: values.replay ?? null,
  };
}

function readList(text: string): readonly string[] {
  return text.split(',').filter((name) => name !== '');
}

const mutantNames = mutants.map(({ name }) => name);

/** An unknown name would silently leave nothing out. */
function readNames(option: string, what: string, text: string, known: readonly string[]) {
  const names = readList(text);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length === 0) return names;
  throw new RangeError(
    `--${option}: unknown ${what} ${unknown.join(', ')}; known: ${known.join(', ')}`,
  );
}

const drawn = new Map<string, unknown>(Object.entries(profileOf(1, {})));

/** The profile's entries that are one number, word or boolean. */
const settable = [...drawn.keys()].filter((name) =>
  ['boolean', 'number'].includes(typeof drawn.get(name)),
);

function readProfile(text: string): Partial<Profile> {
  const entries = readList(text).map((setting): [string, number | boolean] => {
    const [name = '', value = ''] = setting.split('=');
    readNames('set', 'setting', name, settable);
    const kind = typeof drawn.get(name);
    if (kind === 'boolean' && (value === 'true' || value === 'false'))
      return [name, value === 'true'];
    if (kind === 'number' && value !== '' && Number(value) >= 0) return [name, Number(value)];
    throw new RangeError(`--set: ${name} is a ${kind}, not ${value === '' ? 'nothing' : value}`);
  });
  return Object.fromEntries(entries);
}

function readDialect(name: string): Partial<Profile> {
  const dialect = dialects.find((one) => one === name);
  if (dialect === undefined) throw new RangeError(`--dialect is ${dialects.join(' or ')}`);
  // Defaults are left out, so that a mutant's own profile can set them.
  return dialect === 'webchat' ? {} : { dialect };
}

function readCount(name: string, text: string): number {
  const count = Number(text);
  if (Number.isSafeInteger(count) && count > 0) return count;
  throw new RangeError(`--${name} must be a whole number from 1, not ${text}`);
}

const units = { s: 1_000, m: 60_000, h: 3_600_000 } as const;

/** `30s`, `10m`, `2h`, in ms. */
export function readDuration(text: string): number {
  const [, amount = '', unit = ''] = /^(\d+(?:\.\d+)?)([smh])$/.exec(text) ?? [];
  if (unit === 's' || unit === 'm' || unit === 'h') return Number(amount) * units[unit];
  throw new RangeError(`a duration is 30s, 10m or 2h, not ${text}`);
}
