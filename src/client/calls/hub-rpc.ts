import type { SideCall } from '../../protocol/deployment.ts';
import { PartylineError } from '../../protocol/errors.ts';
import type { Call, CallAnswer } from '../../protocol/port.ts';
import { type PageClock, pageClock } from '../clock.ts';
import { type Identity, isOtherIdentity, isVisitorUncertain } from '../session/identity.ts';

/** In ms. A live hub answers within milliseconds. */
const defaultDeadline = 10_000;

/** Time to replace a hub that hangs, and for its successor to answer, in ms. */
const probeDeadline = 15_000;

/** A hub that takes calls. */
export interface CallTarget {
  /** Settles with the hub's answer, or never if the hub dies. */
  call(call: Call | SideCall): Promise<CallAnswer>;
  /** A call was not answered in time: checks whether the hub hangs. */
  probe(): void;
}

/** A call without an answer. */
export interface PendingCall {
  readonly call: Call | SideCall;
  /** The visitor that the call is made for; `null`: the page did not know yet. */
  readonly identity: Identity | null;
  /** A hub may have received the call. */
  readonly isSent: boolean;
}

interface Pending extends PendingCall {
  identity: Identity | null;
  isSent: boolean;
  /** On the page's clock. */
  readonly madeAt: number;
  readonly settle: (outcome: Outcome) => void;
}

type Outcome = { readonly value: unknown; readonly epoch: string } | PartylineError;

/**
 * Calls that outlive the hub: they are repeated to its successor, which is safe because all calls are
 * idempotent. Every call settles by its deadline.
 */
export class HubRpc {
  readonly #clock: PageClock;
  readonly #pending = new Set<Pending>();
  #hub: CallTarget | null = null;
  /** The present visitor; `null`: no hub has answered yet. */
  identity: Identity | null = null;
  #isClosed = false;

  constructor(clock = pageClock) {
    this.#clock = clock;
  }

  /**
   * @param deadline in ms
   * @throws {PartylineError} the hub's own code · `unreachable`: no hub received the call ·
   * `timeout`, `unknown-outcome`: a hub may have carried it out · `signed-out`: the visitor has changed ·
   * `closed`
   */
  call(
    call: Call | SideCall,
    deadline = defaultDeadline,
    identity = this.identity,
  ): Promise<{ value: unknown; epoch: string }> {
    if (this.#isClosed) return Promise.reject(closedError());
    if (isOtherIdentity(identity, this.identity)) return Promise.reject(otherVisitorError(call));
    return new Promise((resolve, reject) => {
      const pending: Pending = {
        call,
        identity,
        isSent: false,
        madeAt: this.#clock.now(),
        settle: (outcome) => {
          if (!this.#pending.delete(pending)) return;
          cancel();
          if (outcome instanceof PartylineError) reject(outcome);
          else resolve(outcome);
        },
      };
      let cancel = this.#clock.after(deadline, () => {
        const hub = this.#hub;
        if (!pending.isSent || !hub) {
          pending.settle(deadlineError(pending, deadline));
          return;
        }
        // If the hub hangs, the probe leads to a successor, which gets the call again.
        cancel = this.#clock.after(probeDeadline, () =>
          pending.settle(deadlineError(pending, deadline + probeDeadline)),
        );
        hub.probe();
      });
      this.#pending.add(pending);
      if (this.#hub) this.#send(this.#hub, pending);
    });
  }

