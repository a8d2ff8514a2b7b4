import { afterEach, expect, test } from 'vitest';
import { freePort, startServer, type RunningServer } from './support.ts';

let server: RunningServer | undefined;
afterEach(async () => void (await server?.stop()));

test('a server lives, is ready, and serves its metrics at an address of their own alone', async () => {
  const port = await freePort();
  server = await startServer({ EINLASS_METRICS_ADDRESS: `127.0.0.1:${port}` });
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
  expect(await (await fetch(`${server.url}/readyz`)).json()).toEqual({ ready: true });
  expect((await fetch(`${server.url}/metrics`)).status).toBe(404);

  await fetch(`${server.url}/integration/register`);
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  expect(text).toContain('route="/(public)/[event]/register",method="GET",status="2xx"');
  expect(text).toContain('einlass_database_up 1');
});

test('one that is told to end says so to the load balancer, answers on for a while, and ends with 0', async () => {
  server = await startServer({ EINLASS_DRAIN_SECONDS: '2' });
  const stopped = server.stop();
  await expect.poll(async () => (await fetch(`${server!.url}/readyz`)).status, { timeout: 1_500 }).toBe(503);
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
  expect((await fetch(server.url)).status).toBe(200);
  expect(await stopped).toBe(0);
  server = undefined;
});
