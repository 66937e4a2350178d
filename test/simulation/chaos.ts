import { activeTab, cache, offline, start, write } from './actions.ts';
import { GenesysPlatform } from './model/genesys-cloud/platform.ts';
import type { Cut } from './model/socket.ts';
import { provokeSome } from './provocations.ts';
import { Random } from './random.ts';
import { count } from './sim-context.ts';
import type { Simulation } from './simulation.ts';

/** Starts all random events: visitors, agents and faults. */
export function startStorm(simulation: Simulation): void {
  const { profile } = simulation.context;
  const { machine, gateway } = simulation;
  const every = (name: string, perMinute: number, work: Work) =>
    recur(simulation, name, perMinute, work);

  const opening = Random.named(simulation.context.seed, 'opening');
  for (let tab = 0; tab < profile.tabs; tab += 1) {
    machine.after(tab === 0 ? 0 : opening.between(0, 20_000), () => simulation.openTab());
  }
  machine.after(opening.between(10, 5_000), () => start(simulation, opening));

  every('send', profile.sends, (random) => say(simulation, random));
  every('act', profile.otherActions, (random) => act(simulation, random));
  every('visitor ends', profile.visitorEnds, (random) =>
    activeTab(simulation, random)?.call({ type: 'end' }),
  );
  // A visitor whose conversation has ended may start another.
  every('start', profile.interactions > 0 ? 30 : 4, (random) => start(simulation, random));
  every('agent speaks', profile.agentMessages, (random) => gateway.speak(random));
  every('agent ends', profile.agentEnds, () => gateway.endOpen());

  every('cut', profile.cuts, (random) => {
    const cut = random.pick<Cut>(['both', 'both', 'client', 'gateway', 'none']);
    for (const socket of simulation.sockets) if (cut) socket.cut(cut);
  });
  every('restart', profile.restarts, () => {
    count(simulation.context, 'gateway restart');
    for (const socket of simulation.sockets) socket.session?.restart();
  });
  every('outage', profile.outages, (random) => {
    count(simulation.context, 'gateway outage');
    gateway.isUp = false;
    for (const socket of simulation.sockets) socket.session?.restart();
    simulation.context.scheduler.after(random.between(1_000, 200_000), () => {
      gateway.isUp = true;
    });
  });
  every('kill', profile.kills, (random) => simulation.kill(random.chance(profile.powerCuts)));
  every('sleep', profile.sleeps, (random) => {
    count(simulation.context, 'sleep');
    machine.sleep(random.exponential(random.pick([3_000, 60_000, 600_000]) ?? 1));
  });
  every('clock jump', profile.clockJumps, (random) => {
    count(simulation.context, 'clock jump');
    machine.jump(random.between(-1, 1) * (random.pick([1_000, 100_000, 4_000_000]) ?? 1));
  });
  every('offline', profile.offlines, (random) =>
    offline(simulation, random, random.exponential(random.pick([500, 20_000, 100_000]) ?? 1)),
  );
  every('freeze', profile.freezes, (random) => {
    const tab = activeTab(simulation, random);
    if (!tab) return;
    count(simulation.context, 'tab frozen');
    // Sometimes the visitor sends something just before.
    if (random.chance(0.3)) write(simulation, tab, random);
    tab.freeze();
    simulation.context.trace.add(tab.name, 'freezes');
    machine.after(random.exponential(20_000), () => simulation.thaw(tab));
    // A browser that freezes pages often kills workers too.
    if (profile.kills === 0 || random.chance(0.7)) return;
    machine.after(random.exponential(5_000), () => {
      if (simulation.context.isStormy) simulation.kill(false);
    });
  });
  every('forget', profile.forgets, () => {
    if (gateway.forgetOpen()) count(simulation.context, 'conversation forgotten');
  });
  every('evict', profile.dialect === 'webchat' ? 0 : profile.evictions, () => {
    for (const socket of simulation.sockets) socket.session?.evict?.();
  });
  every('farewell', profile.dialect === 'webchat' ? 0 : profile.farewells, (random) => {
    if (gateway instanceof GenesysPlatform) gateway.farewell(random);
  });
  every('clear', profile.dialect === 'webchat' ? 0 : profile.clears, (random) => {
    // As src/worker/genesys-cloud/platform-calls.ts, for any tab.
    const { hub } = simulation;
    if (activeTab(simulation, random) && hub?.edges.isOpen)
      hub.send({ type: 'clear-conversation' });
  });
  every('delete database', profile.deletions, (random) => {
    // Together with the worker, so that only pages know the conversation, or under a running hub.
    if (random.chance(0.3)) simulation.kill(false);
    simulation.deleteDatabase();
  });
  every('change visitor', profile.visitorChanges, (random) => {
    count(simulation.context, 'visitor changed');
    const tab = activeTab(simulation, random);
    const leaving = random.chance(0.4) ? activeTab(simulation, random) : undefined;
    if (leaving) {
      // Left with a message on its way: it must not be sent for another visitor.
      simulation.send(
        leaving,
        `v${random.int(10, 99)}-${simulation.ledger.entries.size + 1}`,
        // Without ids, two unconfirmed messages with the same text can't be told apart.
        `bye ${simulation.ledger.entries.size + 1}`,
      );
      cache(simulation, leaving, random);
    }
    // The visitor signs out, or the site changes the visitor without telling the chat.
    if (random.chance(0.6)) tab?.call({ type: 'sign-out' });
    machine.after(random.between(0, 3_000), () => {
      simulation.signIn(`visitor-${random.int(1, 2)}`);
      if (random.chance(0.7)) activeTab(simulation, random)?.call({ type: 'reconnect' });
    });
  });
  every('deploy', profile.newerBuilds, (random) => simulation.deploy(random));
  every('interaction', profile.interactions, (random) => provokeSome(simulation, random));
}

