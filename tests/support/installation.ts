import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { millis, type Millis } from '../../src/lib/domain/time.ts';
import {
  openInstallation,
  type Installation,
  type InstallationOptions,
} from '../../src/lib/server/installation.ts';

export interface TestInstallation {
  installation: Installation;
  dataFolder: string;
  /** Closes the installation and removes its folder. */
  dispose(): Promise<void>;
}

/** A real installation in a folder of its own. */
export async function testInstallation(
  clock: () => Millis = () => millis(Date.now()),
  options: Partial<InstallationOptions> = {},
): Promise<TestInstallation> {
  const dataFolder = mkdtempSync(join(tmpdir(), 'einlass-test-'));
  const log = pino({ level: 'silent' });
  const origin = 'http://localhost:3000';
  const installation = await openInstallation({ dataFolder, clock, log, origin, ...options });
  return {
    installation,
    dataFolder,
    async dispose() {
      await installation.close();
      rmSync(dataFolder, { recursive: true, force: true });
    },
  };
}
