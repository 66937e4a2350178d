import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { genesysCloud } from '../../../src/protocol/genesys-cloud/index.ts';
import { RequestLimiter } from '../../../src/worker/edges/request-limiter.ts';

const { traits } = genesysCloud({ deploymentId: 'd', region: 'eu-west-1' });

describe('the pace of requests', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('leaves a quarter of what the platform allows to messages and pings', () => {
    const pace = new RequestLimiter(traits.rateLimits);
    for (let request = 0; request < 35; request += 1) pace.count();
    expect(pace.wait).toBe(0);
    pace.count();
    expect(pace.wait).toBe(60_000);
    vi.advanceTimersByTime(60_001);
    expect(pace.wait).toBe(0);
  });

  it('looks back on a minute, and counts each request from when it left', () => {
    const pace = new RequestLimiter(traits.rateLimits);
    vi.advanceTimersByTime(10_000);
    for (let request = 0; request < 44; request += 1) pace.count();
    vi.advanceTimersByTime(20_000);
    pace.count();
    expect(pace.wait).toBe(40_000);
    vi.advanceTimersByTime(39_999);
    expect(pace.wait).toBe(1);
    vi.advanceTimersByTime(1);
    expect(pace.wait).toBe(0);
  });

  it('knows no wait where nothing is limited', () => {
    const pace = new RequestLimiter(undefined);
    for (let request = 0; request < 100; request += 1) pace.count();
    expect(pace.wait).toBe(0);
  });
});
