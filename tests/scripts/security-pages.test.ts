import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';

const root = path.join(import.meta.dirname, '..', '..');
const PAGES = ['docs/security.md', 'docs/security-asvs.md'];
const read = (page: string) => readFileSync(path.join(root, page), 'utf8');

/** The files and folders of the project that a page names, written out in full. */
function namedFiles(text: string): string[] {
  const named = [...text.matchAll(/`([\w./[\]()+-]+)`/g)].map(([, name]) => name!);
  return named
    .filter((name) =>
      /^(src|server|domain|door|routes|tests|scripts|deploy)\/|\.(ts|js|mjs|json)$/.test(name),
    )
    .map((name) =>
      name.replace(/^(server|domain|door)\//, 'src/lib/$1/').replace(/^routes\//, 'src/routes/'),
    );
}

describe.each(PAGES)('%s', (page) => {
  test('names files that there are', () => {
    const named = namedFiles(read(page));
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((name) => !existsSync(path.join(root, name)))).toEqual([]);
  });
});

test('the table has each requirement once, and its sum says what it says', () => {
  const text = read('docs/security-asvs.md');
  const rows = [...text.matchAll(/^\| (V[\d.]+) +\| [12] +\|/gm)].map(([, id]) => id!);
  expect(new Set(rows).size).toBe(rows.length);
  const sums = [
    ...text
      .split('## ')[0]!
      .matchAll(/\b(\d+)\s+(do not apply|are met|in part|are not met|consciously not)/g),
  ];
  const [none, met, part, missed, not] = sums.map(([, count]) => Number(count));
  expect(none! + met! + part! + missed! + not!).toBe(rows.length);
  expect(text.match(/\*\*Partly\.\*\*/g)).toHaveLength(part!);
  expect(text.match(/\*\*Not met\.\*\*/g)).toHaveLength(missed!);
});
