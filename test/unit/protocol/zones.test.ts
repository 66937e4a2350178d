import { isMainThread } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { toContent } from '../../../src/protocol/genesys-cloud/content.ts';
import { genesysCloud } from '../../../src/protocol/genesys-cloud/index.ts';
import { genesysWebchat } from '../../../src/protocol/webchat/index.ts';

const article = genesysWebchat({ socketUrl: 'wss://x.example/w', apiUrl: 'https://x.example' });
const cloud = genesysCloud({ deploymentId: 'd', region: 'eu-west-1' });

/** Minutes west of Greenwich, in winter. */
const zones: [string, number][] = [
  ['UTC', 0],
  ['America/Los_Angeles', 480],
  ['Asia/Kolkata', -330],
  ['Pacific/Kiritimati', -840],
];

const own: [string, number] = [
  new Intl.DateTimeFormat().resolvedOptions().timeZone,
  new Date('2026-01-15T00:00:00Z').getTimezoneOffset(),
];

// A thread keeps the zone of its process, and the mutation run has threads.
describe.each(isMainThread ? zones : [own])('on a machine in the zone %s', (zone, offset) => {
  beforeAll(() => {
    vi.stubEnv('TZ', zone);
  });
  afterAll(() => {
    vi.unstubAllEnvs();
  });

  it('the clock is that of the zone', () => {
    expect(new Date('2026-01-15T00:00:00Z').getTimezoneOffset()).toBe(offset);
  });

  it.each([
    ['2026-03-01T23:30:00.250', Date.UTC(2026, 2, 1, 23, 30, 0, 250)],
    ['2026-03-01T23:30:00.250Z', Date.UTC(2026, 2, 1, 23, 30, 0, 250)],
    ['2026-03-02T01:30:00.250+02:00', Date.UTC(2026, 2, 1, 23, 30, 0, 250)],
    ['2026-03-01', Date.UTC(2026, 2, 1)],
  ])('the platform’s %s is the same instant as everywhere', (time, timestamp) => {
    const body = { id: 'm', type: 'Text', text: 'x', channel: { time } };
    expect(cloud.decode(JSON.stringify({ class: 'StructuredMessage', body }))).toMatchObject([
      { message: { timestamp } },
    ]);
  });

  it.each(['2026-03-01', '2026-03-01T00:00:00.000Z', '2026-03-01T23:59:59.999Z'])(
    'a form’s %s is the same day as everywhere',
    (day) => {
      const datePicker = { id: 'f', dateMinimum: day, dateMaximum: day };
      const form = { formPages: [{ pageComponents: [{ datePicker }] }] };
      expect(toContent([{ form }], false)).toMatchObject([
        { pages: [{ fields: [{ earliest: '2026-03-01', latest: '2026-03-01' }] }] },
      ]);
    },
  );

  it('the gateway is asked in UTC, and believed in UTC', () => {
    const at = Date.UTC(2026, 2, 1, 23, 30, 0, 250);
    const conversationId = 'c';
    const since = { type: 'history-since', conversationId, since: at, cursor: null } as const;
    const before = { type: 'history-before', conversationId, before: { instant: at } } as const;
    for (const call of [since, before]) {
      const { searchParams } = new URL(article.request(call, 't').url);
      expect(searchParams.get('since') ?? searchParams.get('before')).toBe(
        '2026-03-01T23:30:00.250Z',
      );
    }
    const frame = { type: 'auth', status: 'success', serverTime: '2026-03-01T23:30:00.250Z' };
    expect(article.decode(JSON.stringify(frame))).toEqual([
      { type: 'authenticated', serverTime: at },
    ]);
  });
});
