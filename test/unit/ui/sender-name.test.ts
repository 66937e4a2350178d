import { expect, it } from 'vitest';
import { loadTexts } from '../../../src/ui/languages/index.ts';
import { english } from '../../../src/ui/messages.ts';
import { senderName } from '../../../src/ui/sender-name.ts';

it.each([
  ['agent', 'Ada', 'Ada'],
  ['agent', '', 'Agent'],
  ['agent', ' \n', 'Agent'],
  ['bot', '', 'Virtual assistant'],
  ['system', '', 'Chat'],
  ['system', 'Queue', 'Queue'],
  ['visitor', 'Customer', 'You'],
] as const)('an %s named %j is called %s', (role, name, shown) => {
  expect(senderName({ role, name }, english)).toBe(shown);
});

it('uses the site’s own words', () => {
  const texts = { ...english, senderNames: { agent: 'Pottery team', bot: 'Clay' } };
  expect(senderName({ role: 'agent', name: '' }, texts)).toBe('Pottery team');
});

it.each(['de', 'fr', 'es', 'ar'])('has words in %s', async (language) => {
  const texts = await loadTexts(language);
  expect(texts?.senderNames).not.toEqual(english.senderNames);
});
