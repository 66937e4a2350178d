import type { HubState } from '../../src/worker/core/state.ts';
import { activeTab, cache, offline, start, write } from './actions.ts';
import type { FaultKind } from './faults.ts';
import type { FeatureName } from './interactions.ts';
import { GenesysPlatform } from './model/genesys-cloud/platform.ts';
import type { DialectName } from './profile.ts';
import type { Random } from './random.ts';
import { count } from './sim-context.ts';
import type { Simulation } from './simulation.ts';

type Provocation = (simulation: Simulation, random: Random) => void;

/** How many features to provoke together. */
const actionCount = [3, 6] as const;

/** The time in which they are provoked, in ms. */
const within = 3_000;

function sendMessage(simulation: Simulation, random: Random): void {
  const tab = activeTab(simulation, random);
  if (tab) write(simulation, tab, random);
}

function cut({ sockets }: Simulation): void {
  for (const socket of sockets) socket.cut('both');
}

function loadEarlier(simulation: Simulation, random: Random): void {
  const tab = activeTab(simulation, random);
  const [first] = tab?.snapshot?.messages ?? [];
  const before = first ? { position: first.position, messageId: first.messageId } : null;
  const conversationId = first?.conversationId ?? null;
  tab?.call({ type: 'load-earlier', before, conversationId, count: random.int(1, 60) });
}

/** Arms a fault, and then gives it something to strike. */
const strike =
  (kind: FaultKind, ...deeds: readonly Provocation[]): Provocation =>
  (simulation, random) => {
    simulation.context.events.provoke(kind);
    for (const deed of deeds) deed(simulation, random);
  };

/** Expires the token of an open socket. */
function expire(simulation: Simulation): void {
  // With sessions as tokens, only a new hub asks who the visitor is.
  if (simulation.gateway instanceof GenesysPlatform) simulation.kill(false);
  else for (const socket of simulation.sockets) socket.session?.expire?.();
}

/** Ends the conversation and starts another, shortly before or after the hub notices the end. */
function endAndStart(simulation: Simulation, random: Random): void {
  if (random.chance(0.5)) simulation.gateway.endOpen();
  else activeTab(simulation, random)?.call({ type: 'end' });
  for (const most of [300, 1_200, 3_000]) {
    simulation.machine.after(random.between(most / 3, most), () => start(simulation, random));
  }
}

/** Makes the hub open another socket soon. */
function replaceConnection(simulation: Simulation, random: Random): void {
  if (!(simulation.gateway instanceof GenesysPlatform)) {
    expire(simulation);
    return;
  }
  cut(simulation);
  simulation.machine.after(2_100, () => activeTab(simulation, random)?.call({ type: 'reconnect' }));
}

/** The agent sends three messages in a row. */
function sendAgentMessages({ gateway }: Simulation, random: Random): void {
  gateway.connect();
  for (let message = 0; message < 3; message += 1) gateway.speak(random);
}

function leaveAll(simulation: Simulation, random: Random): void {
  for (const tab of simulation.tabs) {
    if (!tab.isGone && !tab.isAway && !tab.isFrozen) cache(simulation, tab, random);
  }
}

/** Acts as soon as the condition holds, or not at all. */
const when =
  (isSo: (state: HubState) => boolean, deed: Provocation): Provocation =>
  (simulation, random) => {
    const { machine, context } = simulation;
    let looks = 100;
    const look = () => {
      looks -= 1;
      if (!context.isStormy || looks === 0) return;
      if (simulation.hub && isSo(simulation.hub.state)) deed(simulation, random);
      else machine.after(30, look);
    };
    look();
  };

const whenSent = (deed: Provocation) =>
  when(({ outbox }) => outbox.some(({ at }) => at.stage === 'sent'), deed);

const whenReady = (deed: Provocation) =>
  when(({ connection }) => {
    return (
      connection.phase === 'online' &&
      connection.session.stage === 'conversation' &&
      connection.session.isCaughtUp
    );
  }, deed);

/** In session dialects, the platform has no conversation before the first message. */
const whenTalking = (deed: Provocation) =>
  whenReady((simulation, random) => {
    if (!(simulation.gateway instanceof GenesysPlatform)) {
      deed(simulation, random);
      return;
    }
    sendMessage(simulation, random);
    simulation.machine.after(random.between(300, 600), () => {
      if (simulation.context.isStormy) deed(simulation, random);
    });
  });

