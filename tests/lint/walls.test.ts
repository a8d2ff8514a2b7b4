import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';
import { describe, expect, test } from 'vitest';

// The project's own configuration, without the rules that need a file on disk to know its types.
const eslint = new ESLint({ overrideConfig: [tseslint.configs.disableTypeChecked] });

async function complaints(filePath: string, code: string): Promise<string[]> {
  const [result] = await eslint.lintText(code, { filePath });
  return (result?.messages ?? [])
    .filter(({ ruleId }) => ruleId?.startsWith('house/') ?? true)
    .map(({ message }) => message);
}

const forbidden: [file: string, imported: string, advice: RegExp][] = [
  ['src/lib/domain/scan.ts', '../server/database.ts', /Hand in what this module gives/],
  ['src/lib/domain/scan.ts', '../door/store.ts', /Hand in what this module gives/],
  ['src/lib/domain/deep/scan.ts', '../../i18n/index.ts', /Hand in what this module gives/],
  ['src/lib/domain/scan.ts', 'node:crypto', /Hand in what this module gives/],
  ['src/lib/domain/scan.ts', '$app/environment', /Hand in what this module gives/],
  ['src/lib/domain/scan.ts', 'dexie', /Hand in what this module gives/],
  ['src/lib/domain/scan.ts', 'kysely', /Hand in what this module gives/],
  ['src/lib/domain/scan.ts', 'svelte', /Hand in what this module gives/],
  ['src/lib/door/sync.ts', '../server/sync.ts', /belongs in src\/lib\/domain/],
  ['src/lib/door/sync.ts', '../../routes/door/state.ts', /passed in by the route/],
  ['src/lib/door/sync.ts', 'node:fs', /runs on the tablet alone/],
  ['src/lib/door/sync.ts', '$env/dynamic/private', /runs on the tablet alone/],
  ['src/lib/server/sync.ts', '../door/store.ts', /belongs in src\/lib\/domain/],
  ['src/lib/server/sync.ts', '../../routes/api/answer.ts', /passed in by the route/],
  ['src/lib/server/sync.ts', 'dexie', /never runs the tablet's code/],
  ['src/lib/ui/Button.svelte', '$lib/door/store', /pass it as a prop/],
  ['src/lib/ui/Button.svelte', '$lib/server/database', /pass it as a prop/],
  ['src/lib/ui/format.ts', '../../routes/office/state.ts', /pass it as a prop/],
];

const allowed: [file: string, imported: string][] = [
  ['src/lib/domain/scan.ts', './ticket.ts'],
  ['src/lib/domain/deep/scan.ts', '../ticket.ts'],
  ['src/lib/domain/scan.ts', 'valibot'],
  ['src/lib/domain/scan.ts', '@noble/ed25519'],
  ['src/lib/door/store.ts', 'dexie'],
  ['src/lib/door/store.ts', '../domain/scan.ts'],
  ['src/lib/server/database.ts', 'node:fs'],
  ['src/lib/server/database.ts', '../domain/scan.ts'],
  ['src/lib/ui/Button.svelte', '$lib/i18n'],
  ['src/routes/office/+page.server.ts', '$lib/server/database'],
];

const statement = (file: string, code: string) =>
  file.endsWith('.svelte') ? `<script lang="ts">\n${code}\n</script>\n` : `${code}\n`;

describe('the walls between the folders', () => {
  test.each(forbidden)('%s may not import %s', async (file, imported, advice) => {
    const found = await complaints(file, statement(file, `import '${imported}';`));
    expect(found).toEqual([expect.stringMatching(advice)]);
  });

  test.each(allowed)('%s may import %s', async (file, imported) => {
    expect(await complaints(file, statement(file, `import '${imported}';`))).toEqual([]);
  });

  test.each([
    `export * from '../server/a.ts';`,
    `export { a } from '../server/a.ts';`,
    `import type { A } from '../server/a.ts';\nexport type B = A;`,
    `export type B = import('../server/a.ts').A;`,
    `await import('../server/a.ts');`,
  ])('nor by a back door: %s', async (code) => {
    expect(await complaints('src/lib/door/sync.ts', `${code}\n`)).toEqual([
      expect.stringContaining("may not import '../server/a.ts'"),
    ]);
  });
});

describe('paths that Node finds', () => {
  test.each([
    ['src/lib/server/sync.ts', './feed', /'\.\/feed\.ts'/],
    ['tests/domain/scan.test.ts', '../../src/lib/domain/scan', /extension/],
    ['src/lib/server/sync.ts', '$lib/domain/scan', /relative path/],
  ])('in %s, %s is refused', async (file, imported, advice) => {
    expect(await complaints(file, `import '${imported}';\n`)).toEqual([expect.stringMatching(advice)]);
  });

  test('routes use the alias', async () => {
    expect(await complaints('src/routes/office/+page.ts', `import '$lib/domain/scan';\n`)).toEqual([]);
  });
});
