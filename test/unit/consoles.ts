import { afterAll, afterEach, expect } from 'vitest';
import { secretsIn } from '../support/secrets.ts';

// Of every unit test: nothing that is printed holds a secret, and the chat warns of nothing. A test that
// is about a warning looks at it by a spy of its own, which keeps it from here.
let printed = '';
let warnings: string[] = [];

function textOf(value: unknown): string {
  if (value instanceof Error) return `${value.stack}`;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

for (const method of ['log', 'info', 'warn', 'error', 'debug'] as const) {
  const print = console[method];
  console[method] = (...values: unknown[]) => {
    const line = values.map(textOf).join(' ');
    printed += `${line}\n`;
    if (line.includes('[partyline]')) warnings.push(line);
    print(...values);
  };
  // The next file's tests run in the same process.
  afterAll(() => {
    console[method] = print;
  });
}

afterEach(() => {
  const secrets = secretsIn(printed);
  const unexpected = warnings;
  printed = '';
  warnings = [];
  expect(secrets, 'secrets in what was printed').toEqual([]);
  expect(unexpected, 'what the chat warned of').toEqual([]);
});
