import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import {
  dependencyProblems,
  isAllowed,
  licencePage,
  productionDependencies,
} from '../../scripts/audit/dependencies.ts';

const folders: string[] = [];
afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true })));

/** A project with one package, told by its entry in the lockfile. */
function projectWith(entry: object, licence = 'MIT'): string {
  const root = mkdtempSync(path.join(tmpdir(), 'einlass-audit-'));
  folders.push(root);
  const locked = { version: '1.0.0', integrity: 'sha512-x', ...entry };
  const packages = { '': {}, 'node_modules/thing': locked };
  writeFileSync(path.join(root, 'package-lock.json'), JSON.stringify({ packages }));
  writeFileSync(path.join(root, 'package.json'), JSON.stringify({ allowScripts: { node: true } }));
  mkdirSync(path.join(root, 'node_modules', 'thing'), { recursive: true });
  writeFileSync(path.join(root, 'node_modules/thing/package.json'), JSON.stringify({ license: licence }));
  return root;
}

test('the packages of this project are in order, and their list is up to date', () => {
  expect(dependencyProblems('.')).toEqual([]);
  expect(productionDependencies('.').length).toBeGreaterThan(50);
  expect(readFileSync('docs/licences.md', 'utf8')).toBe(licencePage('.'));
});

describe('it is told', () => {
  test('that a licence does not go with ours', () => {
    expect(dependencyProblems(projectWith({}, 'SSPL-1.0'))).toEqual([expect.stringContaining('SSPL-1.0')]);
  });

  test('that a package has no hash', () => {
    expect(dependencyProblems(projectWith({ integrity: undefined }))).toEqual([
      expect.stringContaining('no hash'),
    ]);
  });

  test('that a package runs a script nobody has allowed', () => {
    expect(dependencyProblems(projectWith({ hasInstallScript: true }))).toEqual([
      expect.stringContaining('runs a script'),
    ]);
  });

  test('nothing of what is for building alone', () => {
    expect(dependencyProblems(projectWith({ dev: true }, 'SSPL-1.0'))).toEqual([]);
  });
});

test.each([
  ['MIT', true],
  ['(MIT OR GPL-3.0-only)', true],
  ['MIT AND Apache-2.0', true],
  ['MIT AND SSPL-1.0', false],
  ['unknown', false],
])('%s: %s', (licence, allowed) => {
  expect(isAllowed(licence)).toBe(allowed);
});
