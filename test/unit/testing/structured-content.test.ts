import { expect, test } from 'vitest';
import {
  contentTexts,
  structuredReply,
} from '../../../src/testing/genesys-cloud/structured-content.ts';
import { gatewayForTest } from './support.ts';

test('an agent reads a form with the titles of its fields, and what was offered', async () => {
  const { content = [] } = structuredReply('Please call me back') ?? {};
  expect(contentTexts(content, () => undefined)).toEqual([
    { title: 'Form', text: 'How can we reach you?' },
  ]);
  const value = (id: string, text: string) => ({
    id,
    component: { contentType: 'ButtonResponse', buttonResponse: { type: 'Form', text } },
  });
  const response = [value('name', 'Ada'), value('topics', 'Care'), value('odd', 'x')];
  const answer = [{ contentType: 'Form', form: { originatingMessageId: 'offer', response } }];
  expect(contentTexts(answer, (id) => (id === 'offer' ? content : undefined))).toEqual([
    { title: 'Your name', text: 'Ada' },
    { title: 'What is it about?', text: 'Care' },
    { title: 'odd', text: 'x' },
  ]);
  expect(contentTexts([null, 'nonsense', { form: 3 }], () => undefined)).toEqual([]);
});

test('a dialect with texts alone offers nothing', async () => {
  const gateway = await gatewayForTest();
  await expect(gateway.agent.offer('c', 'Choose', [])).rejects.toThrow(TypeError);
});

test('the bot’s own words and its answers do not call for the same offer again', () => {
  for (const text of ['My details for the call', 'Celadon, Ash', 'Hello']) {
    expect(structuredReply(text)).toBeNull();
  }
  expect(structuredReply('Send me glaze samples')?.text).toBe('Which may we send you?');
});
