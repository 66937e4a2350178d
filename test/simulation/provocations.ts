import type { HubState } from '../../src/worker/core/state.ts';
import { awake, cache, offline, start, write } from './actions.ts';
import type { FaultKind } from './faults.ts';
import type { FeatureName } from './interactions.ts';
import { GenesysPlatform } from './model/genesys-cloud/platform.ts';
import type { DialectName } from './profile.ts';
import type { Random } from './random.ts';
import { count } from './sim-context.ts';
import type { Simulation } from './simulation.ts';

type Provocation = (simulation: Simulation, random: Random) => void;

/** So many things at once, so that each two of them meet. */
const several = [3, 6] as const;

/** Within so many ms. */
const within = 3_000;

function say(simulation: Simulation, random: Random): void {
  const tab = awake(simulation, random);
  if (tab) write(simulation, tab, random);
}

function cut({ lines }: Simulation): void {
  for (const line of lines) line.cut('both');
}

function loadEarlier(simulation: Simulation, random: Random): void {
  const tab = awake(simulation, random);
  const [first] = tab?.snapshot?.messages ?? [];
  const before = first ? { position: first.position, messageId: first.messageId } : null;
  const conversationId = first?.conversationId ?? null;
  tab?.call({ type: 'load-earlier', before, conversationId, count: random.int(1, 60) });
}

/** A fault that strikes as soon as it can, and what it strikes. */
const strike =
  (kind: FaultKind, ...deeds: readonly Provocation[]): Provocation =>
  (simulation, random) => {
    simulation.world.events.provoke(kind);
    for (const deed of deeds) deed(simulation, random);
  };

/** A line is there without a token for what comes next. */
function expire(simulation: Simulation): void {
  // Where the session is the token, it is a new hub that asks who the visitor is.
  if (simulation.gateway instanceof GenesysPlatform) simulation.kill(false);
  else for (const line of simulation.lines) line.session?.expire?.();
}

/** Heard of late or soon, an end is followed by another conversation. */
function endAndStart(simulation: Simulation, random: Random): void {
  if (random.chance(0.5)) simulation.gateway.endOpen();
  else awake(simulation, random)?.call({ type: 'end' });
  for (const most of [300, 1_200, 3_000]) {
    simulation.machine.after(random.between(most / 3, most), () => start(simulation, random));
  }
}

/** Another line is opened at once, or as soon as may be. */
function lineAnew(simulation: Simulation, random: Random): void {
  if (!(simulation.gateway instanceof GenesysPlatform)) {
    expire(simulation);
    return;
  }
  cut(simulation);
  simulation.machine.after(2_100, () => awake(simulation, random)?.call({ type: 'reconnect' }));
}

/** The other side says some things in a row. */
function speak({ gateway }: Simulation, random: Random): void {
  gateway.connect();
  for (let message = 0; message < 3; message += 1) gateway.speak(random);
}

function leaveAll(simulation: Simulation, random: Random): void {
  for (const tab of simulation.tabs) {
    if (!tab.isGone && !tab.isAway && !tab.isFrozen) cache(simulation, tab, random);
  }
}

/** As soon as it is so, or not at all. */
const once =
  (isSo: (state: HubState) => boolean, deed: Provocation): Provocation =>
  (simulation, random) => {
    const { machine, world } = simulation;
    let looks = 100;
    const look = () => {
      looks -= 1;
      if (!world.isStormy || looks === 0) return;
      if (simulation.hub && isSo(simulation.hub.state)) deed(simulation, random);
      else machine.after(30, look);
    };
    look();
  };

const onceSent = (deed: Provocation) =>
  once(({ outbox }) => outbox.some(({ at }) => at.stage === 'sent'), deed);

const onceReady = (deed: Provocation) =>
  once(({ connection }) => {
    return (
      connection.phase === 'online' &&
      connection.session.stage === 'conversation' &&
      connection.session.isCaughtUp
    );
  }, deed);

/** Where the session is the conversation, the platform has none before something was said. */
const onceTalking = (deed: Provocation) =>
  onceReady((simulation, random) => {
    if (!(simulation.gateway instanceof GenesysPlatform)) {
      deed(simulation, random);
      return;
    }
    say(simulation, random);
    simulation.machine.after(random.between(300, 600), () => {
      if (simulation.world.isStormy) deed(simulation, random);
    });
  });

/** A visitor who was signed out comes back. */
function comeBack(simulation: Simulation, random: Random): void {
  simulation.machine.after(random.between(500, 2_500), () => {
    awake(simulation, random)?.call({ type: 'reconnect' });
    start(simulation, random);
  });
}

function stumble(simulation: Simulation, random: Random): void {
  const { gateway, world } = simulation;
  count(world, 'gateway outage');
  gateway.isUp = false;
  for (const line of simulation.lines) line.session?.restart();
  world.scheduler.after(random.between(5_000, 20_000), () => {
    gateway.isUp = true;
  });
  // Nobody waits long before they ask for it.
  simulation.machine.after(random.between(200, 2_000), () => {
    if (world.isStormy) awake(simulation, random)?.call({ type: 'reconnect' });
  });
}

