import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

/** A script of the server process, and those that it imports. */
function withImports(script: string, seen = new Set([script])): Set<string> {
  for (const [, imported] of readFileSync(`scripts/${script}`, 'utf8').matchAll(/from '\.\/([^']+)'/g)) {
    if (seen.has(imported!)) continue;
    withImports(imported!, seen.add(imported!));
  }
  return seen;
}

test('the image holds each script that the server process is made of', () => {
  const image = readFileSync('Dockerfile', 'utf8')
    .split(/^FROM /m)
    .at(-1)!;
  const scripts = ['serve.mjs', 'healthcheck.mjs'].flatMap((script) => [...withImports(script)]);
  expect(scripts.length).toBeGreaterThan(2);
  expect(scripts.filter((script) => !image.includes(`/app/scripts/${script} `))).toEqual([]);
});
