import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Front {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * The site with a script that its worker runs before the hub starts: the worker imports the
 * site's configuration, and the script is put at the end of that.
 */
export async function startFront(site: string, script: string): Promise<Front> {
  const inWorker = `if (typeof WorkerGlobalScope !== 'undefined') { ${script} }`;
  const { hostname, port } = new URL(site);
  const server = createServer((incoming, outgoing) => {
    const { method, headers, url: path } = incoming;
    const isConfiguration = path === '/config.js';
    const passed = request({ hostname, port, method, path, headers }, (answer) => {
      const { 'content-length': _, ...answerHeaders } = answer.headers;
      outgoing.writeHead(answer.statusCode ?? 500, answerHeaders);
      answer.pipe(outgoing, { end: !isConfiguration });
      if (isConfiguration) answer.on('end', () => outgoing.end(inWorker));
    });
    incoming.pipe(passed);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port: ownPort } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${ownPort}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
