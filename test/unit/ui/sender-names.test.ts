import { describe, expect, it, test } from 'vitest';
import { loadTexts } from '../../../src/ui/languages/index.ts';
import { english } from '../../../src/ui/messages.ts';
import { senderName } from '../../../src/ui/sender-name.ts';
import { SenderNames } from '../../../src/ui/sender-names.ts';

describe('the name of a sender', () => {
  it.each([
    [{ name: 'Ada', role: 'agent' }, 'Ada'],
    [{ name: '', role: 'agent' }, 'Agent'],
    [{ name: ' ', role: 'agent' }, 'Agent'],
    [{ name: '', role: 'bot' }, 'Virtual assistant'],
    [{ name: '' }, 'Agent'],
    [{ name: '', role: 'system' }, 'Chat'],
    [{ name: 'Anything', role: 'visitor' }, 'You'],
  ] as const)('of %j is %j', (from, name) => {
    expect(senderName(from, english)).toBe(name);
  });

  it.each(['de', 'es', 'fr', 'ar'])('is never empty in %s', async (language) => {
    const texts = await loadTexts(language);
    if (!texts) throw new Error('There are no texts.');
    for (const role of ['agent', 'bot'] as const) {
      expect(senderName({ name: '', role }, texts)).not.toBe('');
    }
  });
});

test('the site’s names replace those of the texts, and the texts stay one object', () => {
  const names = new SenderNames();
  const own = names.apply(english, 'Lamp Team', ' ');
  expect(own).toMatchObject({
    senderNames: { agent: 'Lamp Team', bot: 'Virtual assistant' },
    heading: english.heading,
  });
  expect(names.apply(english, 'Lamp Team', ' ')).toBe(own);
  expect(names.apply(english, 'Lamp Team', 'Lampy')).toMatchObject({
    senderNames: { bot: 'Lampy' },
  });
  expect(names.apply(english, null, null)).toEqual(english);
});
