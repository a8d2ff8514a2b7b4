import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** One thing that can be asked of the server: a page, a form's action, or a method of an endpoint. */
export interface Endpoint {
  /** Such as `POST /office/[event]/devices ?/pair`; also names it on the command line. */
  id: string;
  /** The route as it stands in an address, without the groups in brackets. */
  route: string;
  kind: 'page' | 'action' | 'endpoint';
  method: string;
  /** An action's name; null where it has none. */
  action: string | null;
  /** The query's and the form's names that the route's sources mention. */
  queryNames: string[];
  fieldNames: string[];
}

const routes = path.join(import.meta.dirname, '..', '..', 'src', 'routes');

/** Everything that the file system has routes for; a new route is found by itself. */
export function findEndpoints(folder = routes): Endpoint[] {
  return [...visit(folder, '')].sort((a, b) => (a.id < b.id ? -1 : 1));
}

function* visit(folder: string, route: string): Generator<Endpoint> {
  const entries = readdirSync(folder, { withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  const sources = files
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(path.join(folder, name), 'utf8'))
    .join('\n');
  const at = {
    route: route || '/',
    queryNames: namesIn(sources, /searchParams\s*\.(?:get|has|getAll)\('([^']+)'/g),
    fieldNames: namesIn(sources, /\.(?:get|getAll|raw|read)\('([^'?/]+)'|\(\w+, '([\w-]+)'/g),
  };
  if (files.some((name) => /^\+page(@.*)?\.svelte$/.test(name)))
    yield { ...at, id: `GET ${at.route}`, kind: 'page', method: 'GET', action: null };
  if (files.includes('+page.server.ts')) {
    const source = readFileSync(path.join(folder, '+page.server.ts'), 'utf8');
    for (const name of actionsIn(source)) {
      const action = name === 'default' ? null : name;
      const id = `POST ${at.route}${action ? ` ?/${action}` : ''}`;
      yield { ...at, id, kind: 'action', method: 'POST', action };
    }
  }
  if (files.includes('+server.ts')) {
    const source = readFileSync(path.join(folder, '+server.ts'), 'utf8');
    for (const method of namesIn(source, /^export (?:const|async function|function) ([A-Z]+)\b/gm))
      yield { ...at, id: `${method} ${at.route}`, kind: 'endpoint', method, action: null };
  }
  for (const { name } of entries.filter((entry) => entry.isDirectory()))
    yield* visit(path.join(folder, name), /^\(.*\)$/.test(name) ? route : `${route}/${withoutMatcher(name)}`);
}

/** `[notice=notice]` is `[notice]`. */
const withoutMatcher = (name: string): string => name.replace(/=\w+\]/, ']');

function actionsIn(source: string): string[] {
  const body = /^export const actions[^\n]*= (\{[^\n]+\};|\{\n[\s\S]*?^\})/m.exec(source)?.[1];
  if (source.includes('export const actions') && body === undefined)
    throw new Error('a page has actions that are not written as the others are');
  return namesIn(body ?? '', /^(?: {2}|\{ )(?:async )?(\w+)(?=[:(])/gm);
}

function namesIn(source: string, expression: RegExp): string[] {
  return [...new Set([...source.matchAll(expression)].map(([, one, other]) => (one ?? other)!))];
}