/** A signed-out visitor reconnects. */
function returnLater(simulation: Simulation, random: Random): void {
  simulation.machine.after(random.between(500, 2_500), () => {
    activeTab(simulation, random)?.call({ type: 'reconnect' });
    start(simulation, random);
  });
}

function openCircuit(simulation: Simulation, random: Random): void {
  const { gateway, context } = simulation;
  count(context, 'gateway outage');
  gateway.isUp = false;
  for (const socket of simulation.sockets) socket.session?.restart();
  context.scheduler.after(random.between(5_000, 20_000), () => {
    gateway.isUp = true;
  });
  // The visitor asks for a retry soon.
  simulation.machine.after(random.between(200, 2_000), () => {
    if (context.isStormy) activeTab(simulation, random)?.call({ type: 'reconnect' });
  });
}

function type(simulation: Simulation, random: Random): void {
  activeTab(simulation, random)?.call({ type: 'typing', isTyping: true });
}

/** Makes the hub request a token, with the socket open (REST answers 401) or without. */
function requestToken(kind: FaultKind): Provocation {
  return (simulation, random) => {
    const isGuest = simulation.gateway instanceof GenesysPlatform;
    if (isGuest || random.chance(0.5)) strike(kind, expire)(simulation, random);
    else
      whenReady(strike('frame lost', strike('REST 401', strike(kind)), sendAgentMessages))(
        simulation,
        random,
      );
  };
}

/** How to provoke a feature; those not listed occur by themselves. */
const provocations: Partial<Record<FeatureName, Provocation>> = {
  'rate pause': whenReady(strike('rate limited', sendMessage)),
  'REST pause': strike('REST busy', cut),
  'broker pause': requestToken('broker busy'),
  renewal: expire,
  draining: whenReady((simulation, random) => {
    sendMessage(simulation, random);
    whenSent((one) => one.deploy(random))(simulation, random);
  }),
  'circuit open': openCircuit,
  'reorder buffer': whenReady(strike('frame lost', sendAgentMessages)),
  gap: whenReady(strike('frame lost', strike('REST behind'), sendAgentMessages)),
  'message stored': sendMessage,
  'message in flight': sendMessage,
  'message unconfirmed': (simulation, random) => {
    sendMessage(simulation, random);
    simulation.machine.after(random.between(5, 300), () => cut(simulation));
  },
  'message failed': (simulation, random) => {
    sendMessage(simulation, random);
    simulation.gateway.endOpen();
  },
  pagination: loadEarlier,
  'agent types': whenTalking(({ gateway }) => gateway.type()),
  'visitor types': type,
  'frame lost': strike('frame lost', sendMessage),
  'frame duplicated': strike('frame duplicated', sendMessage),
  'frame reordered': strike('frame reordered', sendMessage),
  'connection lost': cut,
  'connect failed': strike('connect failed', replaceConnection),
  'auth refused': strike('auth refused', replaceConnection),
  'token expired': expire,
  'internal error': whenReady(strike('internal error', sendMessage, type)),
  'conversation forgotten': whenTalking(({ gateway, context }) => {
    if (gateway.forgetOpen()) count(context, 'conversation forgotten');
  }),
  'REST failed': strike('REST failed', cut),
  'REST 401': strike('REST 401', cut),
  'broker failed': requestToken('broker failed'),
  'session over': strike('broker signed out', expire, returnLater),
  'worker killed': (simulation) => simulation.kill(false),
  'power cut': (simulation) => simulation.kill(true),
  'database deleted': (simulation) => simulation.deleteDatabase(),
  'machine asleep': ({ machine, context }, random) => {
    count(context, 'sleep');
    machine.sleep(random.between(500, 4_000));
  },
  'clock jump': ({ machine, context }, random) => {
    count(context, 'clock jump');
    machine.jump(random.between(-1, 1) * 100_000);
  },
  offline: (simulation, random) => offline(simulation, random, random.between(500, 5_000)),
  'tab frozen': (simulation, random) => {
    const tab = activeTab(simulation, random);
    if (!tab) return;
    count(simulation.context, 'tab frozen');
    tab.freeze();
    simulation.machine.after(random.exponential(5_000), () => simulation.thaw(tab));
  },
  'tab gone': (simulation, random) => {
    const tab = activeTab(simulation, random);
    if (tab) cache(simulation, tab, random);
  },
  evicted: whenReady((simulation, random) => {
    for (const socket of simulation.sockets) socket.session?.evict?.();
    // The visitor uses this window again.
    simulation.machine.after(random.between(200, 3_000), () => {
      if (simulation.context.isStormy) activeTab(simulation, random)?.call({ type: 'reconnect' });
    });
  }),
  farewell: whenTalking(({ gateway }, random) => {
    gateway.connect();
    if (gateway instanceof GenesysPlatform) gateway.farewell(random);
  }),
  'conversation deleted': whenTalking(({ hub }) => {
    if (hub?.edges.isOpen) hub.send({ type: 'clear-conversation' });
  }),
  'visitor switched': (simulation, random) => {
    count(simulation.context, 'visitor changed');
    simulation.signIn(simulation.subject === 'visitor-1' ? 'visitor-2' : 'visitor-1');
    expire(simulation);
    simulation.machine.after(random.between(500, 2_000), () => start(simulation, random));
  },
  'signed out': (simulation, random) => {
    count(simulation.context, 'visitor changed');
    const tab = activeTab(simulation, random);
    tab?.call({ type: 'sign-out' });
    returnLater(simulation, random);
  },
  'newer build': (simulation, random) => simulation.deploy(random),
  'hub idle': (simulation, random) => {
    const { conversation } = simulation.hub?.state ?? {};
    if (conversation?.details.status === 'connected' || random.chance(0.3)) {
      leaveAll(simulation, random);
      return;
    }
    // After an end there is nothing to go idle from, so another conversation is started and left.
    start(simulation, random);
    whenReady(leaveAll)(simulation, random);
  },
  'conversation ended': ({ gateway }) => gateway.endOpen(),
  'next conversation': whenReady(endAndStart),
};

