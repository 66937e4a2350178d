import { describe, expect, test } from 'vitest';
import { readCookie } from '../../../src/server/cookies.ts';
import { ask } from './support.ts';

describe('a cookie', () => {
  test.each([
    ['alone', 'sid=1', '1'],
    ['between others', 'a=b; sid=1; c=d', '1'],
    ['without spaces between', 'a=b;sid=1;c=d', '1'],
    ['behind one whose name ends alike', 'xsid=2; sid=1', '1'],
    ['behind one whose name begins alike', 'sid2=2; sid=1', '1'],
    ['behind one whose value looks like it', 'a=sid=2; sid=1', '1'],
    ['the first of two', 'sid=1; sid=2', '1'],
    ['with equals signs in its value', 'sid=a=b==', 'a=b=='],
    ['as it stands, whatever is in it', 'sid=a%20b%, "c"', 'a%20b%, "c"'],
    ['without a value', 'sid=', ''],
    ['in capitals: it is another', 'SID=1', undefined],
    ['that is only the end of a name', 'xsid=1', undefined],
    ['that is only the beginning of a name', 'sid2=1', undefined],
    ['in no header', '', undefined],
  ])('is read %s', (_, header, value) => {
    expect(readCookie(ask({ Cookie: header }), 'sid')).toBe(value);
  });

  test('is none in a request without cookies', () => {
    expect(readCookie(ask(), 'sid')).toBeUndefined();
  });
});
