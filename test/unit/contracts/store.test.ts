import { describe } from 'vitest';
import { modelStore } from '../../contracts/models/store.ts';
import { firmIdCases, looseIdCases, storeCases } from '../../contracts/store.ts';
import { holds } from './cases.ts';

describe('the simulation’s store, where ids hold', () => {
  holds([...storeCases, ...firmIdCases], () => modelStore(false));
});

describe('the simulation’s store, where ids do not hold', () => {
  holds([...storeCases, ...looseIdCases], () => modelStore(true));
});
