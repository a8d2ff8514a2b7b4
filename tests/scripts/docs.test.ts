import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { SECRET_VARIABLES } from '../../src/lib/server/secret-files.ts';

const BOOK = globSync('docs/*.md').sort();
const PAGES = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', ...BOOK];
/** Long tables to look something up in, which whoever reads on passes over. */
const TABLES = ['docs/licences.md', 'docs/security-asvs.md'];

const read = (file: string) => readFileSync(file, 'utf8');
const unique = (texts: Iterable<string>) => [...new Set(texts)].sort();
const found = (text: string, pattern: RegExp) => unique([...text.matchAll(pattern)].map(([, name]) => name!));

/** A page without the code that it shows, in which nothing is a link or a heading. */
const prose = (page: string) => read(page).replace(/^```[^]*?^```$/gm, '');

/** Where the links and images of a page lead, addresses elsewhere left out. */
function linksOf(page: string): string[] {
  const text = prose(page);
  return [...found(text, /\]\(([^)\s]+)\)/g), ...found(text, /\b(?:src|href)="([^"]+)"/g)].filter(
    (link) => !/^[a-z]+:/.test(link),
  );
}

/** The anchors of a page's headings, as GitHub makes them. */
function anchorsOf(page: string): string[] {
  return found(prose(page), /^#+ (.+)$/gm).map((heading) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-'),
  );
}

/** Null where a link leads to something that is there. */
function problemOf(page: string, link: string): string | null {
  const [file, anchor] = link.split('#') as [string, string?];
  const target = file === '' ? page : path.join(path.dirname(page), file);
  if (!existsSync(target)) return `${page}: ${link} leads to no file`;
  if (anchor !== undefined && !anchorsOf(target).includes(anchor))
    return `${page}: ${link} leads to no heading`;
  return null;
}

/** The file that a page's last line leads to. */
function nextOf(page: string): string | undefined {
  const last = read(page).trimEnd().split('\n').at(-1)!;
  const target = /^(?:Begin:|Next:|Back to) \[[^\]]+\]\(([^)]+)\)$/.exec(last)?.[1];
  return target && path.join('docs', target);
}

test.each(PAGES)('each link and picture of %s leads somewhere', (page) => {
  const problems = linksOf(page).map((link) => problemOf(page, link));
  expect(problems.filter(Boolean)).toEqual([]);
});

describe('the book', () => {
  const contents = [...prose('docs/README.md').matchAll(/^- \[[^\]]+\]\(([^)]+)\)/gm)].map(([, link]) =>
    path.join('docs', link!),
  );

  test('lists each of its pages, once', () => {
    const listed = contents.filter((page) => path.dirname(page) === 'docs');
    expect([...listed, 'docs/README.md'].sort()).toEqual(BOOK);
  });

  test('leads from each page to the next in the order of its contents', () => {
    const chapters = contents.filter((page) => path.dirname(page) === 'docs' && !TABLES.includes(page));
    const way = ['docs/README.md', ...chapters];
    expect(way.map(nextOf)).toEqual([...chapters, 'docs/README.md']);
  });

  test('calls a page by its own title', () => {
    const titles = [...prose('docs/README.md').matchAll(/^- \[([^\]]+)\]\(([^)]+)\)/gm)];
    for (const [, title, link] of titles) expect(read(path.join('docs', link!))).toMatch(`# ${title}\n`);
  });

  test.each(['docs/for-organisers.md', 'docs/for-door-staff.md', 'docs/lost-tablet.md'])(
    '%s names what stands in the interface',
    (page) => {
      const interfaceTexts = globSync('src/lib/i18n/messages/de/*.json').map(read).join('\n');
      const names = found(
        prose(page)
          .replace(/\s+/g, ' ')
          .replace(/<[^>]*>/g, ''),
        /"([^"]+)"/g,
      );
      expect(names.length).toBeGreaterThan(1);
      expect(names.filter((name) => !interfaceTexts.includes(name.replace(/ ?…$/, '')))).toEqual([]);
    },
  );
});

test('the page of settings names each variable that is read, and no other', () => {
  const sources = globSync(['src/**/*.{ts,svelte}', 'scripts/{serve,start}.mjs']).filter(
    (file) => !file.includes('paraglide'),
  );
  const variable = /\b(EINLASS_[A-Z][A-Z_]*[A-Z])\b/g;
  const readSomewhere = sources.flatMap((file) => found(read(file), variable));
  const inFiles = SECRET_VARIABLES.map((name) => `${name}_FILE`);
  const page = read('docs/configuration.md');
  const documented = found(page, /\b(EINLASS_[A-Z][A-Z_]*[A-Z]|DATABASE_URL_FILE)\b/g);
  expect(documented).toEqual(unique([...readSomewhere, ...inFiles]));
  for (const name of ['ORIGIN', 'PORT', 'HOST', 'BODY_SIZE_LIMIT', 'DATABASE_URL'])
    expect(page).toContain(`\`${name}\``);
});

test('each command that is named is there', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const texts = [...PAGES, ...globSync(['scripts/**/*.{ts,mjs}', 'deploy/*', 'Dockerfile', 'src/**/*.ts'])]
    .filter((file) => !file.includes('paraglide'))
    .map(read);
  const commands = unique(texts.flatMap((text) => found(text, /\bnpm run ([a-z][a-z\d:-]*[a-z\d])/g)));
  expect(commands.length).toBeGreaterThan(5);
  expect(commands.filter((command) => !(command in scripts))).toEqual([]);
});
