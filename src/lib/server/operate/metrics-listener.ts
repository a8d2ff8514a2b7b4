import { createServer } from 'node:http';
import { collectDefaultMetrics } from 'prom-client';
import type { Installation } from '../installation.ts';
import { Figures } from './figures.ts';
import type { MetricsAddress } from './metrics-address.ts';

export interface MetricsListener {
  port: number;
  close(): Promise<void>;
}

/**
 * Serves `/metrics` at an address of its own, so that it is the network that decides who sees them: nothing that a proxy
 * forwards to the app can reach them, and there is no further secret to keep.
 *
 * @throws when it cannot listen there
 */
export async function serveMetrics(
  installation: Installation,
  { host, port }: MetricsAddress,
): Promise<MetricsListener> {
  const { metrics, log } = installation;
  const { registry } = metrics;
  collectDefaultMetrics({ register: registry });
  const figures = new Figures(installation, metrics);
  const server = createServer((request, response) => {
    const [path] = (request.url ?? '').split('?', 1);
    if (path !== '/metrics') return void response.writeHead(404).end();
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return void response.writeHead(405, { allow: 'GET, HEAD' }).end();
    figures
      .read()
      .then(() => registry.metrics())
      .then((text) => response.writeHead(200, { 'content-type': registry.contentType }).end(text))
      .catch((err: unknown) => {
        log.error({ err }, 'no metrics');
        response.writeHead(500).end();
      });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) =>
      reject(
        new Error(`EINLASS_METRICS_ADDRESS: cannot listen on ${host}:${port} (${cause.code})`, { cause }),
      ),
    );
    server.listen(port, host, resolve);
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
