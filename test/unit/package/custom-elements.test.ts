import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import described from '../../../custom-elements.json' with { type: 'json' };
import manifest from '../../../package.json' with { type: 'json' };
import { PartylineChatElement } from '../../../src/ui/index.ts';

const root = join(import.meta.dirname, '../../..');
const source = readdirSync(join(root, 'src/ui'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => readFileSync(join(root, 'src/ui', name), 'utf8'))
  .join('\n');

const [element] = described.modules.flatMap(({ declarations }) =>
  declarations.flatMap((one) => ('cssParts' in one ? [one] : [])),
);
if (!element) throw new Error('custom-elements.json describes nothing');

function found(pattern: RegExp): readonly string[] {
  return [
    ...new Set([...source.matchAll(pattern)].map(([, ...names]) => names.find(Boolean) ?? '')),
  ].sort();
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

  it('has every attribute', () => {
    const inCode = found(/(?:(?:get|has|set|toggle|remove)Attribute\('|:host\(\[)([a-z-]+)/g);
    for (const { name } of element.attributes) expect(inCode).toContain(name);
    for (const name of PartylineChatElement.observedAttributes) {
      expect(names(element.attributes)).toContain(name);
    }
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
