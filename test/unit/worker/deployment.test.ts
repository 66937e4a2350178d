import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DeploymentSettings } from '../../../src/worker/genesys-cloud/deployment.ts';

const url = 'https://api-cdn.example/config.json';

let answers: ((response: Response) => void)[];
let errors: unknown[];

beforeEach(() => {
  vi.useFakeTimers();
  answers = [];
  errors = [];
  vi.spyOn(globalThis, 'fetch').mockImplementation(
    () => new Promise((resolve) => answers.push(resolve)),
  );
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const settings = () => new DeploymentSettings(url, (_, cause) => errors.push(cause));
const german = () => Response.json({ languages: ['de'] });

/** Whether it has settled so far. */
async function isDone(promise: Promise<unknown>): Promise<boolean> {
  let done = false;
  void promise.then(() => {
    done = true;
  });
  await vi.advanceTimersByTimeAsync(0);
  return done;
}

describe('a deployment’s settings', () => {
  it('are asked for without anything that tells who asks', async () => {
    const asked = settings();
    void asked.get();
    expect(fetch).toHaveBeenCalledWith(url, {
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
      signal: expect.any(AbortSignal),
    });
    expect(asked.current).toBeNull();
  });

  it('are asked for once for all who want them, and never again once they are known', async () => {
    const asked = settings();
    const both = [asked.get(), asked.get(), asked.soon()];
    answers[0]?.(german());
    expect((await Promise.all(both)).slice(0, 2)).toMatchObject([
      { languages: ['de'] },
      { languages: ['de'] },
    ]);
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(await asked.get()).toMatchObject({ languages: ['de'] });
    await asked.soon();
    expect(fetch).toHaveBeenCalledTimes(1);
  });

  it('are waited for for 1.5 s by what goes on without them, and taken when they come later', async () => {
    const asked = settings();
    const soon = asked.soon();
    await vi.advanceTimersByTimeAsync(1_499);
    expect(await isDone(soon)).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(await isDone(soon)).toBe(true);
    expect(asked.current).toBeNull();
    answers[0]?.(german());
    await vi.advanceTimersByTimeAsync(0);
    expect(asked.current).toMatchObject({ languages: ['de'] });
  });

  it('that come at once delay no caller', async () => {
    const asked = settings();
    const soon = asked.soon();
    answers[0]?.(german());
    expect(await isDone(soon)).toBe(true);
  });

  it.each([
    ['a refusal', () => new Response(null, { status: 404 })],
    ['a refusal in words', () => Response.json({ languages: ['de'] }, { status: 500 })],
    ['no JSON', () => new Response('<html>')],
    ['something else', () => Response.json('hello')],
  ])(
    'that are not there, but %s, are asked for again a minute later, not sooner',
    async (_, answer) => {
      const asked = settings();
      const first = asked.get();
      answers[0]?.(answer());
      expect(await first).toBeNull();
      expect(errors).toHaveLength(1);
      await vi.advanceTimersByTimeAsync(59_999);
      expect(await asked.get()).toBeNull();
      expect(fetch).toHaveBeenCalledTimes(1);
      await vi.advanceTimersByTimeAsync(1);
      const second = asked.get();
      answers[1]?.(german());
      expect(await second).toMatchObject({ languages: ['de'] });
      expect(errors).toHaveLength(1);
    },
  );
});
