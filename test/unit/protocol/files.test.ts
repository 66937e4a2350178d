import { describe, expect, it } from 'vitest';
import { fileError } from '../../../src/protocol/files.ts';

const rules = {
  mimeTypes: ['image/*', 'application/pdf'],
  blockedExtensions: ['.svg'],
  maximumSize: 1_000,
};
const file = { name: 'a.png', type: 'image/png', size: 1 };

describe('what may be sent', () => {
  it.each([
    ['a picture, by its family', {}, null],
    ['a document, by its type', { name: 'a.pdf', type: 'application/pdf' }, null],
    ['a type in capitals', { type: 'IMAGE/PNG' }, null],
    ['the largest', { size: 1_000 }, null],
    ['one byte more', { size: 1_001 }, 'file-size'],
    ['nothing', { size: 0 }, 'file-empty'],
    ['another type', { type: 'video/mp4' }, 'file-type'],
    ['a type that only begins alike', { type: 'application/pdf2' }, 'file-type'],
    ['no type that the browser knows', { type: '' }, 'file-type'],
    ['no extension', { name: 'picture' }, 'file-extension'],
    ['only a dot', { name: 'picture.' }, 'file-extension'],
    ['only an extension', { name: '.png' }, 'file-extension'],
    ['a name that is blocked', { name: 'A.SVG', type: 'image/svg+xml' }, 'file-type'],
  ])('%s', (_, part, fault) => {
    expect(fileError({ ...file, ...part }, rules)).toBe(fault);
  });

  it('is recognised by its extension in any case, on both sides', () => {
    for (const blocked of ['.exe', '.EXE', '.Exe']) {
      for (const name of ['setup.exe', 'SETUP.EXE', 'setup.Exe']) {
        const one = { ...file, name };
        expect(fileError(one, { ...rules, blockedExtensions: [blocked] })).toBe('file-type');
      }
      expect(
        fileError({ ...file, name: 'exe.png' }, { ...rules, blockedExtensions: [blocked] }),
      ).toBe(null);
    }
    expect(fileError(file, { ...rules, mimeTypes: ['IMAGE/*'] })).toBeNull();
  });

  it('is anything where the deployment says so, also what has no type', () => {
    for (const mimeTypes of [['*/*'], ['*']]) {
      expect(fileError({ ...file, type: '' }, { ...rules, mimeTypes })).toBeNull();
    }
    expect(fileError({ ...file, size: 9e9 }, { ...rules, maximumSize: null })).toBeNull();
  });
});
