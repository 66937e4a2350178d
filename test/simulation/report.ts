import { defaultLimits } from '../../src/worker/core/settings.ts';
import { type FaultCounts, faultKinds } from './faults.ts';
import { interactionShares } from './interactions.ts';
import type { Broken, Totals } from './pool.ts';
import type { DialectName, Profile } from './profile.ts';

const number = new Intl.NumberFormat('en');

/** A readable report of a campaign. */
export function describeTotals(totals: Totals, took: number, dialect: DialectName): string {
  const { seeds, steps, time, faults } = totals;
  const hours = time / 3_600_000;
  const perSecond = seeds / (took / 1_000);
  return [
    `${number.format(seeds)} schedules, ${number.format(steps)} steps, ${number.format(Math.round(hours))} simulated hours`,
    `in ${duration(took)}: ${number.format(Math.round(perSecond))} schedules/s, ${number.format(Math.round(steps / (took / 1_000)))} steps/s`,
    '',
    describeFaults(faults),
    '',
    describeInteractions(totals, dialect),
  ].join('\n');
}

function describeFaults(faults: FaultCounts): string {
  const sum = faultKinds.reduce((total, kind) => total + (faults[kind] ?? 0), 0);
  const lines = faultKinds.map(
    (kind) => `  ${kind.padEnd(24)} ${number.format(faults[kind] ?? 0).padStart(14)}`,
  );
  return [`${number.format(sum)} faults:`, ...lines].join('\n');
}

/** How often two features should meet, in a hundred schedules. */
const enough = 1;

/** The number of rare pairs in the report. */
const rarest = 40;

/** How many pairs of features have met, and which too rarely. */
function describeInteractions({ met, seeds }: Totals, dialect: DialectName): string {
  const pairs = interactionShares(met, seeds, dialect);
  const rare = pairs.filter(({ share }) => share < enough);
  const [least] = pairs;
  const lines = rare
    .slice(0, rarest)
    .map(({ names, share }) => `  ${names.join(' × ').padEnd(48)} ${share.toFixed(2).padStart(8)}`);
  return [
    `${pairs.length} pairs of features, the rarest of which met ${least?.share.toFixed(2)} times in 100 schedules;`,
    `${rare.length} met fewer times than ${enough}${rare.length > rarest ? ', among them' : ''}`,
    ...lines,
  ].join('\n');
}

/** Each violated rule with its count and seeds. */
export function describeBroken(broken: readonly Broken[]): string {
  if (broken.length === 0) return 'No rule was violated.';
  const rules = new Map<string, Broken[]>();
  for (const one of broken) rules.set(one.rule, [...(rules.get(one.rule) ?? []), one]);
  const lines = [...rules].map(([rule, some]) => {
    const [first] = some;
    const seeds = some.slice(0, 8).map(({ seed }) => seed);
    return `  ${rule}: ${some.length} times, seeds ${seeds.join(', ')}\n    ${first?.message.slice(0, 300)}`;
  });
  return [`${broken.length} schedules violated a rule:`, ...lines].join('\n');
}

/** The relevant entries of a shrunk profile. */
export function describeProfile(profile: Profile): string {
  const { limits, ...rest } = profile;
  const own = Object.entries(limits).filter(([name, value]) => value !== defaults.get(name));
  const sizes = own.map(([name, value]) => `${name} ${value}`).join(', ');
  const parts = Object.entries(rest)
    .filter(([, value]) => value !== 0 && value !== false)
    .map(([name, value]) => `${name} ${JSON.stringify(rounded(value))}`);
  return [...parts, `limits: ${sizes === '' ? 'default' : sizes}`].join(', ');
}

const defaults = new Map<string, number>(Object.entries(defaultLimits));

function rounded(value: Profile[keyof Profile]): unknown {
  return typeof value === 'number' ? Math.round(value * 1_000) / 1_000 : value;
}

export function duration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1_000);
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor((seconds % 3_600) / 60)];
  const parts = [hours > 0 ? `${hours} h` : '', minutes > 0 ? `${minutes} min` : ''];
  return [...parts, `${seconds % 60} s`].filter((part) => part !== '').join(' ');
}
