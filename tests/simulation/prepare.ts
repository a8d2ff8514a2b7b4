import { createKeyPair } from '../../src/lib/domain/signing.ts';
import { Process, Scheduler } from './scheduler.ts';
import { Chance } from './random.ts';
import { enterDay } from './seams/globals.ts';
import { makeTemplate } from './server.ts';

/** Does once, before the first day, what the product does once in a process: no day's chance is used for it. */
export async function prepare(): Promise<void> {
  const nobody = new Process('nobody', () => 0);
  enterDay(0, new Scheduler(0, nobody, new Chance(0, 'nobody')));
  await makeTemplate();
  await createKeyPair();
}
