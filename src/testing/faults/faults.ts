import { seededRandom } from '../gateway/random.ts';
import { type Chance, FaultRules } from './fault-rules.ts';
import { type Direction, FrameFaults, type FrameMatch } from './frame-faults.ts';
import { garbageText, type HttpFault, HttpFaults, type HttpMatch } from './http-faults.ts';

/** Selects visitor sockets; all of them by default. */
export interface SocketTarget {
  readonly subject?: string;
  /** The connection's number in `stats.events`. */
  readonly connection?: number;
}

/** How a new visitor socket is refused. */
export type Refusal =
  /** @default status 503 */
  | { readonly how: 'http'; readonly status?: number; readonly retryAfter?: number }
  /** The TCP connection breaks at the upgrade request. */
  | { readonly how: 'tcp' }
  /** Accepted and closed at once with this code, such as 4029. */
  | { readonly how: 'close'; readonly code: number }
  /** No answer to the upgrade request. */
  | { readonly how: 'hang' };

/** An error frame instead of handling a client's frame. */
export interface AnswerFault extends Chance {
  /** The client frame's type. */
  readonly type: string;
  readonly code: string;
  /** Seconds. */
  readonly retryAfter?: number;
  readonly subject?: string;
}

/** The operations of faults on one visitor socket. */
export interface FaultTarget {
  readonly connection: number;
  readonly subject: string | null;
  cut(): void;
  close(code: number, reason: string): void;
  setSilent(silent: boolean): void;
  sendRaw(text: string): void;
  expire(): void;
}

export interface FaultsContext {
  readonly seed: number;
  readonly sockets: () => Iterable<FaultTarget>;
  readonly expireTokens: () => void;
}

/**
 * Fault injection. A rule without `probability` applies to one frame or call; methods that add a rule
 * return a function that removes it. Random faults are the same for the same seed.
 */
export class Faults {
  readonly #context: FaultsContext;
  readonly #rest: HttpFaults;
  readonly #oauth: HttpFaults;
  readonly #refusals: FaultRules<Refusal>;
  readonly #authRefusals: FaultRules<string>;
  readonly #answers: FaultRules<AnswerFault>;
  #newAreSilent = false;
  /** @internal */
  readonly frames: FrameFaults;

  constructor(context: FaultsContext) {
    this.#context = context;
    const random = seededRandom(context.seed);
    this.frames = new FrameFaults(random);
    this.#rest = new HttpFaults(random);
    this.#oauth = new HttpFaults(random);
    this.#refusals = new FaultRules(random);
    this.#authRefusals = new FaultRules(random);
    this.#answers = new FaultRules(random);
  }

  /** Drops frames. */
  lose(direction: Direction, match?: FrameMatch): () => void {
    return this.frames.add(direction, { kind: 'lose' }, match);
  }

  /** Sends frames twice. */
  duplicate(direction: Direction, match?: FrameMatch): () => void {
    return this.frames.add(direction, { kind: 'duplicate' }, match);
  }

  /** Delivers a frame after the next one of its connection and direction, or after `holdAtMost` ms. */
  swap(direction: Direction, match?: FrameMatch, holdAtMost = 1_000): () => void {
    return this.frames.add(direction, { kind: 'swap', holdAtMost }, match);
  }

  /** Delays frames by `ms`; others can overtake them. */
  delay(direction: Direction, ms: number, match?: FrameMatch): () => void {
    return this.frames.add(direction, { kind: 'delay', ms }, match);
  }

  /** Answers a client's frame with an error frame instead of handling it. */
  answer(fault: AnswerFault): () => void {
    return this.#answers.add(fault, fault);
  }

  /** Breaks TCP connections without a close frame. */
  cut(target?: SocketTarget): void {
    for (const socket of this.#targets(target)) socket.cut();
  }

  /** Closes sockets with a code. */
  close(code: number, target?: SocketTarget, reason = ''): void {
    for (const socket of this.#targets(target)) socket.close(code, reason);
  }

  /**
   * Keeps TCP connections open but sends nothing: no ping, no pong, no close frame.
   *
   * @param options.includeNew sockets opened from now on are silent too. @default false
   */
  goSilent(options: SocketTarget & { readonly includeNew?: boolean } = {}): void {
    for (const socket of this.#targets(options)) socket.setSilent(true);
    if (options.includeNew === true) this.#newAreSilent = true;
  }

  /** Ends the silence of all sockets. Frames from before are not sent. */
  resume(): void {
    this.#newAreSilent = false;
    for (const socket of this.#targets()) socket.setSilent(false);
  }

  /** Refuses new sockets. @param times unlimited by default */
  refuseSockets(refusal: Refusal, times = Number.POSITIVE_INFINITY): () => void {
    return this.#refusals.add(refusal, { times });
  }

  /** Answers auth frames with `failed` and closes (4001). @param times 1 by default */
  refuseAuth(code = 'INVALID_TOKEN', times = 1): () => void {
    return this.#authRefusals.add(code, { times });
  }

  /** Expires all tokens issued so far: REST returns 401, and sockets send TOKEN_EXPIRED. */
  expireTokens(): void {
    this.#context.expireTokens();
    for (const socket of this.#targets()) socket.expire();
  }

  /** Adds a fault for REST calls, except preflight requests. */
  rest(fault: HttpFault, match?: HttpMatch): () => void {
    return this.#rest.add(fault, match);
  }

  /** Adds a fault for calls of the OAuth server. */
  oauth(fault: HttpFault, match?: HttpMatch): () => void {
    return this.#oauth.add(fault, match);
  }

  /** Sends a string unchanged, or an object as JSON, to sockets. */
  send(content: string | object, target?: SocketTarget): void {
    const text = typeof content === 'string' ? content : JSON.stringify(content);
    for (const socket of this.#targets(target)) socket.sendRaw(text);
  }

  /** Sends invalid frames to sockets: a proxy's page, plain text, or 8 MiB. */
  garbage(kind: 'html' | 'text' | 'huge', target?: SocketTarget): void {
    this.send(garbageText(kind), target);
  }

  /** Removes all rules and ends all silence. Held and delayed frames are still delivered. */
  clear(): void {
    this.frames.clear();
    this.#rest.clear();
    this.#oauth.clear();
    this.#refusals.clear();
    this.#authRefusals.clear();
    this.#answers.clear();
    this.resume();
  }

  /** @internal */
  get newAreSilent(): boolean {
    return this.#newAreSilent;
  }

  /** @internal */
  httpOf(side: 'rest' | 'oauth'): HttpFaults {
    return side === 'rest' ? this.#rest : this.#oauth;
  }

  /** @internal */
  takeRefusal(): Refusal | null {
    return this.#refusals.take(() => true);
  }

  /** @internal */
  takeAuthRefusal(): string | null {
    return this.#authRefusals.take(() => true);
  }

  /** @internal */
  takeAnswer(type: string, subject: string): AnswerFault | null {
    return this.#answers.take(
      (fault) => fault.type === type && (fault.subject === undefined || fault.subject === subject),
    );
  }

  /** Like `clear`, but drops held and delayed frames. @internal */
  dispose(): void {
    this.clear();
    this.frames.close();
  }

  *#targets(target: SocketTarget = {}): Iterable<FaultTarget> {
    for (const socket of [...this.#context.sockets()]) {
      if (target.subject !== undefined && target.subject !== socket.subject) continue;
      if (target.connection !== undefined && target.connection !== socket.connection) continue;
      yield socket;
    }
  }
}
