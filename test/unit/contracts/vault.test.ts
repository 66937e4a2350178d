import { describe } from 'vitest';
import { modelVault } from '../../contracts/models/vault.ts';
import { vaultCases } from '../../contracts/vault.ts';
import { holds } from './cases.ts';

describe('what the simulation’s browser keeps of sessions', () => {
  holds(vaultCases, modelVault);
});
