import { describe, expect, it } from 'vitest';
import type { GatewayCommand } from '../../../src/protocol/gateway/commands.ts';
import type { GatewayExtension } from '../../../src/protocol/gateway/extension.ts';
import {
  type GenesysCloudOptions,
  genesysCloud,
} from '../../../src/protocol/genesys-cloud/index.ts';
import { type GenesysWebchatOptions, genesysWebchat } from '../../../src/protocol/webchat/index.ts';
import { genesysCloud as genesysCloudHub } from '../../../src/worker/genesys-cloud/extension.ts';
import { sessionEvent } from '../session-event.ts';

// What a site gives to a dialect is in the addresses that it has, or in the frames that it writes.

const conversationId = 'c-1';

const commands: readonly GatewayCommand[] = [
  { type: 'authenticate' },
  { type: 'authenticate', startsNew: true },
  { type: 'open-conversation', routing: { skillGroups: ['Billing'] } },
  { type: 'send-message', conversationId, messageId: 'm-1', text: 'hello' },
];

it.each<[Exclude<keyof GenesysWebchatOptions, 'allowInsecure'>, string]>([
  ['socketUrl', 'wss://other.example/socket'],
  ['apiUrl', 'https://other.example'],
])('genesysWebchat: %s is where it goes', (name, url) => {
  const usual = { socketUrl: 'wss://gateway.example/socket', apiUrl: 'https://api.example' };
  const { socketUrl, request } = genesysWebchat({ ...usual, [name]: url });
  const asked = request({ type: 'conversation', conversationId }, 'token');
  const used = { socketUrl, apiUrl: JSON.stringify(asked) };
  expect(used[name]).toContain(url);
});

it('genesysWebchat: allowInsecure permits ws: and http: everywhere', () => {
  const socketUrl = 'ws://gateway.example/socket';
  const apiUrl = 'http://api.example';
  expect(genesysWebchat({ socketUrl, apiUrl, allowInsecure: true })).toMatchObject({ socketUrl });
  expect(() => genesysWebchat({ socketUrl, apiUrl })).toThrow('socketUrl: must be wss:');
});

describe('genesysCloud', () => {
  /** All that the adapter tells anybody. */
  function toldBy(options: Partial<GenesysCloudOptions>): string {
    const adapter = genesysCloud({
      deploymentId: 'deployment-1',
      ...('domain' in options ? {} : { region: 'eu-west-1' }),
      ...options,
    });
    const { socketUrl, configurationUrl, sessions } = adapter;
    const frames = commands.flatMap((command) => adapter.encode(command, 'token'));
    return [socketUrl, configurationUrl, JSON.stringify(sessions), ...frames].join('\n');
  }

  /** The option, and what the error must mention. */
  const cases = {
    deploymentId: [{ deploymentId: 'deployment-7' }, ['deployment-7']],
    region: [{ region: 'ap-southeast-2' }, ['mypurecloud.com.au']],
    domain: [{ domain: 'mypurecloud.jp' }, ['mypurecloud.jp']],
    endpoint: [
      { endpoint: 'https://proxy.example' },
      ['wss://proxy.example', 'https://proxy.example'],
    ],
    application: [{ application: 'another-app' }, ['another-app']],
    customAttributes: [{ customAttributes: { tier: 'gold-7' } }, ['gold-7']],
    journeyContext: [
      { journeyContext: { triggeringAction: { id: 'action-7', actionMap: { id: 'm' } } } },
      ['action-7'],
    ],
    visitorUrl: [{ visitorUrl: '/other/visitor' }, ['/other/visitor']],
    codeUrl: [{ codeUrl: '/other/code' }, ['/other/code']],
  } satisfies Record<
    // Heeded by the hub: below.
    Exclude<
      keyof Required<GenesysCloudOptions>,
      'autostart' | 'uploads' | 'returningVisitors' | 'stepUp'
    >,
    readonly [Partial<GenesysCloudOptions>, readonly string[]]
  >;

  it.each(Object.entries(cases))('%s', (_, [options, told]) => {
    for (const part of told) {
      expect(toldBy(options)).toContain(part);
      expect(toldBy({})).not.toContain(part);
    }
  });

  /** What stands beside the core of a hub, whose platform tells no settings. */
  function createExtension(options: Partial<GenesysCloudOptions>): GatewayExtension {
    const gateway = genesysCloudHub({
      deploymentId: 'deployment-1',
      region: 'eu-west-1',
      ...options,
    });
    const hub = {
      epoch: 'boot',
      send: () => true,
      call: () => Promise.reject(new Error('not called')),
      logError: () => {},
    };
    const extension = gateway.createExtension?.(hub, '');
    if (!extension) throw new Error('the dialect has an extension');
    return extension;
  }

  it.each([true, false])('returningVisitors: %s', (returningVisitors) => {
    const { sessions, traits } = genesysCloud({
      deploymentId: 'd',
      region: 'eu-west-1',
      returningVisitors,
    });
    expect(sessions.isReturning).toBe(returningVisitors);
    expect(traits.reusesToken).toBe(returningVisitors);
  });

  it('stepUp: only beside codeUrl', () => {
    const given = { deploymentId: 'd', region: 'eu-west-1' };
    const { sessions, traits } = genesysCloud({ ...given, codeUrl: '/code', stepUp: true });
    expect(sessions.allowsGuests).toBe(true);
    expect(traits.allowsStepUp).toBe(true);
    expect(genesysCloud({ ...given, codeUrl: '/code' }).sessions.allowsGuests).toBe(false);
    expect(() => genesysCloud({ ...given, stepUp: true })).toThrow('stepUp');
  });

  it.each([true, false])('autostart: %s', (autostart) => {
    const { shouldSend } = createExtension({ autostart });
    expect(shouldSend({ type: 'join', routing: { skillGroups: ['Billing'] } })).toBe(autostart);
  });

  it.each<[string, GenesysCloudOptions['uploads'], unknown]>([
    ['none', false, null],
    ['no larger ones', { maximumSize: 777 }, expect.objectContaining({ maximumSize: 777 })],
    [
      'no others',
      { mimeTypes: ['text/x-seven'] },
      expect.objectContaining({ mimeTypes: ['text/x-seven'] }),
    ],
  ])('uploads: %s', async (_, uploads, rules) => {
    const extension = createExtension(uploads === undefined ? {} : { uploads });
    const mimeTypes = ['image/png', 'text/x-seven'];
    extension.onEvent(
      sessionEvent({ uploads: { mimeTypes, blockedExtensions: [], maximumSize: 9_999 } }),
    );
    const answer = await extension.answer('tab', { type: 'file', step: 'rules' });
    expect(answer).toEqual({ ok: true, epoch: 'boot', value: rules });
  });
});
