import type { PageStorage } from '../../src/client/session/page-storage.ts';
import type { SideCall } from '../../src/protocol/deployment.ts';
import type { Call } from '../../src/protocol/port.ts';
import type { Answer } from '../../src/worker/core/effect.ts';
import type { HubState } from '../../src/worker/core/state.ts';
import { startStorm } from './chaos.ts';
import { Events } from './events.ts';
import type { FaultCounts } from './faults.ts';
import { isSettled, runFinalChecks } from './final-checks.ts';
import { FeatureInteractions } from './interactions.ts';
import { AlertInvariants } from './invariants/alerts.ts';
import { stepWithinBounds, tabWithinBounds } from './invariants/bounds.ts';
import { ConversationInvariants } from './invariants/conversations.ts';
import { OutboxInvariants } from './invariants/outbox.ts';
import { RateLimitInvariants } from './invariants/rate-limits.ts';
import { postsAreOfThisVisitor, ResetInvariants } from './invariants/resets.ts';
import { SocketInvariants } from './invariants/socket.ts';
import { ThrottlingInvariants } from './invariants/throttling.ts';
import { TimerInvariants } from './invariants/timers.ts';
import { TranscriptInvariants } from './invariants/transcript.ts';
import { VisitorIsolationInvariants } from './invariants/visitor-isolation.ts';
import { Ledger } from './ledger.ts';
import { dialectOf } from './model/dialect.ts';
import type { ModelGateway } from './model/gateway.ts';
import { GenesysConnection } from './model/genesys-cloud/connection.ts';
import { GenesysPlatform } from './model/genesys-cloud/platform.ts';
import { type HubEnvironment, HubProcess, type Step } from './model/hub.ts';
import { epochTime, Machine } from './model/machine.ts';
import type { ModelSocket } from './model/socket.ts';
import { Disk } from './model/store.ts';
import { ModelStorage, ModelTab, type TabEvents } from './model/tab.ts';
import type { ModelBroker } from './model/tokens.ts';
import { chosenProfile, type Profile } from './profile.ts';
import { Random } from './random.ts';
import { Scheduler } from './scheduler.ts';
import { count, type SimContext } from './sim-context.ts';
import { StepLog } from './step-log.ts';
import { Trace } from './trace.ts';
import { check, Violation } from './violation.ts';

/** The longest calm: enough for every timer, retry and reconciliation. */
const calm = 6 * 60_000;

/** Longer, for a platform that accepts sixty requests a minute. */
const pacedCalm = 40 * 60_000;

/** The intervals between checks whether everything is right, in ms. */
const looks = { first: 1_500, growth: 1.4, last: 15_000 };

/** How long a lingering schedule goes on, in ms: longer than a reconciliation. */
const lingering = 70_000;

/** The longest a running hub may take for an answer, in ms; pages wait ten seconds. */
const longestAnswer = 5_000;

/** The maximum of steps in a schedule; the longest have a few thousand. */
const mostSteps = 200_000;

export interface Outcome {
  readonly seed: number;
  readonly steps: number;
  /** Simulated ms. */
  readonly time: number;
  readonly faults: FaultCounts;
  /** How often each pair of features has met: interactions.ts. */
  readonly met: Uint16Array;
  /** The names of all events of the storm. */
  readonly events: readonly string[];
  readonly violation: Violation | null;
  readonly trace: readonly string[];
}

export interface Options {
  /** Lines of the step log to keep. @default 0 */
  readonly traceLimit?: number;
  readonly profile?: Partial<Profile>;
  /** Rules that are not checked. */
  readonly without?: readonly string[];
  /** Events of the storm that do not happen. */
  readonly suppressed?: ReadonlySet<string>;
}

/** No input may make the core throw. */
function crashOf(error: unknown): Violation {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new Violation('no crash', text.split('\n').slice(0, 4).join(' '));
}

/** A call that a hub has accepted. */
interface AskedCall {
  readonly tab: ModelTab;
  readonly tabId: string;
  readonly call: Call;
  readonly settle: (answer: Answer) => void;
}

