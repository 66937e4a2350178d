import { expect, it } from 'vitest';
import { echo, TestHub } from './harness.ts';

it('twenty messages are sent in a second; the others wait in order, shown as pending', () => {
  const hub = new TestHub().inConversation();
  const ids = Array.from({ length: 50 }, (_, index) => `m${index}`);
  for (const id of ids) hub.call({ type: 'send', messageId: id, text: id });
  hub.store();
  const left: string[] = [];
  /** The gateway echoes at once whatever leaves. */
  const echoAll = () => {
    for (;;) {
      const sent = hub
        .sent()
        .flatMap((command) => (command.type === 'send-message' ? command.messageId : []));
      const [next] = sent.slice(left.length);
      if (next === undefined) return;
      left.push(next);
      hub.gateway({ type: 'message', message: echo(left.length, next, next) });
    }
  };
  echoAll();
  expect(left).toEqual(ids.slice(0, 20));
  hub.flush();
  expect(hub.snapshot?.messages.filter(({ status }) => status === 'pending')).toHaveLength(30);
  hub.pass(999);
  echoAll();
  expect(left).toHaveLength(20);
  hub.pass(1);
  echoAll();
  expect(left).toEqual(ids.slice(0, 40));
  hub.pass(1_000);
  echoAll();
  expect(left).toEqual(ids);
});
