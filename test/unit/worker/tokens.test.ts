import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished, vi } from 'vitest';
import { BrokerTokens } from '../../../src/worker/edges/broker-token.ts';

it('a token that comes after another visitor’s is not taken', async () => {
  const answers: ((subject: string) => void)[] = [];
  const server = createServer((_, response) => {
    answers.push((subject) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ token: `token of ${subject}`, expiresIn: 60, subject }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const tokens = new BrokerTokens(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);

  let waitsFor = 1;
  const previous = tokens.fetch(false, () => waitsFor === 1);
  await expect.poll(() => answers.length).toBe(1);
  waitsFor = 2;
  const next = tokens.fetch(false, () => waitsFor === 2);
  await expect.poll(() => answers.length).toBe(2);
  answers[1]?.('visitor-2');
  expect(await next).toMatchObject({ ok: true, subject: 'visitor-2' });
  answers[0]?.('visitor-1');
  expect(await previous).toMatchObject({ ok: true, subject: 'visitor-1' });
  expect(tokens.current()).toBe('token of visitor-2');
});

it.each<[string, (tokens: BrokerTokens) => void, boolean]>([
  ['one that the gateway has refused', (tokens) => tokens.drop(true), true],
  ['one that is dropped while it is good', (tokens) => tokens.drop(false), false],
  [
    'one that was refused before it was dropped',
    (tokens) => {
      tokens.drop(true);
      tokens.drop(false);
    },
    true,
  ],
  [
    'a refused one of a visitor who has signed out',
    (tokens) => {
      tokens.drop(true);
      void tokens.endSession();
    },
    false,
  ],
])('the broker is asked for another token than %s: %s', async (_, leave, isSaid) => {
  const fetched = vi
    .spyOn(globalThis, 'fetch')
    .mockImplementation(async () =>
      Response.json({ token: 'token', expiresIn: 60, subject: 'visitor-1' }),
    );
  onTestFinished(() => fetched.mockRestore());
  const tokens = new BrokerTokens('/chat/token');
  await tokens.fetch(false, () => true);
  leave(tokens);
  expect(tokens.current()).toBeNull();
  await tokens.fetch(false, () => true);
  const headers = isSaid ? { 'Partyline-Token-Refused': '1' } : {};
  expect(fetched.mock.lastCall?.[1]?.headers).toEqual(headers);
  await tokens.fetch(false, () => true);
  expect(fetched.mock.lastCall?.[1]?.headers).toEqual({});
});
