// `npm run faults`: the built app under load while processes are killed, the disk is full and connections are cut;
// afterwards everything that was acknowledged must be there, once. `--store sqlite|postgres`, `--minutes N` of faults for
// each line of the table (2), `--seed S` plays a run's choices again, `--only kill|database|disk|cut`, also several times.
import { runOnBuild } from './setup.mjs';

runOnBuild('tests/faults/faults.ts');
