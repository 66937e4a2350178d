import { describe, expect, it, vi } from 'vitest';
import { orAbort } from '../../../src/worker/store/database-connection.ts';

/** As much of a transaction as a migration that fails meets. */
function transactionThat(abort: () => void): IDBTransaction {
  return { error: null, abort } as Partial<IDBTransaction> as IDBTransaction;
}

describe('a migration', () => {
  it('that fails is undone, and the reason is logged', async () => {
    const abort = vi.fn();
    const logged: unknown[] = [];
    const fault = new TypeError('a row of an odd shape');
    const log = { error: (_: string, cause: unknown) => void logged.push(cause) };
    await orAbort(transactionThat(abort), log, () => Promise.reject(fault));
    expect(abort).toHaveBeenCalledOnce();
    expect(logged).toEqual([fault]);
  });

  it('is reported although the request has already ended', async () => {
    const logged: unknown[] = [];
    const log = { error: (_: string, cause: unknown) => void logged.push(cause) };
    const over = transactionThat(() => {
      throw new DOMException('it has finished', 'InvalidStateError');
    });
    const fault = new TypeError('a row of an odd shape');
    await orAbort(over, log, () => Promise.reject(fault));
    expect(logged).toEqual([fault]);
  });

  it('that works is left alone', async () => {
    const abort = vi.fn();
    const log = { error: vi.fn() };
    await orAbort(transactionThat(abort), log, async () => {});
    expect([abort.mock.calls, log.error.mock.calls]).toEqual([[], []]);
  });
});
