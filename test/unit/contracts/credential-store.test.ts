import { describe } from 'vitest';
import { credentialStoreCases } from '../../contracts/credential-store.ts';
import { modelCredentialStore } from '../../contracts/models/credential-store.ts';
import { holds } from './cases.ts';

describe('what the simulation’s browser keeps of sessions', () => {
  holds(credentialStoreCases, modelCredentialStore);
});
