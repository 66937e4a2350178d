import type { ModelTab } from './model/tab.ts';
import type { Random } from './random.ts';
import { count } from './sim-context.ts';
import type { Simulation } from './simulation.ts';

/** Actions of visitors and their machines, for chaos.ts and provocations.ts. */

export function activeTab(simulation: Simulation, random: Random): ModelTab | undefined {
  if (simulation.machine.isAsleep) return undefined;
  return random.pick(
    simulation.tabs.filter((tab) => !tab.isFrozen && !tab.isGone && tab.isAttached),
  );
}

export function start(simulation: Simulation, random: Random): void {
  const tab = activeTab(simulation, random);
  const conversation = tab?.snapshot?.conversation;
  if (conversation && conversation.status !== 'ended') return;
  tab?.call({ type: 'start', routing: { skillGroups: ['Billing'] } });
}

export function write(simulation: Simulation, tab: ModelTab, random: Random): void {
  const number = simulation.ledger.entries.size + 1;
  // A random prefix, since without sequences ids break ties.
  const text = simulation.context.profile.sparse ? `text ${number % 4}` : `text ${number}`;
  simulation.send(tab, `v${random.int(10, 99)}-${number}`, text);
}

/** Puts a page into the back/forward cache and restores it later. */
export function cache(simulation: Simulation, tab: ModelTab, random: Random): void {
  count(simulation.context, 'tab cached');
  tab.leave();
  tab.isAway = true;
  simulation.machine.after(random.exponential(30_000), () => {
    tab.isAway = false;
    simulation.join(tab);
  });
}

export function offline(simulation: Simulation, random: Random, duration: number): void {
  const { machine, context } = simulation;
  if (!machine.isOnline) return;
  machine.isOnline = false;
  count(context, 'offline');
  context.trace.add('machine', `offline for ${Math.round(duration)} ms`);
  machine.after(random.between(0, 2_000), () => {
    for (const socket of simulation.sockets) socket.cut('none');
  });
  machine.after(0, () => simulation.setOnline(false));
  machine.after(duration, () => {
    if (machine.isOnline) return;
    machine.isOnline = true;
    simulation.setOnline(true);
  });
}
