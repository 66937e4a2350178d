import type { Gateway } from 'partyline/testing';
import type { GatewayAddresses } from './app.ts';
import type { Deployment } from './security-headers.ts';
import type { GatewaySettings } from './settings.ts';

export interface RunningGateway extends GatewayAddresses {
  close(): Promise<void>;
}

const visitorUrl = '/chat/visitor';

/** Starts the emulator, or returns the addresses of an external gateway. */
export async function openGateway(settings: GatewaySettings): Promise<RunningGateway> {
  switch (settings.kind) {
    case 'external': {
      const { kind: _, socketUrl, apiUrl, ...oauth } = settings;
      // The hub would refuse the addresses in the visitor's browser.
      const { genesysWebchat } = await import('partyline/worker');
      genesysWebchat({ socketUrl, apiUrl });
      const close = async () => {};
      return { socketUrl, apiUrl, oauth, agentUrl: null, deployment: null, close };
    }
    case 'deployment': {
      const { kind: _, uploadOrigin, ...named } = settings;
      const reach = {
        ...(await reachOf({
          ...named,
          visitorUrl,
          ...(uploadOrigin ? { uploads: { origins: [uploadOrigin] } } : {}),
        })),
      };
      return { ...reach, agentUrl: null, close: async () => {} };
    }
    case 'emulator': {
      const { dialect, port } = settings;
      // Loaded only if needed.
      const { startGateway } = await import('partyline/testing');
      return addressesOf(
        await startGateway({ dialect, port, bot: {}, storage: storageOf(settings) }),
      );
    }
  }
}

async function addressesOf(gateway: Gateway): Promise<RunningGateway> {
  const { dialect, deploymentId, apiUrl, socketUrl, agentUrl, close } = gateway;
  if (dialect === 'genesys-cloud') {
    const reach = await reachOf({ deploymentId, endpoint: apiUrl, visitorUrl });
    return { ...reach, agentUrl, close };
  }
  const { oauthUrl, clientId, clientSecret } = gateway;
  const oauth = { oauthUrl, clientId, clientSecret };
  return { socketUrl, apiUrl, agentUrl, oauth, deployment: null, close };
}

/** The origins that the CSP must allow are those that the adapter uses. */
async function reachOf(
  deployment: Deployment,
): Promise<Omit<RunningGateway, 'agentUrl' | 'close'>> {
  const { genesysCloud } = await import('partyline/worker');
  const adapter = genesysCloud(deployment);
  const history = { type: 'history-since', conversationId: '', since: 0, cursor: null } as const;
  const apiUrl = new URL(adapter.request(history, '').url).origin;
  const { socketUrl, configurationUrl, uploadOrigins } = adapter;
  return { socketUrl, apiUrl, configurationUrl, uploadOrigins, oauth: null, deployment };
}

function storageOf(settings: Extract<GatewaySettings, { kind: 'emulator' }>) {
  if (settings.databaseUrl !== null) return { databaseUrl: settings.databaseUrl };
  if (settings.dataFolder !== null) return { directory: settings.dataFolder };
  return 'memory';
}
