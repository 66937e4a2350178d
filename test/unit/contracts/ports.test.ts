import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Call, StreamMessage } from '../../../src/protocol/port.ts';
import type { Input } from '../../../src/worker/core/input.ts';
import type { EdgeExpect } from '../../contracts/edge-case.ts';
import {
  type PortsBench,
  type PortsHub,
  type PortsTab,
  type PortsTabOptions,
  portCases,
  portSnapshot,
  servedPortCases,
} from '../../contracts/ports.ts';
import { RealPortsBench } from '../../contracts/ports-bench.ts';
import { ModelPort } from '../../simulation/model/port.ts';
import { Scheduler } from '../../simulation/scheduler.ts';
import { FakeLocks } from '../client/fake-locks.ts';

const expectations: EdgeExpect = {
  equal: (actual, expected, what) => expect(actual, what).toEqual(expected),
};

let visible = true;

beforeEach(() => {
  // Messages come by themselves; only what waits for a second waits for the test.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  vi.stubGlobal('navigator', { locks: new FakeLocks() });
  vi.stubGlobal('document', {
    get visibilityState() {
      return visible ? 'visible' : 'hidden';
    },
  });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe.each(['port', 'channel'] as const)('a real %s between a tab and the hub', (transport) => {
  let bench: RealPortsBench;

  beforeEach(() => {
    bench = new RealPortsBench({
      transport,
      setVisible: (is) => {
        visible = is;
      },
      pass: async (duration) => {
        await vi.advanceTimersByTimeAsync(duration);
      },
    });
  });

  afterEach(() => bench.close());

  it.each(portCases)('$name', ({ run }) => run(bench, expectations));
  it.each(servedPortCases)('$name', ({ run }) => run(bench, expectations));
});

/** The simulation's way between a tab and its hub. */
class ModelPortsBench implements PortsBench {
  readonly hub: PortsHub & { readonly isAlive: true; readonly isBooted: true };
  readonly #scheduler = new Scheduler();
  readonly #ports = new Map<string, ModelPort>();

  constructor() {
    const inputs: Input[] = [];
    const asked: { readonly tabId: string; readonly call: Call }[] = [];
    this.hub = {
      epoch: 'boot.0',
      isAlive: true,
      isBooted: true,
      inputs,
      asked,
      onCall: (tabId, call, settle) => settle({ ok: true, value: [tabId, call.type] }),
      post: (tabId, message) => this.#ports.get(tabId)?.deliver(message),
    };
  }

  async settled(): Promise<void> {
    await this.#scheduler.runUntil(this.#scheduler.now + 10);
    this.#scheduler.awaitPromises();
    await this.#scheduler.runUntil(this.#scheduler.now + 10);
  }

  async tab(options: PortsTabOptions = {}): Promise<PortsTab> {
    const {
      visible: isVisible = true,
      conversationId = null,
      visitor = null,
      resetCount = 0,
    } = options;
    const { hub } = this;
    const heard: StreamMessage[] = [];
    const tabId = `tab ${this.#ports.size}`;
    const port = new ModelPort(
      (delay, work) => this.#scheduler.after(delay, work),
      tabId,
      {
        isAlive: true,
        isBooted: true,
        get epoch() {
          return hub.epoch;
        },
        take: (input) => {
          hub.inputs.push(input);
          if (input.type === 'tab-left') this.#ports.delete(input.tabId);
        },
        call: (id, call, settle) => {
          hub.asked.push({ tabId: id, call });
          hub.onCall(id, call, settle);
        },
      },
      { stream: (message) => heard.push(message), run: (work) => work() },
    );
    this.#ports.set(tabId, port);
    port.attach(isVisible, { conversationId, visitor, resetCount });
    await this.settled();
    hub.post(tabId, portSnapshot(hub.epoch));
    await this.settled();
    heard.length = 0;
    return {
      tabId,
      heard,
      post: port.post.bind(port),
      call: async (call: Call) => {
        const answer = port.call(call);
        void this.settled();
        return answer;
      },
      close: () => port.close(),
    };
  }
}

describe('the simulation’s way between a tab and the hub', () => {
  it.each(portCases)('$name', ({ run }) => run(new ModelPortsBench(), expectations));
});
