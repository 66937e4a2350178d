import { afterAll, afterEach, expect } from 'vitest';
import { secretsIn } from '../support/secrets.ts';

// Of every unit test: nothing that is printed holds a secret.
let printed = '';
for (const method of ['log', 'info', 'warn', 'error', 'debug'] as const) {
  const print = console[method];
  console[method] = (...values: unknown[]) => {
    printed += `${values.map((value) => (value instanceof Error ? `${value.stack}` : typeof value === 'string' ? value : JSON.stringify(value))).join(' ')}\n`;
    print(...values);
  };
  // The next file's tests run in the same process.
  afterAll(() => {
    console[method] = print;
  });
}

afterEach(() => {
  const found = secretsIn(printed);
  printed = '';
  expect(found, 'secrets in what was printed').toEqual([]);
});
