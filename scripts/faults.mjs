// `npm run faults`: the built app under load while processes are killed, the disk is full and connections are cut;
// afterwards everything that was acknowledged must be there, once. `--store sqlite|postgres`, `--minutes N` of faults for
// each line of the table (2), `--seed S` plays a run's choices again, `--only kill|database|disk|cut`, also several times.
import { spawnSync } from 'node:child_process';
import { buildIfStale, install, node, root } from './setup.mjs';

try {
  install();
  buildIfStale();
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
const done = spawnSync(node(), ['tests/faults/faults.ts', ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
});
process.exitCode = done.status ?? 1;
