import { describe, expect, it } from 'vitest';
import { PartylineError } from '../../../src/protocol/errors.ts';
import { genesysCloud } from '../../../src/protocol/genesys-cloud/index.ts';
import { isUploadUrl, putFileTo } from '../../../src/worker/genesys-cloud/upload-origins.ts';

const own = 'https://shop.example';
const origins = ['https://up.example:443/', own];

describe('a file', () => {
  it.each([
    ['https://up.example/a?b=c', true],
    ['https://UP.example:443/a', true],
    ['http://up.example/a', false],
    ['https://up.example.evil.example/a', false],
    ['https://evil.example/https://up.example/', false],
    ['https://user@up.example/a', false],
    ['https://up.example:8443/a', false],
    // Even if the site has named itself.
    ['https://shop.example/upload', false],
    ['not an address', false],
  ])('may go to %s: %s', (url, isAllowed) => {
    expect(isUploadUrl(url, origins, own)).toBe(isAllowed);
  });

  it('is refused in words, and the log has the origin alone', async () => {
    const logged: unknown[] = [];
    const put = putFileTo(
      origins,
      (_, cause) => void logged.push(cause),
      () => own,
    );
    const options = { signal: new AbortController().signal, onProgress: () => {} };
    const target = { url: 'https://evil.example/secret?signature=x', headers: {} };
    const done = put(target, new File(['a'], 'a.png'), options);
    await expect(done).rejects.toThrow(PartylineError);
    await expect(done).rejects.toMatchObject({ code: 'forbidden' });
    expect(String(logged)).toContain('https://evil.example is not among');
    expect(String(logged)).not.toContain('secret');
  });
});

describe('the upload servers', () => {
  it.each([
    ['us-east-1', ['https://shyrka-prod.s3.amazonaws.com']],
    ['euw1', ['https://shyrka-prod-euw1.s3.eu-west-1.amazonaws.com']],
    ['mypurecloud.de', ['https://shyrka-prod-euc1.s3.eu-central-1.amazonaws.com']],
    ['us-east-2', ['https://shyrka-fedramp-use2-core.s3-fips.us-east-2.amazonaws.com']],
    ['eusc-de-east-1', []],
  ])('of %s are %j', (region, expected) => {
    expect(genesysCloud({ deploymentId: 'd', region }).uploadOrigins).toEqual(expected);
  });

  it('are those that the site names, too, and of an endpoint its own', () => {
    const uploads = { origins: ['https://files.example/'] };
    expect(
      genesysCloud({ deploymentId: 'd', endpoint: 'http://127.0.0.1:9/', uploads }).uploadOrigins,
    ).toEqual(['http://127.0.0.1:9', 'https://files.example']);
    for (const origin of ['files.example', 'https://files.example/path', 'ftp://x.example']) {
      expect(() =>
        genesysCloud({ deploymentId: 'd', region: 'euw1', uploads: { origins: [origin] } }),
      ).toThrow('must be an origin');
    }
  });
});
