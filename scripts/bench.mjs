// `npm run bench`: measures the built app; `npm run bench -- door sync server search registrations import places size
// form scanner soak live` measures only these parts; `live` only when it is named. `--images DIR` names a folder of
// photographs for the scanner, as often as there are such folders; `--minutes N` says how long `soak` and `live` run (10).
import { spawnSync } from 'node:child_process';
import { buildIfStale, install, node, root } from './setup.mjs';

try {
  install();
  buildIfStale();
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
const done = spawnSync(node(), ['tests/bench/bench.ts', ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
});
process.exitCode = done.status ?? 1;
