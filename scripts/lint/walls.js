import { isBuiltin } from 'node:module';
import path from 'node:path';

/**
 * The walls between the folders of src/lib: what a file of `folder` may import.
 * `only` names everything of the house it may use, `never` what it may not; `packages` and `builtins` (Node's
 * own modules and `$env`) say the same of what comes from outside.
 */
export const walls = [
  {
    folder: 'src/lib/domain',
    only: ['src/lib/domain'],
    packages: { only: ['valibot', '@noble/ed25519'] },
    builtins: false,
    say: 'The domain is pure functions over plain data. Hand in what this module gives as an argument (a clock, random bytes, rows), or move the code that needs it to src/lib/door or src/lib/server.',
  },
  {
    folder: 'src/lib/door',
    never: ['src/lib/server', 'src/routes'],
    packages: { never: ['kysely', 'pino', 'better-auth'] },
    builtins: false,
    say: 'The door runs on the tablet alone. What tablet and server share belongs in src/lib/domain; what the server knows arrives through the sync endpoint; what a route needs is passed in by the route.',
  },
  {
    folder: 'src/lib/server',
    never: ['src/lib/door', 'src/routes'],
    packages: { never: ['dexie', 'html5-qrcode', 'zxing-wasm', 'workbox-*'] },
    builtins: true,
    say: "The server never runs the tablet's code. What both need belongs in src/lib/domain; what a route needs is passed in by the route.",
  },
  {
    folder: 'src/lib/ui',
    never: ['src/lib/door', 'src/lib/server', 'src/routes'],
    packages: { never: ['dexie', 'kysely'] },
    builtins: false,
    say: 'A shared component shows what it is given. Let the route load the data and pass it as a prop; a component that one route uses lives beside that route.',
  },
];

const inside = (file, folder) => file === folder || file.startsWith(`${folder}/`);
const matches = (name, pattern) =>
  pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;

function target(specifier, importer) {
  if (/^\.{1,2}(\/|$)/.test(specifier))
    return { kind: 'house', path: path.posix.join(path.posix.dirname(importer), specifier) };
  if (/^\$lib(\/|$)/.test(specifier)) return { kind: 'house', path: specifier.replace('$lib', 'src/lib') };
  if (specifier.startsWith('$app/')) return { kind: 'app', path: specifier };
  if (specifier.startsWith('$env/') || isBuiltin(specifier)) return { kind: 'builtin', path: specifier };
  const [first, second] = specifier.split('/');
  return { kind: 'package', path: specifier.startsWith('@') ? `${first}/${second}` : first };
}

/** Whether a file at `importer` (relative to the root) may import `specifier`; the wall's words if not. */
export function breach(importer, specifier) {
  const wall = walls.find(({ folder }) => inside(importer, folder));
  if (!wall) return null;
  const { kind, path: to } = target(specifier, importer);
  const allowed = {
    house: () =>
      wall.only ? wall.only.some((folder) => inside(to, folder)) : !wall.never.some((f) => inside(to, f)),
    package: () =>
      wall.packages.only
        ? wall.packages.only.some((pattern) => matches(to, pattern))
        : !wall.packages.never.some((pattern) => matches(to, pattern)),
    // SvelteKit's own modules are for routes and components; the rest of lib runs without the framework.
    app: () => wall.folder === 'src/lib/ui' && to !== '$app/server',
    builtin: () => wall.builtins,
  }[kind]();
  return allowed ? null : `${wall.folder} may not import '${specifier}'. ${wall.say}`;
}

const hasExtension = /\.(ts|js|mjs|json|svelte|css|svg|wasm)(\?.*)?$/;

/** Node runs these files as they are (types stripped), so a path must be one that Node finds. */
export function unresolvable(importer, specifier) {
  if (!importer.endsWith('.ts') || !(inside(importer, 'src/lib') || inside(importer, 'tests'))) return null;
  if (specifier.startsWith('$lib'))
    return `Write a relative path instead of '${specifier}': Node runs src/lib and tests without the bundler's aliases.`;
  if (specifier.startsWith('.') && !hasExtension.test(specifier))
    return `Write the file's extension ('${specifier}.ts'): Node runs src/lib and tests as they are.`;
  return null;
}

const reporter = (judge) => ({
  meta: { type: 'problem', schema: [], messages: { no: '{{ why }}' } },
  create(context) {
    const importer = path.relative(context.cwd, context.filename).split(path.sep).join('/');
    const check = (source) => {
      if (typeof source?.value !== 'string') return;
      const why = judge(importer, source.value);
      if (why) context.report({ node: source, messageId: 'no', data: { why } });
    };
    return {
      ImportDeclaration: (node) => check(node.source),
      ImportExpression: (node) => check(node.source),
      ExportNamedDeclaration: (node) => check(node.source),
      ExportAllDeclaration: (node) => check(node.source),
      TSImportType: (node) => check(node.source ?? node.argument?.literal),
    };
  },
});

export default { rules: { walls: reporter(breach), resolvable: reporter(unresolvable) } };