/** Features that rarely occur although they are provoked. */
const rare: readonly FeatureName[] = [
  'rate pause',
  'broker pause',
  'draining',
  'circuit open',
  'agent types',
  'auth refused',
  'internal error',
  'REST 401',
  'conversation forgotten',
  'visitor switched',
  'signed out',
  'session over',
  'hub idle',
  'next conversation',
  // Listed again, to be picked more often.
  'draining',
  'internal error',
  'conversation forgotten',
  'next conversation',
  'next conversation',
  'next conversation',
];

const common: readonly FeatureName[] = [
  'REST pause',
  'renewal',
  'reorder buffer',
  'message in flight',
  'message unconfirmed',
  'message failed',
  'pagination',
  'visitor types',
  'frame lost',
  'frame duplicated',
  'frame reordered',
  'connection lost',
  'connect failed',
  'REST failed',
  'broker failed',
  'worker killed',
  'power cut',
  'database deleted',
  'machine asleep',
  'clock jump',
  'offline',
  'tab frozen',
  'tab gone',
  'newer build',
  'conversation ended',
];

/** With those of one dialect only. */
const rareWebchat: readonly FeatureName[] = [...rare, 'gap', 'gap', 'gap', 'gap'];
const rareGenesys: readonly FeatureName[] = [
  ...rare,
  'evicted',
  'evicted',
  'farewell',
  'farewell',
  'conversation deleted',
  'conversation deleted',
  'agent types',
  'draining',
  'draining',
  'circuit open',
];

/**
 * Pairs that otherwise meet too rarely: each feature with those that it is made to meet. The
 * report of a campaign shows which pairs belong here.
 */