  /**
   * The hub has named the visitor. Rejects the calls that were made for another visitor, except
   * `sign-out`. A hub that does not know the visitor yet gets the calls: the attach named this page's
   * visitor.
   */
  onVisitor(identity: Identity): void {
    this.identity = identity;
    for (const pending of [...this.#pending]) {
      if (!isOtherIdentity(pending.identity, identity)) {
        if (!isVisitorUncertain(pending.identity, identity)) pending.identity = identity;
      } else if (pending.call.type !== 'sign-out') {
        pending.settle(otherVisitorError(pending.call));
      }
    }
  }

  /** The last visitor with an id: a new hub may know nobody yet. */
  get lastKnownIdentity(): Identity | null {
    if (this.identity !== null && this.identity.visitor !== null) return this.identity;
    const last = [...this.#pending].findLast(
      ({ identity }) => identity !== null && identity.visitor !== null,
    );
    return last?.identity ?? this.identity;
  }

  /** A hub has sent its first snapshot: sends it the pending calls. */
  onAttached(hub: CallTarget): void {
    if (this.#hub === hub) return;
    this.#hub = hub;
    const now = this.#clock.now();
    for (const pending of [...this.#pending]) this.#send(hub, pending, now - pending.madeAt);
  }

  /** Calls wait for the next hub. */
  onDetached(): void {
    this.#hub = null;
  }

  /** Rejects all pending calls: no further hub is expected. */
  rejectAll(error: PartylineError): void {
    for (const pending of [...this.#pending]) pending.settle(error);
  }

  get pendingCalls(): readonly PendingCall[] {
    return [...this.#pending].map(({ call, identity, isSent, madeAt }) => ({
      call: addAge(call, this.#clock.now() - madeAt),
      identity,
      isSent,
    }));
  }

  close(): void {
    this.#isClosed = true;
    this.rejectAll(closedError());
  }

  /** @param age for how long the call has waited for a hub, in ms */
  #send(hub: CallTarget, pending: Pending, age = 0): void {
    const { isSent: isRepeat } = pending;
    const call = addAge(pending.call, age);
    pending.isSent = true;
    hub.call(isRepeat ? markRepeated(call) : call).then(
      (answer) => {
        // The answer of a hub that was given up may be for another visitor.
        if (this.#hub !== hub) return;
        if (answer.ok) {
          pending.settle({ value: answer.value, epoch: answer.epoch });
        } else if (isRepeat && isAlreadyDone(call, answer.problem.code)) {
          pending.settle({ value: null, epoch: answer.epoch });
        } else {
          pending.settle(new PartylineError(answer.problem.code, answer.problem.message));
        }
      },
      (cause: unknown) => {
        if (cause instanceof PartylineError) {
          pending.settle(cause);
          return;
        }
        const message = `${call.type}: invalid response; outcome unknown.`;
        pending.settle(new PartylineError('unknown-outcome', message, { cause }));
      },
    );
  }
}

/** Tells the hub that a message may have been sent before. */
export function markRepeated(call: Call): Call;
export function markRepeated(call: Call | SideCall): Call | SideCall;
export function markRepeated(call: Call | SideCall): Call | SideCall {
  return call.type === 'send' ? { ...call, isRepeat: true } : call;
}

/**
 * Tells the hub how long a draft has waited in this page: it must not replace what another tab has
 * written since.
 *
 * @param age in ms
 */
export function addAge<T extends Call | SideCall>(call: T, age: number): T {
  return call.type === 'draft' && age > 0 ? { ...call, age: (call.age ?? 0) + age } : call;
}

/** Whether a repeated call failed because the first one succeeded. */
function isAlreadyDone(call: Call | SideCall, code: PartylineError['code']): boolean {
  return (
    (call.type === 'retry' && code === 'not-failed') ||
    (call.type === 'discard' && code === 'unknown-message')
  );
}

function deadlineError({ call, isSent }: Pending, deadline: number): PartylineError {
  const wait = `in ${deadline / 1_000} s`;
  return isSent
    ? new PartylineError('timeout', `${call.type}: no response ${wait}; it may still complete.`)
    : new PartylineError('unreachable', `${call.type}: no connection to the hub ${wait}.`);
}

function otherVisitorError({ type }: Call | SideCall): PartylineError {
  const message = `${type}: the visitor has changed; the call was not made.`;
  return new PartylineError('signed-out', message);
}

function closedError(): PartylineError {
  return new PartylineError('closed', 'close() was called. Create a new chat with connect().');
}
