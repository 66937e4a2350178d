import { seededRandom } from '../gateway/random.ts';
import { type Chance, FaultRules } from './fault-rules.ts';
import { type Direction, FrameFaults, type FrameMatch } from './frame-faults.ts';
import { garbageText, type HttpFault, HttpFaults, type HttpMatch } from './http-faults.ts';

/** Which visitor sockets; without anything all of them. */
export interface SocketTarget {
  readonly subject?: string;
  /** The connection's number in `stats.events`. */
  readonly connection?: number;
}

/** How a new visitor socket is turned away. */
export type Refusal =
  /** @default status 503 */
  | { readonly how: 'http'; readonly status?: number; readonly retryAfter?: number }
  /** The TCP connection breaks at the upgrade request. */
  | { readonly how: 'tcp' }
  /** Accepted and closed at once with this code, such as 4029. */
  | { readonly how: 'close'; readonly code: number }
  /** No answer to the upgrade request. */
  | { readonly how: 'hang' };

/** An error frame in place of what a client's frame asked for. */
export interface AnswerFault extends Chance {
  /** The client frame's type. */
  readonly type: string;
  readonly code: string;
  /** Seconds. */
  readonly retryAfter?: number;
  readonly subject?: string;
}

/** What the faults do to one live visitor socket. */
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
 * What can go wrong, at will. A rule without `probability` meets one frame or call; everything that
 * adds a rule returns what takes it back. Faults of chance are the same for the same seed.
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

  /** Frames vanish. */
  lose(direction: Direction, match?: FrameMatch): () => void {
    return this.frames.add(direction, { kind: 'lose' }, match);
  }

  /** Frames come twice. */
  duplicate(direction: Direction, match?: FrameMatch): () => void {
    return this.frames.add(direction, { kind: 'duplicate' }, match);
  }

  /** A frame comes after the next one of its connection and direction, or after `holdAtMost` ms. */
  swap(direction: Direction, match?: FrameMatch, holdAtMost = 1_000): () => void {
    return this.frames.add(direction, { kind: 'swap', holdAtMost }, match);
  }

  /** Frames come `ms` later; others overtake them. */
  delay(direction: Direction, ms: number, match?: FrameMatch): () => void {
    return this.frames.add(direction, { kind: 'delay', ms }, match);
  }

  /** A client's frame is not carried out; an error frame answers it. */
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
   * TCP stays open, and nothing is sent nor answered: no ping, no pong, no close frame.
   *
   * @param options.includeNew sockets opened from now on are silent too. @default false
   */
  goSilent(options: SocketTarget & { readonly includeNew?: boolean } = {}): void {
    for (const socket of this.#targets(options)) socket.setSilent(true);
    if (options.includeNew === true) this.#newAreSilent = true;
  }

  /** Ends the silence of every socket. What was unsaid stays unsaid. */
  resume(): void {
    this.#newAreSilent = false;
    for (const socket of this.#targets()) socket.setSilent(false);
  }

  /** Turns new sockets away. @param times any number by default */
  refuseSockets(refusal: Refusal, times = Number.POSITIVE_INFINITY): () => void {
    return this.#refusals.add(refusal, { times });
  }

  /** Answers auth frames with `failed` and closes (4001). @param times 1 by default */
  refuseAuth(code = 'INVALID_TOKEN', times = 1): () => void {
    return this.#authRefusals.add(code, { times });
  }

  /** Every token issued until now has expired: REST says so, and sockets push TOKEN_EXPIRED. */
  expireTokens(): void {
    this.#context.expireTokens();
    for (const socket of this.#targets()) socket.expire();
  }

  /** REST calls go wrong. Preflights go right. */
  rest(fault: HttpFault, match?: HttpMatch): () => void {
    return this.#rest.add(fault, match);
  }

  /** The OAuth server goes wrong. */
  oauth(fault: HttpFault, match?: HttpMatch): () => void {
    return this.#oauth.add(fault, match);
  }

  /** Sends sockets a text as it is, or an object as JSON. */
  send(content: string | object, target?: SocketTarget): void {
    const text = typeof content === 'string' ? content : JSON.stringify(content);
    for (const socket of this.#targets(target)) socket.sendRaw(text);
  }

  /** Sends sockets what is no frame: a proxy's page, plain words, or a frame of 8 MiB. */
  garbage(kind: 'html' | 'text' | 'huge', target?: SocketTarget): void {
    this.send(garbageText(kind), target);
  }

  /** Takes every rule back and ends every silence. Frames that are held or late still come. */
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

  /** As `clear`, and nothing that is late comes any more. @internal */
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
