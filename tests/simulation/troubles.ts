import { MINUTE } from '../../src/lib/domain/time.ts';
import { addTablet } from './day.ts';
import type { Stage } from './laws.ts';
import type { Quality } from './network.ts';

const WEIGHTS = {
  network: 8,
  kill: 6,
  server: 3,
  disk: 3,
  server_disk: 1,
  clock: 1,
  lock: 1,
  ask_lock: 1,
  revoke: 0.7,
  rename: 0.7,
  new_tablet: 0.5,
};

/** Something breaks, or gets well again. */
export function happen(stage: Stage): void {
  const { world, server, office, tablets } = stage;
  const { chance } = world;
  const tablet = chance.pick(tablets);
  const { disk, link, name, deviceId } = tablet;
  switch (chance.weighed(WEIGHTS)) {
    case 'network':
      link.quality = chance.pick<Quality>(['good', 'good', 'slow', 'flaky', 'flaky', 'down']);
      world.tell(`${name}: the network is ${link.quality}`);
      return;
    case 'kill':
      if (!tablet.running) return void tablet.boot();
      tablet.killIn(chance.between(1, 60));
      return;
    case 'server':
      if (!server.running) {
        server.start();
        world.tell('the server starts');
      } else server.process.tasksLeft = chance.between(1, 80);
      return;
    case 'disk':
      if (disk.full) {
        disk.full = false;
        world.tell(`${name}: the disk has room again`);
        return;
      }
      disk.troubled = true;
      switch (chance.weighed({ full: 2, commit: 2, hang: 2, lost: 1 })) {
        case 'full':
          disk.full = true;
          world.tell(`${name}: the disk is full`);
          return;
        case 'commit':
          disk.failingCommits = chance.between(1, 2);
          world.tell(`${name}: the disk refuses the next ${disk.failingCommits} commits`);
          return;
        case 'hang': {
          const duration = chance.between(100, 3_000);
          if (tablet.app) disk.hang(tablet.app.process, duration);
          world.tell(`${name}: the disk hangs for ${duration} ms`);
          return;
        }
        case 'lost':
          disk.loseConnections();
          world.tell(`${name}: the browser has lost its database`);
          return;
      }
      return;
    case 'server_disk':
      server.full = !server.full;
      world.tell(`the server's disk ${server.full ? 'is full' : 'has room'}`);
      return;
    case 'clock':
      tablet.clock.set(chance.between(-10 * MINUTE, 10 * MINUTE));
      world.tell(`${name}: the clock is set`);
      return;
    case 'lock':
      tablet.lockNow();
      return;
    case 'ask_lock':
      if (deviceId) void office.lock(deviceId, name);
      return;
    case 'revoke':
      if (deviceId) void office.revoke(deviceId, name);
      return;
    case 'rename':
      if (deviceId) void office.rename(deviceId, name);
      return;
    case 'new_tablet':
      if (tablets.length < 8) void addTablet(stage);
      return;
  }
}
