// `npm run bench`: measures the built app; `npm run bench -- PART …` measures only these parts: door sync server search
// registrations import places size scanner soak form store fanout feed start live (`live` only when it is named). Results
// are kept in bench-results/latest.json; parts that were not run keep theirs.
// `--images DIR` names a folder of photographs for the scanner, as often as there are such folders; `--minutes N` says how
// long `soak` and `live` run (10); `--quick` measures store, fanout, feed and start for a second or two each, into
// quick.json; `--readme` measures nothing and writes the README's table from the last results.
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
