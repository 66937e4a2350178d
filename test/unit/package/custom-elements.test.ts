import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import described from '../../../custom-elements.json' with { type: 'json' };
import manifest from '../../../package.json' with { type: 'json' };
import { PartylineChatElement } from '../../../src/ui/index.ts';
import { elementAttributes } from '../../support/element.ts';

const root = join(import.meta.dirname, '../../..');
const sources = readdirSync(join(root, 'src/ui'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => ({ name, text: readFileSync(join(root, 'src/ui', name), 'utf8') }));

const [element] = described.modules.flatMap(({ declarations }) =>
  declarations.flatMap((one) => ('cssParts' in one ? [one] : [])),
);
if (!element) throw new Error('custom-elements.json describes nothing');

function found(pattern: RegExp, where: (name: string) => boolean = () => true): readonly string[] {
  const matches = sources
    .filter(({ name }) => where(name))
    .flatMap(({ text }) => [...text.matchAll(pattern)]);
  return [...new Set(matches.map(([, ...groups]) => groups.find(Boolean) ?? ''))].sort();
}

function names(list: readonly { readonly name: string }[]): readonly string[] {
  return list.map(({ name }) => name).sort();
}

describe('custom-elements.json', () => {
  it('is named in package.json, and shipped', () => {
    expect(manifest.customElements).toBe('custom-elements.json');
    expect(manifest.files).toContain('custom-elements.json');
  });

  it('has every property of the element', () => {
    const properties = Object.entries(
      Object.getOwnPropertyDescriptors(PartylineChatElement.prototype),
    ).filter(([, { set }]) => set);
    expect(names(element.members)).toEqual(properties.map(([name]) => name).sort());
  });

  it('has the attributes that the element heeds, and no others', () => {
    const heeded = found(
      /(?:\bthis|\belement|#element)\.(?:get|has|set|toggle|remove)Attribute\('([a-z-]+)|:host\(\[([a-z-]+)/g,
      (name) => ['element.ts', 'panel-host.ts'].includes(name) || name.includes('styles'),
    );
    expect(names(element.attributes)).toEqual(heeded);
    expect(names(element.attributes)).toEqual(elementAttributes);
    expect(heeded).toEqual(expect.arrayContaining(PartylineChatElement.observedAttributes));
  });

  it('says the same of an attribute and of its property', () => {
    const fields = element.members.filter((one) => 'attribute' in one);
    const ofField = ({ name, type, ...rest }: (typeof fields)[number]) => [
      name,
      type,
      rest.default,
    ];
    const ofAttributes = element.attributes
      .filter((one) => 'fieldName' in one)
      .map((one) => [one.fieldName, one.type, one.default]);
    expect(ofAttributes).toEqual(fields.map(ofField));
    for (const { name, attribute } of fields) expect(attribute).toBe(name);
  });

  it('has every slot', () => {
    expect(names(element.slots)).toEqual(found(/<slot name="([a-z]+)"|icons\.name = '([a-z]+)'/g));
  });

  it('has every event, custom property and part', () => {
    expect(names(element.events)).toEqual(['toggle', 'update']);
    expect(names(element.cssProperties)).toEqual(found(/var\((--partyline-[a-z-]+)/g));
    expect(names(element.cssParts)).toEqual(found(/part(?:="|\.add\(')([a-z-]+)/g));
  });
});
