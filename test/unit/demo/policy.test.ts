import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { contentSecurityPolicy } from '../../../demo/server/security-headers.ts';

const security = readFileSync(join(import.meta.dirname, '../../../docs/security.md'), 'utf8');

it('the demo runs under the very policy that docs/security.md lists', () => {
  const [, listed = ''] = /Content-Security-Policy: ([^`]+)```/.exec(security) ?? [];
  const policy = contentSecurityPolicy({
    socketUrl: 'wss://gateway.example/webchat',
    apiUrl: 'https://api.example',
    agentUrl: null,
    deployment: null,
  });
  expect(listed.trim().split(/\s*;\s*/)).toEqual(policy.split('; '));
});

it('lets the worker read a deployment’s settings where they are', () => {
  const policy = contentSecurityPolicy({
    socketUrl: 'wss://webmessaging.example/v1',
    apiUrl: 'https://api.example',
    agentUrl: null,
    configurationUrl: 'https://api-cdn.example/webdeployments/v1/deployments/d/config.json',
    deployment: null,
  });
  expect(policy).toContain(' https://api-cdn.example;');
});

it('lets files go where the deployment keeps them', () => {
  const policy = contentSecurityPolicy({
    socketUrl: 'wss://gateway.example/v1',
    apiUrl: 'https://api.example',
    agentUrl: null,
    uploadOrigins: ['https://uploads.example'],
    deployment: null,
  });
  expect(policy).toContain(' https://uploads.example;');
});