const seldom: Readonly<Record<DialectName, readonly Encounters[]>> = {
  webchat: [
    ['gap', ['database deleted', 'hub idle', 'session over', 'machine asleep', 'auth refused']],
    ['gap', ['conversation forgotten', 'visitor switched', 'draining', 'signed out']],
    ['draining', ['circuit open', 'machine asleep', 'hub idle', 'auth refused']],
    ['draining', ['broker pause', 'circuit open']],
    ['circuit open', ['internal error', 'conversation forgotten']],
    ['hub idle', ['internal error', 'next conversation']],
    ['next conversation', ['visitor switched', 'signed out', 'session over']],
    ['next conversation', ['visitor switched', 'signed out', 'conversation forgotten']],
    ['conversation forgotten', ['visitor switched', 'signed out']],
  ],
  'genesys-cloud': [
    ['conversation deleted', ['conversation forgotten', 'hub idle', 'hub idle', 'circuit open']],
    ['conversation deleted', ['expiry known', 'farewell', 'session over', 'machine asleep']],
    ['conversation deleted', ['visitor switched', 'draining', 'offline', 'signed out']],
    ['conversation deleted', ['broker pause', 'auth refused', 'REST pause', 'REST 401']],
    ['conversation deleted', ['evicted', 'agent types', 'database deleted', 'expiry known']],
    ['hub idle', ['conversation forgotten', 'conversation deleted', 'conversation forgotten']],
    ['hub idle', ['conversation forgotten', 'conversation deleted', 'REST pause']],
    ['evicted', ['conversation forgotten', 'conversation deleted', 'session over']],
    ['farewell', ['session over', 'session over', 'auth refused', 'conversation forgotten']],
    ['conversation forgotten', ['circuit open', 'hub idle', 'expiry known', 'auth refused']],
    ['conversation forgotten', ['REST 401', 'session over', 'database deleted', 'evicted']],
    ['conversation forgotten', ['power cut', 'signed out', 'draining', 'visitor switched']],
    ['conversation forgotten', ['agent types', 'farewell', 'machine asleep']],
    ['hub idle', ['evicted', 'internal error', 'draining', 'REST 401', 'agent types']],
    ['expiry known', ['visitor switched', 'evicted', 'draining', 'database deleted']],
    ['circuit open', ['evicted', 'draining', 'internal error', 'agent types']],
    ['agent types', ['visitor switched', 'broker failed', 'signed out', 'database deleted']],
    ['draining', ['database deleted', 'machine asleep', 'signed out', 'power cut']],
  ],
};

type Encounters = readonly [FeatureName, readonly FeatureName[]];
type Pair = readonly [FeatureName, FeatureName];

const pairsOf = (encounters: readonly Encounters[]): readonly Pair[] =>
  encounters.flatMap(([one, others]) => others.map((other): Pair => [one, other]));

const seldomPairs: Readonly<Record<DialectName, readonly Pair[]>> = {
  webchat: pairsOf(seldom.webchat),
  'genesys-cloud': pairsOf(seldom['genesys-cloud']),
};

/** The share of provocations that are such a pair. */
const seldomShare: Readonly<Record<DialectName, number>> = { webchat: 0.15, 'genesys-cloud': 0.33 };

function provoke(simulation: Simulation, random: Random, name: FeatureName): void {
  const { context } = simulation;
  if (!context.isStormy) return;
  context.trace.add('chance', `provokes ${name}`);
  provocations[name]?.(simulation, random);
}

/** Little can happen after these, so they come second. */
const latest: readonly FeatureName[] = [
  'hub idle',
  'circuit open',
  'signed out',
  'visitor switched',
];

/** Provokes the second feature as soon as the first occurs, or after a timeout. */
function chain(simulation: Simulation, random: Random, [one, other]: Pair): void {
  const { machine, context } = simulation;
  const isTurned = random.chance(0.5);
  const late = latest.find((name) => name === one || name === other);
  const isLate = late === undefined ? isTurned : late === one;
  const [first, second] = isLate ? [other, one] : [one, other];
  const lag = random.between(0, 1_000);
  let isDue = false;
  const follow = () => {
    if (isDue) return;
    isDue = true;
    machine.after(lag, () => provoke(simulation, random, second));
  };
  context.interactions.onNext(first, follow);
  machine.after(within, follow);
  provoke(simulation, random, first);
}

/** Provokes several features shortly after each other. */
export function provokeSome(simulation: Simulation, random: Random): void {
  const { machine, context } = simulation;
  const { dialect } = context.profile;
  if (random.chance(seldomShare[dialect])) {
    const pair = random.pick(seldomPairs[dialect]);
    if (pair) chain(simulation, random, pair);
    return;
  }
  const rare = dialect === 'webchat' ? rareWebchat : rareGenesys;
  const isPair = random.chance(0.5);
  if (isPair && random.chance(0.5)) {
    const [one, other] = [random.pick(rare), random.pick(rare)];
    if (one && other) chain(simulation, random, [one, other]);
    return;
  }
  const many = isPair ? 2 : random.int(...actionCount);
  for (let deed = 0; deed < many; deed += 1) {
    const isRare = isPair || random.chance(0.4);
    const name = random.pick<FeatureName>(isRare ? rare : common);
    if (name) machine.after(random.between(0, within), () => provoke(simulation, random, name));
  }
}
