import type { Effect } from '../../src/worker/core/effect.ts';
import type { Input } from '../../src/worker/core/input.ts';
import type { Step } from './model/hub.ts';
import type { Trace } from './trace.ts';

/** Logs the steps of a run, one line each. */
export class StepLog {
  readonly #trace: Trace;

  constructor(trace: Trace) {
    this.#trace = trace;
  }

  add({ hub, number, input, before, after, effects }: Step): void {
    if (!this.#trace.isOn || isRoutine(input)) return;
    const described = effects.map(describeEffect).filter((text) => text !== '');
    const stages = after.outbox.map((item) => `${item.messageId}:${item.at.stage}`).join(' ');
    const outbox = before.outbox === after.outbox ? '' : ` [${stages}]`;
    const link =
      before.connection === after.connection ? '' : ` {${JSON.stringify(after.connection)}}`;
    if (input.type === 'flush' && described.length === 0) return;
    const what = describeInput(input);
    this.#trace.add(hub.epoch, `#${number} ${what}${link}${outbox} → ${described.join(', ')}`);
  }
}

/** Keep-alive traffic is left out. */
function isRoutine(input: Input): boolean {
  if (input.type === 'tab-ack') return true;
  if (input.type === 'timer') return input.name === 'ping';
  return input.type === 'gateway' && (input.event.type === 'ping' || input.event.type === 'pong');
}

function describeInput(input: Input): string {
  switch (input.type) {
    case 'gateway': {
      const { event, socketId } = input;
      if (event.type === 'message') {
        const { messageId, conversationId, sequence } = event.message;
        return `${socketId}< ${conversationId}#${sequence} ${messageId}`;
      }
      return `${socketId}< ${JSON.stringify(event)}`;
    }
    case 'rest': {
      const { result, requestId } = input;
      if (result.ok && result.value.type === 'history') {
        const { messages, nextCursor } = result.value;
        return `rest ${requestId}: ${describeRows(messages)}, next ${nextCursor}`;
      }
      return `rest ${requestId}: ${JSON.stringify(result)}`;
    }
    case 'restored': {
      const { current, messages, outbox } = input.restored;
      const ids = outbox.map(({ messageId }) => messageId).join(' ');
      return `restored: ${JSON.stringify(current)}, ${describeRows(messages)}, to be sent: [${ids}]`;
    }
    case 'earlier-read':
      return `earlier for call ${input.callId}: ${describeRows(input.messages)}, has earlier ${input.hasEarlier}`;
    case 'stored':
      return `stored ${input.writeId}: ${describeRows(input.added)} added, ${describeRows(input.corrected)} corrected`;
    case 'timer':
      return `timer ${input.name}`;
    default:
      return JSON.stringify(input);
  }
}

function describeEffect(effect: Effect): string {
  switch (effect.type) {
    case 'set-timer':
    case 'clear-timer':
    case 'post':
      return '';
    case 'send':
      return `${effect.socketId}> ${JSON.stringify(effect.command)}`;
    case 'rest':
      return `rest ${effect.requestId} ${JSON.stringify(effect.call)}`;
    case 'write': {
      const counts = new Map<string, number>();
      for (const { type } of effect.operations) counts.set(type, (counts.get(type) ?? 0) + 1);
      const described = [...counts].map(([type, count]) =>
        count === 1 ? type : `${count} ${type}`,
      );
      return `write ${effect.writeId ?? ''}(${described.join(', ')})`;
    }
    case 'answer': {
      const { answer, callId } = effect;
      return answer.ok ? `answer ${callId}` : `answer ${callId}: ${answer.problem.code}`;
    }
    default:
      return JSON.stringify(effect);
  }
}

function describeRows(rows: readonly { readonly messageId: string | null }[]): string {
  const [first] = rows;
  if (!first) return 'nothing';
  return rows.length === 1
    ? `${first.messageId}`
    : `${rows.length} ${first.messageId}…${rows.at(-1)?.messageId}`;
}
