import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** One package that is part of what runs in production. */
export interface Dependency {
  name: string;
  version: string;
  /** As the package names it (SPDX); `unknown` where it names none. */
  licence: string;
}

interface Locked {
  version?: string;
  integrity?: string;
  license?: string;
  dev?: boolean;
  devOptional?: boolean;
  link?: boolean;
  hasInstallScript?: boolean;
}

/**
 * Licences whose terms a work under EUPL-1.2 can keep: permissive ones, and those that ask for their own files only.
 * See the EUPL's appendix and https://interoperable-europe.ec.europa.eu/collection/eupl/matrix-eupl-compatible-open-source-licences.
 */
export const ALLOWED_LICENCES: ReadonlySet<string> = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'EUPL-1.2',
  'ISC',
  'MIT',
  'MIT-0',
  'MPL-2.0',
  'OFL-1.1',
  'Unlicense',
]);

/** Packages that name no licence where it is looked for; read in the package itself, by a person. */
const READ_BY_HAND: Readonly<Record<string, string>> = { 'png-js': 'MIT' };

/** What is built into the app, and so is given to people, although npm needs it for building alone. */
const BUILT_IN = [
  '@fontsource-variable/noto-sans-arabic',
  '@fontsource-variable/source-sans-3',
  '@inlang/paraglide-js',
  '@sveltejs/adapter-node',
  '@sveltejs/kit',
  'dexie',
  'minisearch',
  'svelte',
  'workbox-core',
  'workbox-precaching',
  'workbox-routing',
  'workbox-window',
  'zxing-wasm',
];

/** @param root - the folder with `package-lock.json` and `node_modules` */
export function readLock(root: string): Record<string, Locked> {
  const { packages } = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, Locked>;
  };
  const { '': _project, ...installed } = packages;
  return installed;
}

const nameOf = (where: string): string => where.slice(where.lastIndexOf('node_modules/') + 13);

/**
 * Everything that runs in production, by name. The licence is the installed package's own word; of one that is made for
 * another machine, the lockfile's.
 */
export function productionDependencies(root: string): Dependency[] {
  const found = new Map<string, Dependency>();
  for (const [where, locked] of Object.entries(readLock(root))) {
    const name = nameOf(where);
    const builtIn = where === `node_modules/${name}` && BUILT_IN.includes(name);
    if (locked.link || ((locked.dev || locked.devOptional) && !builtIn)) continue;
    const version = locked.version ?? '';
    found.set(`${name} ${version}`, { name, version, licence: licenceOf(root, where, locked) });
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : Number(a.name > b.name)));
}

function licenceOf(root: string, where: string, { license }: Locked): string {
  const file = path.join(root, where, 'package.json');
  const own = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { license?: unknown }) : {};
  const named = typeof own.license === 'string' ? own.license : license;
  return named ?? READ_BY_HAND[nameOf(where)] ?? 'unknown';
}

/** Whether a licence may be chosen that is allowed; of an `OR` one is enough, of an `AND` all are needed. */
export function isAllowed(licence: string): boolean {
  const plain = licence.replaceAll(/[()]/g, '');
  return plain
    .split(' OR ')
    .some((choice) => choice.split(' AND ').every((one) => ALLOWED_LICENCES.has(one)));
}

/** What is wrong with the packages, in sentences; nothing where all is well. */
export function dependencyProblems(root: string): string[] {
  const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
    allowScripts?: Record<string, boolean>;
  };
  const lock = Object.entries(readLock(root));
  const scripted = lock
    .filter(([, { hasInstallScript }]) => hasInstallScript)
    .map(([where]) => nameOf(where));
  const allowed = Object.keys(manifest.allowScripts ?? {});
  // The same package for another machine, of which npm installs one.
  const families = new Set(allowed.map((name) => name.split('/')[0]));
  return [
    ...productionDependencies(root)
      .filter(({ licence }) => !isAllowed(licence))
      .map(
        ({ name, licence }) =>
          `${name}: its licence (${licence}) is not on the list of those that go with ours`,
      ),
    ...lock
      .filter(([, { integrity, link }]) => !integrity && !link)
      .map(([where]) => `${nameOf(where)}: package-lock.json has no hash of it`),
    ...scripted
      .filter((name) => !allowed.includes(name) && !families.has(name.split('/')[0]))
      .map((name) => `${name}: runs a script when it is installed, which package.json does not allow`),
  ];
}

/** docs/licences.md, as it must be. */
export function licencePage(root: string): string {
  const rows = productionDependencies(root).map(({ name, version, licence }) => [name, version, licence]);
  const lines = [['Package', 'Version', 'Licence'], ...rows];
  const widths = [0, 1, 2].map((column) => Math.max(...lines.map((line) => line[column]!.length)));
  const row = (cells: string[]) => `| ${cells.map((cell, i) => cell.padEnd(widths[i]!)).join(' | ')} |`;
  return [
    '# What Einlass is made of',
    '',
    'Every package that runs on the server or in a browser, with its licence. Einlass itself is under the EUPL-1.2.',
    'Made by `npm run audit-dependencies -- --write`; a test fails when it is not up to date.',
    '',
    row(lines[0]!),
    `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`,
    ...rows.map(row),
    '',
  ].join('\n');
}
