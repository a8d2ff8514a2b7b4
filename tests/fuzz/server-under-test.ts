import { startServer, freePort, type RunningServer } from '../e2e/support.ts';
import { Client } from './client.ts';
import { Visitor } from './visitor.ts';

/** The built server as it stands behind a proxy, with the demo event and its administrator. */
export interface ServerUnderTest {
  server: RunningServer;
  client: Client;
  administrator: Visitor;
}

/**
 * Starts it. With `DATABASE_URL` in the environment it uses that database, which should be an empty one.
 *
 * @param memory - the most megabytes that its JavaScript may hold: a leak ends it
 */
export async function startServerUnderTest(memory = 768): Promise<ServerUnderTest> {
  const port = String(await freePort());
  const url = `http://127.0.0.1:${port}`;
  const server = await startServer({
    PORT: port,
    ORIGIN: url,
    EINLASS_WELCOME: '1',
    // Every request comes from an address of its own, as the proxy says: the limits stay as they are.
    EINLASS_BEHIND_PROXY: '1',
    NODE_OPTIONS: `--max-old-space-size=${memory}`,
  });
  const setup = /organiser +http:\/\/[^/]+(\S+)/.exec(server.output())?.[1];
  if (!setup) throw new Error('the server has an organiser already: the fuzzer needs an empty database');
  const client = new Client(url);
  const administrator = await new Visitor(client).signUp(setup, 'Verwaltung', 'administrator@example.org');
  return { server, client, administrator };
}
