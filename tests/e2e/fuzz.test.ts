import { expect, test } from 'vitest';
import { fuzzServer } from '../fuzz/run-server.ts';

test('a thousand odd requests are answered without a fault, and change nothing where they are refused', async () => {
  const run = { endpoints: 700, watched: 120, wire: 60, seed: 20_261_128, only: null, say: () => undefined };
  const report = await fuzzServer(run);
  expect(report.failures).toEqual([]);
  const inputs = report.coverage.reduce((sum, { inputs }) => sum + inputs, 0);
  expect(inputs).toBeGreaterThan(800);
});
