import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const [folder, protocol] = process.argv.slice(2);

/** A page and a hub of other builds than these may speak another language on the port. */
const otherProtocol = {
  name: 'other-protocol',
  transform(code, id) {
    if (!/\/protocol\/version\.ts$/.test(id)) return null;
    const changed = code.replace('protocolVersion = 1;', `protocolVersion = ${protocol};`);
    if (changed === code) throw new Error('the protocol’s version stands elsewhere');
    return changed;
  },
};

const plugin = { ...otherProtocol, enforce: 'pre' };
await build({
  configFile: fileURLToPath(new URL('../../../vite.config.ts', import.meta.url)),
  logLevel: 'error',
  plugins: protocol === '1' ? [] : [plugin],
  worker: { format: 'es', plugins: () => (protocol === '1' ? [] : [plugin]) },
  build: { outDir: folder, emptyOutDir: true },
});
