import { afterEach, beforeEach, expect, test } from 'vitest';
import type { EventId } from '../../../src/lib/domain/ids.ts';
import { addMillis, MINUTE, type Millis } from '../../../src/lib/domain/time.ts';
import { berlinTime } from '../../../src/lib/server/berlin-time.ts';
import { createEvent } from '../../../src/lib/server/events.ts';
import { eventStream } from '../../../src/lib/server/event-stream.ts';
import { readConfig } from '../../../src/lib/server/config.ts';
import { serveMetrics, type MetricsListener } from '../../../src/lib/server/operate/metrics-listener.ts';
import { dialogueEvening } from '../../support/events.ts';
import { testInstallation, type TestInstallation } from '../../support/installation.ts';
import { Tablet } from '../../support/tablet.ts';

let world: TestInstallation;
let listener: MetricsListener;
let eventId: EventId;
let now: Millis;
beforeEach(async () => {
  now = berlinTime(2022, 11, 18, 15, 40);
  world = await testInstallation(() => now);
  eventId = await createEvent(world.installation, dialogueEvening());
  listener = await serveMetrics(world.installation, { host: '127.0.0.1', port: 0 });
});
afterEach(async () => {
  await listener.close();
  await world.dispose();
});

const get = (path: string, method = 'GET') => fetch(`http://127.0.0.1:${listener.port}${path}`, { method });
const scrape = async () => (await get('/metrics')).text();
/** @returns null where there is no such line */
const valueOf = (text: string, series: string) => {
  const line = text.split('\n').find((line) => line.startsWith(`${series} `));
  return line === undefined ? null : Number(line.slice(series.length));
};

test('metrics are at their own address, and nothing else is', async () => {
  const answer = await get('/metrics');
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toContain('text/plain');
  expect(await answer.text()).toContain('process_cpu_seconds_total');
  expect((await get('/')).status).toBe(404);
  expect((await get('/metrics', 'POST')).status).toBe(405);
});

test('a tablet is counted by how long it has been silent, while doors are open', async () => {
  const tablet = new Tablet('Halle', world.installation);
  await tablet.start();
  await tablet.pair(world.installation, eventId);
  await tablet.sync();
  expect(valueOf(await scrape(), 'einlass_tablets{silence="under_1m"}')).toBe(1);
  now = addMillis(now, 20 * MINUTE);
  const later = await scrape();
  expect(valueOf(later, 'einlass_tablets{silence="under_1m"}')).toBe(0);
  expect(valueOf(later, 'einlass_tablets{silence="longer"}')).toBe(1);
  expect(valueOf(later, 'einlass_sync_duration_seconds_count{outcome="synced"}')).toBeGreaterThan(0);
  now = berlinTime(2022, 11, 20, 12);
  expect(valueOf(await scrape(), 'einlass_tablets{silence="longer"}')).toBe(0);
});

test('open streams are counted, and how late their news are', async () => {
  const { metrics, news } = world.installation;
  const response = eventStream({ news, metrics, eventId, produce: async () => 'news', gap: 0 });
  const reader = response.body!.getReader();
  await reader.read();
  await reader.read();
  expect(valueOf(await scrape(), 'einlass_event_streams_open')).toBe(1);
  news.publish(eventId);
  await reader.read();
  expect(valueOf(await scrape(), 'einlass_feed_lag_seconds_count')).toBe(1);
  await reader.cancel();
  expect(valueOf(await scrape(), 'einlass_event_streams_open')).toBe(0);
});

test('without a database the process’s own figures are there, and none are made up', async () => {
  await world.installation.db.destroy();
  const text = await scrape();
  expect(valueOf(text, 'einlass_database_up')).toBe(0);
  expect(valueOf(text, 'einlass_outbox_waiting{outbox="mail"}')).toBeNull();
  expect(text).toContain('process_cpu_seconds_total');
  world = await testInstallation(() => now);
});

test.each([
  ['127.0.0.1:9464', { host: '127.0.0.1', port: 9464 }],
  ['[::1]:9464', { host: '::1', port: 9464 }],
])('%s is an address for metrics', (text, address) => {
  expect(readConfig({ EINLASS_METRICS_ADDRESS: text }).metrics).toEqual(address);
});

test.each(['', '9464', ':9464', 'localhost', '127.0.0.1:99999', 'http://localhost:9464'])(
  '%j is none',
  (text) => {
    expect(() => readConfig({ EINLASS_METRICS_ADDRESS: text })).toThrow(/^EINLASS_METRICS_ADDRESS: needs/);
  },
);