/** One run: one seed, one browser, its visitors and faults. */
export class Simulation {
  readonly context: SimContext;
  readonly machine: Machine;
  readonly gateway: ModelGateway;
  readonly disk: Disk;
  readonly ledger = new Ledger((messageId) => hasArrived(this.gateway, messageId));
  readonly tabs: ModelTab[] = [];
  hub: HubProcess | null = null;
  steps = 0;
  /** Deleted conversations whose deletion the hub knows. */
  readonly cleared = new Set<string>();
  /** Sockets that may still deliver frames. */
  readonly sockets = new Set<ModelSocket>();
  readonly #environment: HubEnvironment;
  readonly #calls = new Map<string, AskedCall>();
  /** `localStorage` of the origin. */
  readonly #storage = new ModelStorage();
  /** Messages handed off by a page, with the page that now has them. */
  readonly #handedOff = new Map<string, ModelTab>();
  readonly #sockets: SocketInvariants;
  readonly #outbox: OutboxInvariants;
  readonly #transcript: TranscriptInvariants;
  readonly #manners = new ThrottlingInvariants();
  readonly #alerts = new AlertInvariants();
  readonly #pace = new RateLimitInvariants();
  readonly #timers = new TimerInvariants();
  readonly #resets = new ResetInvariants();
  readonly #conversations: ConversationInvariants;
  readonly #visitors: VisitorIsolationInvariants;
  readonly #stepLog: StepLog;
  readonly #without: ReadonlySet<string>;
  readonly #broker: ModelBroker;
  #hubs = 0;
  #attachments = 0;
  #callId = 0;