function type(simulation: Simulation, random: Random): void {
  awake(simulation, random)?.call({ type: 'typing', isTyping: true });
}

/** With a line that lives on, or none: REST refuses the token, or there is a new hub. */
function askTheBroker(kind: FaultKind): Provocation {
  return (simulation, random) => {
    const isGuest = simulation.gateway instanceof GenesysPlatform;
    if (isGuest || random.chance(0.5)) strike(kind, expire)(simulation, random);
    else
      onceReady(strike('frame lost', strike('REST 401', strike(kind)), speak))(simulation, random);
  };
}

/** What a feature can be made to happen by; the others come by themselves. */
const provocations: Partial<Record<FeatureName, Provocation>> = {
  'rate pause': onceReady(strike('rate limited', say)),
  'REST pause': strike('REST busy', cut),
  'broker pause': askTheBroker('broker busy'),
  renewal: expire,
  draining: onceReady((simulation, random) => {
    say(simulation, random);
    onceSent((one) => one.deploy(random))(simulation, random);
  }),
  'circuit open': stumble,
  'gap held': onceReady(strike('frame lost', speak)),
  hole: onceReady(strike('frame lost', strike('REST behind'), speak)),
  'message stored': say,
  'message on its way': say,
  'message in doubt': (simulation, random) => {
    say(simulation, random);
    simulation.machine.after(random.between(5, 300), () => cut(simulation));
  },
  'message failed': (simulation, random) => {
    say(simulation, random);
    simulation.gateway.endOpen();
  },
  'earlier wanted': loadEarlier,
  'other types': onceTalking(({ gateway }) => gateway.type()),
  'visitor types': type,
  'frame lost': strike('frame lost', say),
  'frame doubled': strike('frame doubled', say),
  'frame swapped': strike('frame swapped', say),
  'connection lost': cut,
  'connect failed': strike('connect failed', lineAnew),
  'auth refused': strike('auth refused', lineAnew),
  'token expired': expire,
  'internal error': onceReady(strike('internal error', say, type)),
  'conversation forgotten': onceTalking(({ gateway, world }) => {
    if (gateway.forgetOpen()) count(world, 'conversation forgotten');
  }),
  'REST failed': strike('REST failed', cut),
  'REST 401': strike('REST 401', cut),
  'broker failed': askTheBroker('broker failed'),
  'session over': strike('broker signed out', expire, comeBack),
  'worker killed': (simulation) => simulation.kill(false),
  'power cut': (simulation) => simulation.kill(true),
  'database deleted': (simulation) => simulation.deleteDatabase(),
  'machine asleep': ({ machine, world }, random) => {
    count(world, 'sleep');
    machine.sleep(random.between(500, 4_000));
  },
  'clock jump': ({ machine, world }, random) => {
    count(world, 'clock jump');
    machine.jump(random.between(-1, 1) * 100_000);
  },
  offline: (simulation, random) => offline(simulation, random, random.between(500, 5_000)),
  'tab frozen': (simulation, random) => {
    const tab = awake(simulation, random);
    if (!tab) return;
    count(simulation.world, 'tab frozen');
    tab.freeze();
    simulation.machine.after(random.exponential(5_000), () => simulation.thaw(tab));
  },
  'tab gone': (simulation, random) => {
    const tab = awake(simulation, random);
    if (tab) cache(simulation, tab, random);
  },
  evicted: onceReady((simulation, random) => {
    for (const line of simulation.lines) line.session?.evict?.();
    // Used here again, it is opened here again.
    simulation.machine.after(random.between(200, 3_000), () => {
      if (simulation.world.isStormy) awake(simulation, random)?.call({ type: 'reconnect' });
    });
  }),
  farewell: onceTalking(({ gateway }, random) => {
    gateway.connect();
    if (gateway instanceof GenesysPlatform) gateway.farewell(random);
  }),
  'conversation deleted': onceTalking(({ hub }) => {
    if (hub?.edges.isOpen) hub.send({ type: 'clear-conversation' });
  }),
  'visitor switched': (simulation, random) => {
    count(simulation.world, 'visitor changed');
    simulation.signIn(simulation.subject === 'visitor-1' ? 'visitor-2' : 'visitor-1');
    expire(simulation);
    simulation.machine.after(random.between(500, 2_000), () => start(simulation, random));
  },
  'signed out': (simulation, random) => {
    count(simulation.world, 'visitor changed');
    const tab = awake(simulation, random);
    tab?.call({ type: 'sign-out' });
    comeBack(simulation, random);
  },
  'newer build': (simulation, random) => simulation.deploy(random),
  'hub idle': (simulation, random) => {
    const { conversation } = simulation.hub?.state ?? {};
    if (conversation?.details.status === 'connected' || random.chance(0.3)) {
      leaveAll(simulation, random);
      return;
    }
    // There is nothing to sleep from, after an end: the next one is left at once.
    start(simulation, random);
    onceReady(leaveAll)(simulation, random);
  },
  'conversation ended': ({ gateway }) => gateway.endOpen(),
  'next conversation': onceReady(endAndStart),
};

