// `npm run fuzz -- --inputs N [--seed S] [--only PART]`: sends N inputs that nobody should send to every parser and to
// every endpoint of the built server, and says what broke. PART is `parsers`, a parser's name, `wire`, or a part of an
// endpoint's name, such as `/office/[event]/devices`. See docs/fuzzing.md.
import { parseArgs } from 'node:util';
import { fuzzParser, PARSERS } from '../tests/fuzz/parsers.ts';
import type { Failure } from '../tests/fuzz/endpoints.ts';
import { fuzzServer } from '../tests/fuzz/run-server.ts';
import { buildIfStale } from './setup.mjs';

const { values } = parseArgs({
  options: { inputs: { type: 'string' }, seed: { type: 'string' }, only: { type: 'string' } },
});
const inputs = Number(values.inputs ?? 100_000);
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
const only = values.only ?? null;
if (!Number.isSafeInteger(inputs) || inputs < 1 || !Number.isSafeInteger(seed)) {
  console.error('npm run fuzz -- --inputs N [--seed S] [--only PART]: N and S are whole numbers');
  process.exit(1);
}

const started = performance.now();
const say = (line: string) =>
  console.log(`${((performance.now() - started) / 1000).toFixed(0).padStart(4)} s  ${line}`);
const failures: Failure[] = [];
let done = 0;
say(`seed ${seed}`);

/** Of all inputs, how many go to the parsers: reading in one's own process is a hundred times as quick. */
const TO_PARSERS = 0.55;
const parsers = Object.keys(PARSERS).filter((name) => only === null || only === 'parsers' || only === name);
for (const name of parsers) {
  const share = Math.ceil((inputs * (only === null ? TO_PARSERS : 1)) / parsers.length);
  const failure = await fuzzParser(name, share, seed);
  if (failure) failures.push(failure);
  done += share;
}
say(`${done} inputs to ${parsers.length} parsers`);

if (only === null || parsers.length === 0) {
  buildIfStale();
  const part = (share: number) => Math.ceil(inputs * share);
  const report = await fuzzServer({
    endpoints: only === null ? part(0.42) : inputs,
    watched: only === null ? part(0.02) : 0,
    wire: only === null || only === 'wire' ? part(0.01) : 0,
    seed,
    only,
    say,
  });
  failures.push(...report.failures);
  const overWire = Object.values(report.wire).reduce((sum, count) => sum + count, 0);
  const overHttp = report.coverage.reduce((sum, { inputs }) => sum + inputs, 0);
  done += overHttp + overWire;
  for (const { endpoint, inputs, statuses } of report.coverage) {
    const classes = Object.entries(statuses).map(([status, count]) => `${status}: ${count}`);
    console.log(`  ${endpoint.padEnd(62)} ${String(inputs).padStart(6)}   ${classes.join(', ')}`);
  }
  say(`${overHttp} requests to ${report.coverage.length} endpoints, ${overWire} broken ones over sockets`);
  say(`median ${report.median.toFixed(1)} ms, slowest ${report.slowest.toFixed(0)} ms with others beside it`);
  if (report.memory)
    say(`memory ${report.memory.warm.toFixed(0)} MB warm, ${report.memory.end.toFixed(0)} MB at the end`);
}

for (const { part, law, message } of failures) {
  console.log(
    `\n✗ ${part}: ${law}\n  ${message}\n  again: npm run fuzz -- --seed ${seed} --inputs ${inputs} --only '${part}'`,
  );
}
say(`${done} inputs, ${failures.length} faults`);
process.exit(failures.length > 0 ? 1 : 0);
