import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { genesysCloud } from '../../../src/protocol/genesys-cloud/index.ts';
import { RequestPace } from '../../../src/worker/request-pace.ts';

const { traits } = genesysCloud({ deploymentId: 'd', region: 'eu-west-1' });

describe('the pace of requests', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('leaves a quarter of what the platform allows to messages and pings', () => {
    const pace = new RequestPace(traits.pace);
    for (let request = 0; request < 35; request += 1) pace.count();
    expect(pace.wait).toBe(0);
    pace.count();
    expect(pace.wait).toBe(60_000);
    vi.advanceTimersByTime(60_001);
    expect(pace.wait).toBe(0);
  });

  it('knows no wait where nothing is limited', () => {
    const pace = new RequestPace(undefined);
    for (let request = 0; request < 100; request += 1) pace.count();
    expect(pace.wait).toBe(0);
  });
});