  constructor(seed: number, options: Options = {}) {
    const random = new Random(seed);
    const scheduler = new Scheduler();
    const profile = chosenProfile(seed, random, options.profile);
    const trace = new Trace(() => scheduler.now, options.traceLimit ?? 0);
    const events = new Events(seed, options.suppressed ?? new Set());
    const interactions = new FeatureInteractions();
    const own = { seed, random, events, scheduler, profile, trace, interactions };
    const context = { ...own, faults: {}, isStormy: true };
    this.context = context;
    this.#without = new Set(options.without ?? []);
    this.machine = new Machine(context);
    this.disk = new Disk(profile.dialect !== 'webchat');
    this.#conversations = new ConversationInvariants(this.disk);
    const dialect = dialectOf(context, this.machine);
    this.gateway = dialect.gateway;
    this.#broker = dialect.broker;
    this.#transcript = new TranscriptInvariants(this.gateway);
    this.#sockets = new SocketInvariants(context);
    this.#visitors = new VisitorIsolationInvariants(this.gateway);
    this.#outbox = new OutboxInvariants(this.disk);
    this.#stepLog = new StepLog(trace);
    this.#environment = {
      context,
      machine: this.machine,
      disk: this.disk,
      traits: dialect.traits,
      policy: dialect.policy,
      edges: dialect.edges,
      isGatewayUp: () => this.gateway.isUp,
      accept: (socket) => {
        const end = dialect.accept(socket, {
          onAuthenticated: (one) => this.assert(() => this.#sockets.authenticated(one)),
          onMisconduct: (what) => {
            this.assert(() => check(false, 'protocol', () => what));
          },
        });
        this.#sockets.accepted(end, socket);
        return end;
      },
      onSocket: (socket) => {
        this.sockets.add(socket);
        for (const old of this.sockets) if (old.phase === 'closed') this.sockets.delete(old);
        this.assert(() => this.#sockets.opened());
      },
      post: (tabId, message) => {
        this.tabs.find((tab) => tab.tabId === tabId)?.receive(tabId, message);
      },
      answer: (hub, callId, answer) => {
        const call = this.#calls.get(`${hub.epoch}/${callId}`);
        this.#calls.delete(`${hub.epoch}/${callId}`);
        if (!call) return;
        const { call: request } = call;
        if (request.type === 'send' && answer.ok) {
          const entry = this.ledger.entries.get(request.messageId);
          // A repeated call may find that the message has arrived.
          const isSettled =
            entry?.isDiscarded === true || hasArrived(this.gateway, request.messageId);
          this.assert(() => this.#outbox.promised(request.messageId, isSettled));
        }
        call.settle(answer);
      },
      onBooted: () => {
        for (const tab of this.tabs) this.join(tab);
      },
      nextStep: () => {
        this.steps += 1;
        check(this.steps < mostSteps, 'bounded', () => `${mostSteps} steps without an end`);
        return this.steps;
      },
      onStep: (step) => this.#onStep(step),
      onLeft: (hub) => {
        if (this.hub !== hub) return;
        if (this.disk.isBare) this.ledger.voidAll();
        this.#dropCalls();
        this.machine.after(random.between(0, 50), () => this.boot());
      },
    };
  }

  /** Who is signed in at the site. */
  get subject(): string {
    return this.#broker.subject;
  }

  signIn(subject: string): void {
    if (subject === this.#broker.subject) return;
    this.context.trace.add('site', `${subject} signs in`);
    this.#broker.subject = subject;
    this.ledger.voidAll();
  }

  /** Deploys a newer build: its hub waits for the lock, and some pages use it already. */
  deploy(random: Random): void {
    if (!this.hub?.isAlive || !this.hub.isBooted) return;
    count(this.context, 'newer build');
    this.context.trace.add('site', 'a newer build');
    for (const tab of this.tabs) if (tab.isAttached && random.chance(0.3)) tab.leave();
    this.hub.take({ type: 'step-down' });
  }

  deleteDatabase(): void {
    count(this.context, 'database deleted');
    this.context.trace.add('browser', 'the database is deleted');
    this.disk.delete();
    this.hub?.noticeDeletion();
    // Without a hub, there is no memory to rewrite it from.
    if (!this.hub?.isAlive || !this.hub.isBooted) this.ledger.voidAll();
  }

  async run(): Promise<Outcome> {
    const { seed, scheduler, profile } = this.context;
    let violation: Violation | null = null;
    try {
      this.boot();
      startStorm(this);
      await scheduler.runUntil(profile.minutes * 60_000);
      this.#calmDown();
      await this.#becomeRight();
    } catch (error) {
      violation = error instanceof Violation ? error : crashOf(error);
    }
    return {
      seed,
      steps: this.steps,
      time: scheduler.now,
      faults: this.context.faults,
      met: this.context.interactions.met,
      events: this.context.events.happened,
      violation,
      trace: this.context.trace.last(),
    };
  }

  /** Runs until all checks pass, or the calm is over. */
  async #becomeRight(): Promise<void> {
    const { scheduler, profile } = this.context;
    const end = scheduler.now + (profile.dialect === 'webchat' ? calm : pacedCalm);
    for (let look = looks.first; scheduler.now < end; ) {
      await scheduler.runUntil(scheduler.now + look);
      look = Math.min(look * looks.growth, looks.last);
      if (!this.#isQuiet || !this.#isRight()) continue;
      if (!profile.lingers) return;
      await scheduler.runUntil(scheduler.now + lingering);
      break;
    }
    // A token renewal may be in progress.
    for (let second = 0; second < 60 && !this.#isQuiet; second += 1) {
      await scheduler.runUntil(scheduler.now + 1_000);
    }
    runFinalChecks(this);
  }

  #isRight(): boolean {
    try {
      runFinalChecks(this);
      return true;
    } catch (error) {
      if (error instanceof Violation) return false;
      throw error;
    }
  }

  get #isQuiet(): boolean {
    const state = this.hub?.state;
    if (!state || !isSettled(state) || state.catchUps.active !== null) return false;
    return state.outbox.every((item) => item.at.stage === 'failed');
  }

  /** Runs a check, unless its rule is switched off. */
  assert(work: () => void): void {
    try {
      work();
    } catch (error) {
      if (error instanceof Violation && this.#without.has(error.rule)) return;
      throw error;
    }
  }

  boot(): void {
    this.#hubs += 1;
    this.context.trace.add('browser', `starts hub ${this.#hubs}`);
    // A new hub has no memory to rewrite a deleted database from.
    this.disk.isBare = false;
    this.hub = new HubProcess(this.#environment, `hub${this.#hubs}`);
  }

  kill(isPowerCut: boolean): void {
    const { hub } = this;
    if (!hub?.isAlive) return;
    this.context.trace.add(
      'browser',
      `${hub.epoch} is killed${isPowerCut ? ' by a power cut' : ''}`,
    );
    hub.kill(isPowerCut);
    // Only this hub was told about deletions.
    const { messages, outbox, conversations } = this.disk;
    for (const { conversationId } of [...messages.values(), ...outbox.values()]) {
      this.cleared.delete(conversationId ?? '');
    }
    for (const conversationId of conversations.keys()) this.cleared.delete(conversationId);
    count(this.context, isPowerCut ? 'power cut' : 'worker killed');
    if (this.disk.isBare) this.ledger.voidAll();
    if (isPowerCut) {
      const lost = this.disk.losePower(this.context.random.next());
      for (let write = 0; write < lost; write += 1) count(this.context, 'write lost');
      this.context.trace.add('disk', `${lost} writes are lost`);
      if (lost > 0 && this.gateway instanceof GenesysPlatform) this.gateway.forgetReadings();
    }
    this.#dropCalls();
    this.machine.after(this.context.random.between(5, 500), () => this.boot());
  }

  /** Drops the calls of a hub that has ended. */
  #dropCalls(): void {
    this.#calls.clear();
    for (const tab of this.tabs) tab.detach();
  }

  /** Attaches an open page to the running hub. */
  join(tab: ModelTab): void {
    const { hub } = this;
    if (!hub?.isAlive || !hub.isBooted) return;
    if (tab.hub !== null || tab.isFrozen || tab.isAway || tab.isGone) return;
    this.#attachments += 1;
    tab.attach(hub, `${tab.name}.${this.#attachments}`);
  }

  openTab(): ModelTab {
    const tab = this.#openPage(new ModelStorage());
    return tab;
  }

  /** Opens a page; in an existing tab, it has the previous page's session storage. */
  #openPage(session: PageStorage): ModelTab {
    const name = `tab${this.tabs.length + 1}`;
    const storages = [this.#storage, session] as const;
    const tab = new ModelTab(name, this.context, this.machine, storages, this.#tabEvents);
    this.tabs.push(tab);
    this.join(tab);
    return tab;
  }

  /** The visitor navigates to another page in the same tab. */
  navigate(tab: ModelTab): void {
    const calls = tab.unsettled.map(({ call }) => call);
    this.close(tab);
    const next = this.#openPage(tab.storages[1]);
    for (const call of calls) if (call.type === 'send') this.#handedOff.set(call.messageId, next);
  }

  /** Messages that an open page still has to send for its predecessor. */
  get unsent(): readonly string[] {
    return [...this.#handedOff]
      .filter(([messageId, tab]) => !tab.isGone && !this.ledger.entries.get(messageId)?.isVoid)
      .map(([messageId]) => messageId);
  }

  close(tab: ModelTab): void {
    tab.leave();
    tab.isGone = true;
  }

  thaw(tab: ModelTab): void {
    if (tab.isFrozen) this.context.trace.add(tab.name, `thaws, ${tab.unseenPosts} posts`);
    tab.thaw();
    this.join(tab);
  }

  send(tab: ModelTab, messageId: string, text: string): void {
    this.ledger.open(messageId, tab.name, this.subject);
    tab.call({ type: 'send', messageId, text });
  }

  /** The hub's own answer: the gateway has not confirmed the end in time. */
  #isUnconfirmed({ type }: Call | SideCall): boolean {
    const details = this.hub?.state.conversation?.details;
    return type === 'end' && details?.status !== 'ended' && details?.ending !== 'pending';
  }

  readonly #tabEvents: TabEvents = {
    changed: (tab) => {
      this.assert(() => this.#transcript.tab(tab));
      this.assert(() => this.#visitors.tab(tab));
    },
    received: (tab, message) => {
      if (message.type !== 'snapshot') return;
      this.context.trace.add(tab.name, `snapshot ${message.revision}`);
    },
    answered: (tab, call, code) => {
      this.context.trace.add(tab.name, `${call.type} → ${code ?? 'ok'}`);
      this.assert(() =>
        check(!isGivenUp(tab, call, code) || this.#isUnconfirmed(call), 'answers', () => {
          return `${tab.name} gives ${call.type} up (${code}), attached for ${tab.worksFor} ms`;
        }),
      );
      if (call.type !== 'send') return;
      if (code === null) this.ledger.promise(call.messageId);
      // An unreachable hub gets the call again.
      if (code !== 'unreachable' && code !== 'timeout') this.#handedOff.delete(call.messageId);
    },
    called: (hub, tab, call, settle) => {
      this.#callId += 1;
      const callId = this.#callId;
      const { tabId } = tab;
      this.#calls.set(`${hub.epoch}/${callId}`, { tab, tabId, call, settle });
      hub.take({ type: 'call', tabId, callId, call });
    },
  };

  /** Unanswered calls of attached pages that the hub has accepted. */
  get unanswered(): readonly { readonly tab: ModelTab; readonly call: Call }[] {
    return [...this.#calls.values()].filter(({ tab, tabId }) => tab.tabId === tabId);
  }

  #onStep(step: Step): void {
    this.#recordId(step);
    this.#forget(step);
    this.#stepLog.add(step);
    this.ledger.observe(step, epochTime(this.context.scheduler.now));
    this.context.interactions.step(step, this.context.scheduler.now);
    this.assert(() => this.#transcript.step(step));
    this.assert(() => this.#visitors.step(step));
    this.assert(() => this.#sockets.step(step));
    this.assert(() => this.#outbox.step(step));
    this.assert(() => this.#manners.step(step));
    this.assert(() => this.#pace.step(step));
    this.assert(() => this.#timers.step(step));
    this.assert(() => this.#resets.step(step));
    this.assert(() => postsAreOfThisVisitor(step));
    this.assert(() => this.#conversations.step(step));
    this.assert(() => this.#alerts.step(step));
    this.assert(() => stepWithinBounds(step, this.#calls.size));
    for (const tab of this.tabs) if (tab.isFrozen) this.assert(() => tabWithinBounds(tab));
  }

  /** Records deletions that the hub was told about. */
  #forget({ before, input }: Step): void {
    // A page has restored the id of a deleted conversation, which another one has now.
    if (input.type === 'tab-attached') this.cleared.delete(input.conversationId ?? '');
    if (input.type !== 'gateway' || input.event.type !== 'session-over') return;
    if (input.event.reason !== 'cleared' || !before.conversation) return;
    if (!('socketId' in before.connection) || before.connection.socketId !== input.socketId) return;
    if (!isEnd(before)) this.cleared.add(before.conversation.details.conversationId);
  }

  /** Conversations that a hub has closed. */
  readonly #closed = new Set<string>();

  /** Records the id that the browser uses for the online conversation. */
  #recordId({ hub, after: { connection, conversation } }: Step): void {
    if (!(this.gateway instanceof GenesysPlatform) || !conversation) return;
    const { conversationId, status } = conversation.details;
    if (status === 'ended' && conversation.finalCatchUp === null) this.#closed.add(conversationId);
    if (connection.phase !== 'online') return;
    const end = hub.sockets.get(connection.socketId)?.session;
    if (!(end instanceof GenesysConnection) || !end.session) return;
    if (connection.session.stage !== 'conversation') return;
    const { gateway } = this;
    const { session } = end;
    gateway.name(conversationId, session);
    // A hub that has lost its store may open the session again.
    const { 'database deleted': deleted, 'write lost': lost } = this.context.faults;
    if (deleted !== undefined || lost !== undefined) return;
    const ended = gateway.idsOfSession(session).find((name) => this.#closed.has(name));
    this.assert(() =>
      check(ended === undefined || ended === conversationId, 'no session reuse', () => {
        return `the session of ${ended} was opened for ${conversationId}`;
      }),
    );
  }

  /** The browser's `online` and `offline` events, which a hub receives once it has booted. */
  setOnline(online: boolean): void {
    if (this.hub?.isBooted && this.hub.isAlive) this.hub.take({ type: 'online', isOnline: online });
  }

  /** Stops all faults and shows all pages. */
  #calmDown(): void {
    const { context, machine, gateway } = this;
    context.trace.add('storm', 'the storm is over');
    context.isStormy = false;
    gateway.isUp = true;
    machine.isOnline = true;
    machine.wake();
    this.setOnline(true);
    if (!this.tabs.some((tab) => !tab.isGone)) this.openTab();
    for (const tab of this.tabs) {
      if (tab.isGone) continue;
      tab.isAway = false;
      this.thaw(tab);
      tab.show(true);
    }
    // A signed-out visitor signs in again.
    machine.after(30_000, () => {
      const phase = this.hub?.state.connection.phase;
      if (phase === 'signed-out' || phase === 'failed') {
        this.tabs.find((tab) => !tab.isGone)?.call({ type: 'reconnect' });
      }
    });
  }
}

/**
 * A page has timed out although its hub could have answered. Calls that wait for the gateway
 * may take longer.
 */
function isGivenUp(tab: ModelTab, { type }: Call | SideCall, code: string | null): boolean {
  if (code !== 'timeout' && code !== 'unreachable') return false;
  return type !== 'start' && type !== 'load-earlier' && tab.worksFor > longestAnswer;
}

/** Whether a session that is cleared now is cleared to end the conversation, as far as the hub knows. */
function isEnd({ sessionMemory, conversation, connection, endRequest }: HubState): boolean {
  if (!('socketId' in connection)) return false;
  const { socketId } = connection;
  if (sessionMemory?.deletionOn === socketId) return false;
  const { clearing } = sessionMemory ?? {};
  if (clearing?.socketId === socketId) return clearing.purpose === 'end';
  const ending = conversation?.details.ending;
  return ending === 'pending' || ending === 'unconfirmed' || endRequest.sentOn === socketId;
}

function hasArrived({ conversations }: ModelGateway, messageId: string): boolean {
  return conversations.some(({ ids }) => ids.has(messageId));
}
