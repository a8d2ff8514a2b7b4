// `npm run bench`: measures the built app; `npm run bench -- PART …` measures only these parts: door sync server search
// registrations import places size scanner pictures soak form store fanout feed start live (`live` only when it is named).
// Results are kept in bench-results/latest.json; parts that were not run keep theirs.
// `--images DIR` names a folder of photographs for the scanner, as often as there are such folders; `--minutes N` says how
// long `soak` and `live` run (10); `--quick` measures store, fanout, feed and start for a second or two each, into
// quick.json; `--readme` measures nothing and writes the README's table from the last results.
import { runOnBuild } from './setup.mjs';

runOnBuild('tests/bench/bench.ts');
