import { describe, expect, it } from 'vitest';
import { readArguments, readDuration } from '../../simulation/arguments.ts';

describe('the command line of the simulation', () => {
  it('runs 300 schedules from the first one when nothing is said', () => {
    expect(readArguments([])).toMatchObject({
      seed: null,
      seeds: 300,
      from: 1,
      duration: null,
      without: [],
      keepsGoing: false,
      mutants: false,
    });
  });

  it('runs until the time is over when a time is given, however many schedules that makes', () => {
    expect(readArguments(['--for', '10m', '--from', '5000'])).toMatchObject({
      seeds: null,
      from: 5_000,
      duration: 600_000,
    });
  });

  it('stops at whichever comes first when both are given', () => {
    expect(readArguments(['--for', '1h', '--seeds', '7'])).toMatchObject({
      seeds: 7,
      duration: 3_600_000,
    });
  });

  it('takes rules that have a blank in their names', () => {
    const { without } = readArguments(['--without', 'unread,tabs and store']);
    expect(without).toEqual(['unread', 'tabs and store']);
  });

  it('sets rates, probabilities and switches of the profile', () => {
    const { profile } = readArguments(['--set', 'kills=2.5,unsequenced=0.1,sequences=false']);
    expect(profile).toEqual({ kills: 2.5, unsequenced: 0.1, sequences: false });
  });

  it.each([
    ['--set', 'killing=3'],
    ['--set', 'kills=many'],
    ['--set', 'kills'],
    ['--set', 'sequences=1'],
    ['--seeds', '0'],
    ['--seed', '1.5'],
    ['--jobs', 'many'],
    ['--for', '10'],
  ])('refuses %s %s', (...args) => {
    expect(() => readArguments(args)).toThrow(RangeError);
  });

  it.each([
    ['--without', 'unread,untold', 'no rule untold; there are addressed, alive'],
    ['--set', 'killing=3', 'no setting killing; there are minutes'],
    ['--set', 'limits=3', 'no setting limits'],
  ])('names what there is instead of %s %s', (option, value, told) => {
    expect(() => readArguments([option, value])).toThrow(told);
  });

  it('takes mutants by their names, and only with --mutants', () => {
    const { only } = readArguments([
      '--mutants',
      '--only',
      'no-deduplication,duplicate-in-reorder-buffer',
    ]);
    expect(only).toEqual(['no-deduplication', 'duplicate-in-reorder-buffer']);
    const unknown = ['--mutants', '--only', 'forgets-nothing'];
    expect(() => readArguments(unknown)).toThrow('no mutant forgets-nothing; there are forgets-');
    expect(() => readArguments(['--only', 'no-deduplication'])).toThrow(
      '--only goes with --mutants',
    );
  });

  it('refuses what it does not know', () => {
    expect(() => readArguments(['--sead', '3'])).toThrow(TypeError);
  });
});

describe('a duration', () => {
  it.each([
    ['30s', 30_000],
    ['10m', 600_000],
    ['1.5h', 5_400_000],
  ])('%s is %i ms', (text, milliseconds) => {
    expect(readDuration(text)).toBe(milliseconds);
  });

  it.each(['', '5', 'm', '5 m', '-5m', '5d'])('is not %j', (text) => {
    expect(() => readDuration(text)).toThrow(RangeError);
  });
});
