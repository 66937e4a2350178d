import { parseArgs } from 'node:util';
import { mutants } from './mutants.ts';
import { defaultJobs } from './pool.ts';
import { dialects, type Profile, profileOf } from './profile.ts';
import { ruleNames } from './violation.ts';

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
  /** Set otherwise than the seeds draw it. */
  readonly profile: Partial<Profile>;
  readonly mutants: boolean;
  /** Of the mutants; none named, all of them. */
  readonly only: readonly string[];
  /** Lines of a story. */
  readonly lines: number;
  /** A recording of an inspector's. */
  readonly replay: string | null;
}

export const usage = `npm run simulate -- [options]

  --seed 7          one schedule; when it breaks a promise it is made smaller, and its story is told
  --lines 400       how much of the story
  --seeds 1000      so many schedules  (300)
  --from 1          the first seed  (1)
  --for 10m         until then: 30s, 10m, 2h
  --jobs 2          threads  (one a core)
  --keep-going      behind the first broken promise as well
  --dialect name    webchat or genesys-cloud  (webchat)
  --set kills=2     of the profile: rates and probabilities that are not as the seed draws them
  --without a,b     rules that are not asserted
  --mutants         breaks the core on purpose, and says who notices
  --only a,b        of the mutants
  --replay file     what an inspector has recorded, through the same core again`;

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

/** A name that nothing bears would leave nothing out, and nobody would notice. */
function readNames(option: string, what: string, text: string, known: readonly string[]) {
  const names = readList(text);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length === 0) return names;
  throw new RangeError(
    `--${option}: there is no ${what} ${unknown.join(', ')}; there are ${known.join(', ')}`,
  );
}

const drawn = new Map<string, unknown>(Object.entries(profileOf(1, {})));

/** Of the profile, what one number or one word can say. */
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
  // What is as ever is left out, so that a mutant's own profile can name it.
  return dialect === 'webchat' ? {} : { dialect };
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
