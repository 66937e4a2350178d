import { startGateway } from 'partyline/testing';
import type { GatewayAddresses } from './app.ts';
import type { GatewaySettings } from './settings.ts';

export interface RunningGateway extends GatewayAddresses {
  close(): Promise<void>;
}

/** Starts the emulator, or stands for a gateway that runs somewhere else. */
export async function openGateway(settings: GatewaySettings): Promise<RunningGateway> {
  if (settings.kind === 'external') {
    return { ...settings, agentUrl: null, close: async () => {} };
  }
  return startGateway({ port: settings.port, bot: {}, storage: storageOf(settings) });
}

function storageOf(settings: Extract<GatewaySettings, { kind: 'emulator' }>) {
  if (settings.databaseUrl !== null) return { databaseUrl: settings.databaseUrl };
  if (settings.dataFolder !== null) return { directory: settings.dataFolder };
  return 'memory';
}
