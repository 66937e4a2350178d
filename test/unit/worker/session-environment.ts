import type { SessionEnvironment } from '../../../src/worker/genesys-cloud/session-credentials.ts';

/** No journey context, and a deployment that lets guests take their conversation along. */
export const noJourney: SessionEnvironment = {
  journeyContext: () => null,
  allowsUpgrade: async () => true,
};
