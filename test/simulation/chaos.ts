import type { Cut } from './model/line.ts';
import type { ModelTab } from './model/tab.ts';
import type { Simulation } from './simulation.ts';

/** Starts everything that happens by chance: visitors, agents and faults. */
export function startStorm(simulation: Simulation): void {
  const { profile, random, scheduler } = simulation.world;
  const { machine, gateway } = simulation;
  const every = (perMinute: number, work: () => void) => recur(simulation, perMinute, work);

  for (let count = 0; count < profile.tabs; count += 1) {
    machine.after(count === 0 ? 0 : random.between(0, 20_000), () => simulation.openTab());
  }
  const start = () =>
    awake(simulation)?.call({ type: 'start', routing: { skillGroups: ['Billing'] } });
  machine.after(random.between(10, 5_000), start);

  every(profile.sends, () => say(simulation));
  every(profile.otherActions, () => act(simulation));
  every(profile.visitorEnds, () => awake(simulation)?.call({ type: 'end' }));
  // A visitor whose conversation has ended may want another one.
  every(4, () => {
    const tab = awake(simulation);
    const conversation = tab?.snapshot?.conversation;
    if (!conversation || conversation.status === 'ended') start();
  });
  every(profile.agentMessages, () => gateway.speak());
  every(profile.agentEnds, () => gateway.endOpen());

  every(profile.cuts, () => {
    const cut = random.pick<Cut>(['both', 'both', 'client', 'gateway', 'nobody']);
    for (const line of simulation.lines) if (cut) line.cut(cut);
  });
  every(profile.restarts, () => {
    for (const line of simulation.lines) line.session?.restart();
  });
  every(profile.outages, () => {
    gateway.isUp = false;
    for (const line of simulation.lines) line.session?.restart();
    scheduler.after(random.between(1_000, 200_000), () => {
      gateway.isUp = true;
    });
  });
  every(profile.kills, () => simulation.kill(random.chance(profile.powerCuts)));
  every(profile.sleeps, () =>
    machine.sleep(random.exponential(random.pick([3_000, 60_000, 600_000]) ?? 1)),
  );
  every(profile.clockJumps, () =>
    machine.jump(random.between(-1, 1) * (random.pick([1_000, 100_000, 4_000_000]) ?? 1)),
  );
  every(profile.offlines, () =>
    offline(simulation, random.exponential(random.pick([500, 20_000, 100_000]) ?? 1)),
  );
  every(profile.freezes, () => {
    const tab = awake(simulation);
    if (!tab) return;
    tab.freeze();
    simulation.world.trace.add(tab.name, 'freezes');
    machine.after(random.exponential(20_000), () => simulation.thaw(tab));
  });
}

function recur(simulation: Simulation, perMinute: number, work: () => void): void {
  if (perMinute === 0) return;
  const { scheduler, random } = simulation.world;
  scheduler.after(random.exponential(60_000 / perMinute), () => {
    if (!simulation.world.isStormy) return;
    work();
    recur(simulation, perMinute, work);
  });
}

function awake(simulation: Simulation): ModelTab | undefined {
  if (simulation.machine.isAsleep) return undefined;
  return simulation.world.random.pick(
    simulation.tabs.filter((tab) => !tab.isFrozen && !tab.isGone && tab.isAttached),
  );
}

function say(simulation: Simulation): void {
  const { random } = simulation.world;
  const tab = awake(simulation);
  if (!tab) return;
  const count = random.chance(0.15) ? random.int(2, 6) : 1;
  for (let index = 0; index < count; index += 1) {
    const from = random.chance(0.8) ? tab : awake(simulation);
    const number = simulation.ledger.entries.size + 1;
    // Random heads, since without sequences ids break ties.
    if (from) simulation.send(from, `v${random.int(10, 99)}-${number}`, `text ${number}`);
  }
}

function act(simulation: Simulation): void {
  const { random } = simulation.world;
  const tab = awake(simulation);
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
    case 5: {
      const [first] = rows;
      const before = first ? { position: first.position, messageId: first.messageId } : null;
      tab.call({ type: 'load-earlier', before, count: random.int(1, 60) });
      return;
    }
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
      tab.leave();
      tab.isGone = true;
      return;
    case 10:
      // A page that goes into the back/forward cache, and comes back.
      tab.leave();
      tab.isAway = true;
      simulation.machine.after(random.exponential(30_000), () => {
        tab.isAway = false;
        simulation.join(tab);
      });
      return;
  }
}

function offline(simulation: Simulation, duration: number): void {
  const { machine, world } = simulation;
  if (!machine.isOnline) return;
  machine.isOnline = false;
  world.trace.add('machine', `offline for ${Math.round(duration)} ms`);
  machine.after(world.random.between(0, 2_000), () => {
    for (const line of simulation.lines) line.cut('nobody');
  });
  machine.after(0, () => simulation.setOnline(false));
  machine.after(duration, () => {
    if (machine.isOnline) return;
    machine.isOnline = true;
    simulation.setOnline(true);
  });
}
