import { afterEach, expect } from 'vitest';
import { secretsIn } from '../support/secrets.ts';

// Of every unit test: nothing that is printed holds a secret.
let printed = '';
for (const method of ['log', 'info', 'warn', 'error', 'debug'] as const) {
  const print = console[method].bind(console);
  console[method] = (...values: unknown[]) => {
    printed += `${values.map((value) => (value instanceof Error ? `${value.stack}` : typeof value === 'string' ? value : JSON.stringify(value))).join(' ')}\n`;
    print(...values);
  };
}

afterEach(() => {
  const found = secretsIn(printed);
  printed = '';
  expect(found, 'secrets in what was printed').toEqual([]);
});