type Work = (random: Random) => void;

/** Each kind of event has its own stream, so it can be left out without changing the others. */
function recur(simulation: Simulation, name: string, perMinute: number, work: Work): void {
  if (perMinute === 0) return;
  const { context } = simulation;
  const random = Random.named(context.seed, name);
  let number = 0;
  const next = () => {
    context.scheduler.after(random.exponential(60_000 / perMinute), () => {
      if (!context.isStormy) return;
      number += 1;
      const event = `${name} ${number}`;
      // Drawn even if suppressed, so that the next event stays the same.
      const own = Random.named(context.seed, event);
      if (context.events.happens(event)) work(own);
      next();
    });
  };
  next();
}

function say(simulation: Simulation, random: Random): void {
  const tab = activeTab(simulation, random);
  if (!tab) return;
  const messages = random.chance(0.15) ? random.int(2, 6) : 1;
  for (let index = 0; index < messages; index += 1) {
    const from = random.chance(0.8) ? tab : activeTab(simulation, random);
    if (from) write(simulation, from, random);
  }
}

function act(simulation: Simulation, random: Random): void {
  const tab = activeTab(simulation, random);
  if (!tab) return;
  const rows = tab.snapshot?.messages ?? [];
  const own = rows.filter((row) => row.from.role === 'visitor');
  const failed = own.filter((row) => row.status === 'failed');
  switch (random.int(0, 10)) {
    case 0:
      tab.call({ type: 'mark-read' });
      return;
    case 1:
      tab.call({ type: 'typing', isTyping: random.chance(0.6) });
      return;
    case 2:
      tab.call({ type: 'draft', text: random.pick(['', 'a draft', 'text 3']) ?? '' });
      return;
    case 3: {
      const row = random.pick(failed);
      if (row) tab.call({ type: 'retry', messageId: row.messageId });
      return;
    }
    case 4: {
      const row = random.pick(random.chance(0.8) ? failed : own);
      if (row) tab.call({ type: 'discard', messageId: row.messageId });
      return;
    }
    case 5:
      tab.loadEarlier(random.int(1, 60));
      return;
    case 6:
      tab.show(!tab.visible);
      return;
    case 7:
      tab.call({ type: 'reconnect' });
      return;
    case 8:
      if (simulation.tabs.length < 12) simulation.openTab();
      return;
    case 9:
      if (random.chance(0.5)) {
        count(simulation.context, 'tab closed');
        simulation.close(tab);
        return;
      }
      count(simulation.context, 'page navigated');
      // Sometimes sends something just before, which the next page has to send again.
      if (random.chance(0.5)) write(simulation, tab, random);
      simulation.navigate(tab);
      return;
    case 10:
      cache(simulation, tab, random);
      return;
  }
}
