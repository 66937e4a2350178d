import { describe, expect, it } from 'vitest';
import { toDeployment } from '../../../src/protocol/genesys-cloud/deployment.ts';

describe('the settings of a deployment', () => {
  it('say what visitors may do', () => {
    const reported = toDeployment({
      id: 'd',
      version: '7',
      status: 'Active',
      languages: ['en-us', 'de', 7],
      defaultLanguage: 'de',
      auth: { enabled: true, allowSessionUpgrade: 'True' },
      messenger: {
        enabled: true,
        fileUpload: { modes: [{ fileTypes: ['image/png'], maxFileSizeKB: 10 }] },
        apps: {
          conversations: {
            showAgentTypingIndicator: false,
            showUserTypingIndicator: true,
            autoStart: { enabled: true },
            conversationClear: { enabled: true },
            conversationDisconnect: { enabled: true, type: 'ReadOnly' },
            markdown: { enabled: true },
          },
        },
      },
    });
    expect(reported).toEqual({
      languages: ['en-us', 'de'],
      defaultLanguage: 'de',
      sendsTyping: true,
      showsTyping: false,
      autoStart: true,
      canClear: true,
      usesMarkdown: true,
      allowsUpgrade: true,
      isActive: true,
      isMessengerEnabled: true,
      disconnect: 'read-only',
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
      sendsTyping: true,
      showsTyping: true,
      autoStart: false,
      canClear: false,
      usesMarkdown: false,
      allowsUpgrade: false,
      isActive: true,
      isMessengerEnabled: true,
      disconnect: 'none',
      uploads: null,
    });
  });

  it.each([
    ['Active', true],
    ['ACTIVE', true],
    ['Inactive', false],
    ['Deleting', false],
    [7, false],
    [null, true],
  ])('say by the status %j whether it is active: %s', (status, isActive) => {
    expect(toDeployment({ status })).toMatchObject({ isActive });
  });

  it.each([
    [{ enabled: true, type: 'Send' }, 'send'],
    [{ enabled: 'true', type: null }, 'send'],
    [{ enabled: false, type: 'ReadOnly' }, 'none'],
    ['yes', 'none'],
  ])('say with %j what a visitor learns of an end: %s', (conversationDisconnect, disconnect) => {
    const conversations = { conversationDisconnect };
    const messenger = { enabled: 'False', apps: { conversations } };
    expect(toDeployment({ messenger })).toMatchObject({ disconnect, isMessengerEnabled: false });
  });

  it.each([
    [true, null],
    [false, { mimeTypes: [], blockedExtensions: [], maximumSize: null }],
  ])('leave files to the session where attachments are %s', (enableAttachments, uploads) => {
    expect(toDeployment({ messenger: { fileUpload: { enableAttachments } } })).toMatchObject({
      uploads,
    });
  });

  it.each<[object, object]>([
    [{ showUserTypingIndicator: false }, { sendsTyping: false, showsTyping: true }],
    [{ showUserTypingIndicator: 'False' }, { sendsTyping: false, showsTyping: true }],
    [{ showAgentTypingIndicator: false }, { sendsTyping: true, showsTyping: false }],
    [{ showUserTypingIndicator: 'no' }, { sendsTyping: true, showsTyping: true }],
    [{ autoStart: { enabled: 'TRUE' } }, { autoStart: true, canClear: false }],
    [{ autoStart: { enabled: false } }, { autoStart: false, canClear: false }],
    [{ autoStart: { enabled: 1 } }, { autoStart: false, canClear: false }],
    [{ markdown: { enabled: true } }, { usesMarkdown: true }],
    [{ markdown: { enabled: 'True' } }, { usesMarkdown: true }],
    [{ markdown: { enabled: false } }, { usesMarkdown: false }],
    [{ markdown: true }, { usesMarkdown: false }],
    [{ conversationClear: { enabled: true } }, { autoStart: false, canClear: true }],
  ])('say %o of a conversation: %o', (conversations, reported) => {
    expect(toDeployment({ messenger: { apps: { conversations } } })).toMatchObject(reported);
  });

  const png = { fileTypes: ['image/png', 7], maxFileSizeKB: 10 };
  const pdf = { fileTypes: ['application/pdf'], maxFileSizeKB: '20' };
  it.each<[object, object | null]>([
    [{ modes: [png, pdf] }, { mimeTypes: ['image/png', 'application/pdf'], maximumSize: 20_480 }],
    [{ modes: [pdf, png] }, { mimeTypes: ['application/pdf', 'image/png'], maximumSize: 20_480 }],
    [{ modes: [{ fileTypes: ['a/b'] }] }, { mimeTypes: ['a/b'], maximumSize: null }],
    [{ modes: [] }, { mimeTypes: [], maximumSize: null }],
    [{}, { mimeTypes: [], maximumSize: null }],
    [{ enableAttachments: 'true', modes: [png] }, null],
    [
      { enableAttachments: false, modes: [png] },
      { mimeTypes: [], maximumSize: 10_240 },
    ],
    [
      { enableAttachments: 'FALSE', modes: [png] },
      { mimeTypes: [], maximumSize: 10_240 },
    ],
  ])('say %o of files: %o', (fileUpload, uploads) => {
    expect(toDeployment({ messenger: { fileUpload } })?.uploads).toEqual(
      uploads === null ? null : { blockedExtensions: [], ...uploads },
    );
  });

  it.each([[null], ['no'], [7], [[]]])('are none if they are no object (%j)', (json) => {
    expect(toDeployment(json)).toBeNull();
  });
});
