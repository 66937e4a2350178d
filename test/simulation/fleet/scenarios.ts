export interface Scenario {
  readonly id: string;
  readonly name: string;
  /** All of them lose their socket at 0 s. */
  readonly hubs: number;
  /** Connections that the gateway accepts in a second; it refuses the rest at once. */
  readonly capacity: number;
  /** From the drop until the gateway accepts again, in seconds. */
  readonly down: number;
}

export const restart: Scenario = {
  id: 'restart',
  name: 'Restart: 5 s down',
  hubs: 1_000_000,
  capacity: 10_000,
  down: 5,
};

export const outage: Scenario = {
  ...restart,
  id: 'outage',
  name: 'Outage: 10 min down',
  down: 600,
};

/** The same with fewer hubs and as much less room. */
export function smaller(scenario: Scenario, divisor: number): Scenario {
  return {
    ...scenario,
    hubs: scenario.hubs / divisor,
    capacity: scenario.capacity / divisor,
  };
}
