import { describe, expect, it } from 'vitest';
import { readArguments, readDuration } from '../../simulation/arguments.ts';

describe('readArguments', () => {
  it('runs 300 schedules from the first one by default', () => {
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

  it('runs until the time is over, without a limit of schedules, when a time is given', () => {
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

  it('accepts rule names with spaces', () => {
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
  ])('rejects %s %s', (...args) => {
    expect(() => readArguments(args)).toThrow(RangeError);
  });

  it.each([
    ['--without', 'unread,untold', 'unknown rule untold; known: REST rate, answers'],
    ['--set', 'killing=3', 'unknown setting killing; known: minutes'],
    ['--set', 'limits=3', 'unknown setting limits'],
  ])('rejects %s %s and lists the known names', (option, value, message) => {
    expect(() => readArguments([option, value])).toThrow(message);
  });

  it('accepts names of mutants, only with --mutants', () => {
    const { only } = readArguments([
      '--mutants',
      '--only',
      'no-deduplication,duplicate-in-reorder-buffer',
    ]);
    expect(only).toEqual(['no-deduplication', 'duplicate-in-reorder-buffer']);
    const unknown = ['--mutants', '--only', 'breaks-nothing'];
    expect(() => readArguments(unknown)).toThrow(
      'unknown mutant breaks-nothing; known: no-deduplication',
    );
    expect(() => readArguments(['--only', 'no-deduplication'])).toThrow(
      '--only goes with --mutants',
    );
  });

  it('rejects unknown options', () => {
    expect(() => readArguments(['--sead', '3'])).toThrow(TypeError);
  });
});

describe('readDuration', () => {
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
