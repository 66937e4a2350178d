import { describe, expect, it } from 'vitest';
import { toDeployment } from '../../../src/protocol/genesys-cloud/deployment.ts';

describe('the settings of a deployment', () => {
  it('say what visitors may do', () => {
    const told = toDeployment({
      id: 'd',
      version: '7',
      status: 'Active',
      languages: ['en-us', 'de', 7],
      defaultLanguage: 'de',
      messenger: {
        enabled: true,
        fileUpload: { modes: [{ fileTypes: ['image/png'], maxFileSizeKB: 10 }] },
        apps: {
          conversations: {
            showAgentTypingIndicator: false,
            showUserTypingIndicator: true,
            autoStart: { enabled: true },
            conversationClear: { enabled: true },
          },
        },
      },
    });
    expect(told).toEqual({
      languages: ['en-us', 'de'],
      defaultLanguage: 'de',
      tellsTyping: true,
      showsTyping: false,
      startsByItself: true,
      canClear: true,
      uploads: { mimeTypes: ['image/png'], blockedExtensions: [], maximumSize: 10_240 },
    });
  });

  it.each([
    [{}],
    [{ messenger: null, languages: null }],
    [{ messenger: { apps: { conversations: { autoStart: null, conversationClear: 'yes' } } } }],
  ])('leave everything as it is where they say nothing (%j)', (json) => {
    expect(toDeployment(json)).toMatchObject({
      languages: [],
      tellsTyping: true,
      showsTyping: true,
      startsByItself: false,
      canClear: false,
      uploads: null,
    });
  });

  it.each([
    [true, null],
    [false, { mimeTypes: [], blockedExtensions: [], maximumSize: null }],
  ])('leave files to the session where attachments are %s', (enableAttachments, uploads) => {
    expect(toDeployment({ messenger: { fileUpload: { enableAttachments } } })).toMatchObject({
      uploads,
    });
  });

  it.each([[null], ['no'], [7], [[]]])('are none if they are no object (%j)', (json) => {
    expect(toDeployment(json)).toBeNull();
  });
});
