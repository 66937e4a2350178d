import type { SideCall } from '../protocol/deployment.ts';
import { PartylineError } from '../protocol/errors.ts';
import type { Call, CallAnswer } from '../protocol/port.ts';
import { type PageClock, pageClock } from './clock.ts';
import { type Identity, isOfAnother, isUncertain } from './identity.ts';

/** A hub that is alive answers within milliseconds, or says why it can't. */
const defaultDeadline = 10_000;

/** For a hub that hangs to be found out and replaced, and for its successor's answer. */
const secondChance = 15_000;

/** A hub that can be asked. */
export interface RpcHub {
  /** Settles with the hub's answer, or not at all when the hub dies. */
  call(call: Call | SideCall): Promise<CallAnswer>;
  /** Was not answered in time: one that hangs is to be left. */
  probe(): void;
}

interface Pending {
  readonly call: Call | SideCall;
  /** Whom the page that asked was for; `null`: it did not know yet. */
  whose: Identity | null;
  readonly settle: (outcome: Outcome) => void;
  /** It may have reached a hub that died before it answered. */
  wasSent: boolean;
}

export type Unsettled = Pick<Pending, 'call' | 'whose' | 'wasSent'>;

type Outcome = { readonly value: unknown; readonly epoch: string } | PartylineError;

/**
 * Calls that outlive the hub: asked again of its successor, which is safe because each of them bears
 * what makes it idempotent. Every one settles by its deadline.
 */
export class HubRpc {
  readonly #clock: PageClock;
  readonly #pending = new Set<Pending>();
  #connection: RpcHub | null = null;
  /** Who is there, as far as that is known. */
  identity: Identity | null = null;
  #isClosed = false;

  constructor(clock = pageClock) {
    this.#clock = clock;
  }

  call(
    call: Call | SideCall,
    deadline = defaultDeadline,
    whose = this.identity,
  ): Promise<{ value: unknown; epoch: string }> {
    if (this.#isClosed) {
      return Promise.reject(new PartylineError('closed', 'This chat has been closed.'));
    }
    return new Promise((resolve, reject) => {
      const pending: Pending = {
        call,
        whose,
        wasSent: false,
        settle: (outcome) => {
          if (!this.#pending.delete(pending)) return;
          cancel();
          if (outcome instanceof PartylineError) reject(outcome);
          else resolve(outcome);
        },
      };
      let cancel = this.#clock.after(deadline, () => {
        const connection = this.#connection;
        if (!pending.wasSent || !connection) {
          pending.settle(overdue(pending));
          return;
        }
        // Late by chance, or by a hub that hangs: then its successor is asked again.
        cancel = this.#clock.after(secondChance, () => pending.settle(overdue(pending)));
        connection.probe();
      });
      this.#pending.add(pending);
      if (this.#connection) this.#send(this.#connection, pending);
    });
  }

  /**
   * Who is there. What was asked for another one is not done, but for their signing out. A hub that does
   * not say who is there has been told at the attach who this page is for, and keeps it for them.
   */
  meet(identity: Identity): void {
    this.identity = identity;
    for (const pending of [...this.#pending]) {
      if (!isOfAnother(pending.whose, identity)) {
        if (!isUncertain(pending.whose, identity)) pending.whose = identity;
      } else if (pending.call.type !== 'sign-out') {
        const words = 'The session has ended. Sign in again.';
        pending.settle(new PartylineError('signed-out', words));
      }
    }
  }

  /** Who was there last: a hub that was started anew may know nobody. */
  get lastKnown(): Identity | null {
    if (this.identity !== null && this.identity.visitor !== null) return this.identity;
    const theirs = [...this.#pending].findLast(
      ({ whose }) => whose !== null && whose.visitor !== null,
    );
    return theirs?.whose ?? this.identity;
  }

  /** There is a hub to ask, and its snapshot has come. */
  attached(connection: RpcHub): void {
    if (this.#connection === connection) return;
    this.#connection = connection;
    for (const pending of [...this.#pending]) this.#send(connection, pending);
  }

  detached(): void {
    this.#connection = null;
  }

  /** No hub will come by itself. */
  fail(error: PartylineError): void {
    for (const pending of [...this.#pending]) pending.settle(error);
  }

  /** What nobody has answered, when the page is left. */
  get unsettled(): readonly Unsettled[] {
    return [...this.#pending].map(({ call, whose, wasSent }) => ({ call, whose, wasSent }));
  }

  close(): void {
    this.#isClosed = true;
    this.fail(new PartylineError('closed', 'This chat has been closed.'));
  }

  #send(connection: RpcHub, pending: Pending): void {
    const isRepeat = pending.wasSent;
    pending.wasSent = true;
    connection.call(isRepeat ? repeated(pending.call) : pending.call).then(
      (answer) => {
        // A hub that has been given up since may have answered for nobody.
        if (this.#connection !== connection) return;
        if (answer.ok) pending.settle({ value: answer.value, epoch: answer.epoch });
        else if (isRepeat && isDone(pending.call, answer.problem.code)) {
          pending.settle({ value: null, epoch: answer.epoch });
        } else pending.settle(new PartylineError(answer.problem.code, answer.problem.message));
      },
      (error: unknown) => {
        if (error instanceof PartylineError) {
          pending.settle(error);
          return;
        }
        const message = 'The hub’s answer could not be read.';
        pending.settle(new PartylineError('unknown-outcome', message, { cause: error }));
      },
    );
  }
}

/** Says so where it makes a difference. */
export function repeated(call: Call): Call;
export function repeated(call: Call | SideCall): Call | SideCall;
export function repeated(call: Call | SideCall): Call | SideCall {
  return call.type === 'send' ? { ...call, isRepeat: true } : call;
}

/** The first asking did it: the second finds nothing left to do. */
function isDone(call: Call | SideCall, code: PartylineError['code']): boolean {
  return (
    (call.type === 'retry' && code === 'not-failed') ||
    (call.type === 'discard' && code === 'unknown-message')
  );
}

function overdue(pending: Pending): PartylineError {
  return pending.wasSent
    ? new PartylineError('timeout', 'There was no answer in time. It may still be done.')
    : new PartylineError('unreachable', 'The chat could not be reached in time.');
}