/** What comes about seldom although it is provoked. */
const shy: readonly FeatureName[] = [
  'rate pause',
  'broker pause',
  'draining',
  'circuit open',
  'other types',
  'auth refused',
  'internal error',
  'REST 401',
  'conversation forgotten',
  'visitor switched',
  'signed out',
  'session over',
  'hub idle',
  'next conversation',
  // And these once more.
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
  'gap held',
  'message on its way',
  'message in doubt',
  'message failed',
  'earlier wanted',
  'visitor types',
  'frame lost',
  'frame doubled',
  'frame swapped',
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

/** And what only one of the dialects has. */
const shyVisitors: readonly FeatureName[] = [...shy, 'hole', 'hole', 'hole', 'hole'];
const shyGuests: readonly FeatureName[] = [
  ...shy,
  'evicted',
  'evicted',
  'farewell',
  'farewell',
  'conversation deleted',
  'conversation deleted',
  'other types',
  'draining',
  'draining',
  'circuit open',
];

/**
 * What of the above still meets too seldom by itself: each name with the others that it is made to meet. The
 * report of a campaign tells what has to be here.
 */
const seldom: Readonly<Record<DialectName, readonly Encounters[]>> = {
  webchat: [
    ['hole', ['database deleted', 'hub idle', 'session over', 'machine asleep', 'auth refused']],
    ['hole', ['conversation forgotten', 'visitor switched', 'draining', 'signed out']],
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
    ['conversation deleted', ['expiry told', 'farewell', 'session over', 'machine asleep']],
    ['conversation deleted', ['visitor switched', 'draining', 'offline', 'signed out']],
    ['conversation deleted', ['broker pause', 'auth refused', 'REST pause', 'REST 401']],
    ['conversation deleted', ['evicted', 'other types', 'database deleted', 'expiry told']],
    ['hub idle', ['conversation forgotten', 'conversation deleted', 'conversation forgotten']],
    ['hub idle', ['conversation forgotten', 'conversation deleted', 'REST pause']],
    ['evicted', ['conversation forgotten', 'conversation deleted', 'session over']],
    ['farewell', ['session over', 'session over', 'auth refused', 'conversation forgotten']],
    ['conversation forgotten', ['circuit open', 'hub idle', 'expiry told', 'auth refused']],
    ['conversation forgotten', ['REST 401', 'session over', 'database deleted', 'evicted']],
    ['conversation forgotten', ['power cut', 'signed out', 'draining', 'visitor switched']],
    ['conversation forgotten', ['other types', 'farewell', 'machine asleep']],
    ['hub idle', ['evicted', 'internal error', 'draining', 'REST 401', 'other types']],
    ['expiry told', ['visitor switched', 'evicted', 'draining', 'database deleted']],
    ['circuit open', ['evicted', 'draining', 'internal error', 'other types']],
    ['other types', ['visitor switched', 'broker failed', 'signed out', 'database deleted']],
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

/** How often it is a pair of those. */
const seldomShare: Readonly<Record<DialectName, number>> = { webchat: 0.15, 'genesys-cloud': 0.33 };

function provoke(simulation: Simulation, random: Random, name: FeatureName): void {
  const { world } = simulation;
  if (!world.isStormy) return;
  world.trace.add('chance', `provokes: ${name}`);
  provocations[name]?.(simulation, random);
}

/** Behind these little can happen: they come second. */
const latest: readonly FeatureName[] = [
  'hub idle',
  'circuit open',
  'signed out',
  'visitor switched',
];

/** The second as soon as the first is there; and if it does not come, all the same. */
function chain(simulation: Simulation, random: Random, [one, other]: Pair): void {
  const { machine, world } = simulation;
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
  world.crossings.onNext(first, follow);
  machine.after(within, follow);
  provoke(simulation, random, first);
}

/** Some things, right behind each other: what nobody drew together meets here. */
export function provokeSome(simulation: Simulation, random: Random): void {
  const { machine, world } = simulation;
  const { dialect } = world.profile;
  if (random.chance(seldomShare[dialect])) {
    const pair = random.pick(seldomPairs[dialect]);
    if (pair) chain(simulation, random, pair);
    return;
  }
  const rare = dialect === 'webchat' ? shyVisitors : shyGuests;
  const isPair = random.chance(0.5);
  if (isPair && random.chance(0.5)) {
    const [one, other] = [random.pick(rare), random.pick(rare)];
    if (one && other) chain(simulation, random, [one, other]);
    return;
  }
  const many = isPair ? 2 : random.int(...several);
  for (let deed = 0; deed < many; deed += 1) {
    const isRare = isPair || random.chance(0.4);
    const name = random.pick<FeatureName>(isRare ? rare : common);
    if (name) machine.after(random.between(0, within), () => provoke(simulation, random, name));
  }
}
