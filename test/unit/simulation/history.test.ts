import { describe, expect, it } from 'vitest';
import { GenesysHistory } from '../../simulation/model/genesys-cloud/history.ts';
import { GenesysPlatform } from '../../simulation/model/genesys-cloud/platform.ts';
import { visitorOf } from '../../simulation/model/session.ts';
import { calmContext } from '../contracts/calm-context.ts';

/** The messages that count as sent again although the history had them, after one page of it. */
async function resentAfterPage(isAlive: boolean): Promise<readonly string[]> {
  const { context, machine } = calmContext({ dialect: 'genesys-cloud' });
  const platform = new GenesysPlatform(context);
  const { session } = platform.open(platform.mint('visitor-1'));
  platform.posted('m1', 0);
  platform.post(platform.conversationOf(session), 'm1', 'hello', visitorOf('visitor-1'));

  const { jwt } = platform.issueJwt(session);
  const url = 'http://platform/messages?pageNumber=1&pageSize=8';
  const history = new GenesysHistory(context, machine, platform);
  let status: number | undefined;
  history.get(
    url,
    jwt,
    () => isAlive,
    (response) => {
      status = response?.status;
    },
  );
  await context.scheduler.runUntil(10_000);
  expect(status).toBe(200);

  platform.posted('m1', context.scheduler.now);
  return [...platform.resent];
}

describe('a page of the history in Genesys Cloud’s dialect', () => {
  it('counts as read when the hub that asked is still there', async () => {
    expect(await resentAfterPage(true)).toEqual(['m1']);
  });

  it('does not count as read when that hub was killed before it came', async () => {
    expect(await resentAfterPage(false)).toEqual([]);
  });
});
