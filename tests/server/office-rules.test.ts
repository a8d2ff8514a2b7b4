import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { RIGHTS } from '../../src/lib/domain/office-rights.ts';
import { isOffice } from '../../src/lib/server/office-access.ts';
import { OFFICE_RULES, ruleOf } from '../../src/lib/server/office-rules.ts';

const ROUTES = 'src/routes';
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** What can be asked of a route: the methods of its endpoint, or its page and the page's actions by name. */
function offersOf(routeId: string): string[] {
  const folder = path.join(ROUTES, routeId);
  const source = (name: string) => {
    try {
      return readFileSync(path.join(folder, name), 'utf8');
    } catch {
      return null;
    }
  };
  const endpoint = source('+server.ts') ?? '';
  const methods = METHODS.filter((method) =>
    new RegExp(`export (const|async function|function) ${method}\\b`).test(endpoint),
  );
  const actions =
    /export const actions: Actions = \{\n([\s\S]*?)\n\};/.exec(source('+page.server.ts') ?? '')?.[1] ?? '';
  const names = [...actions.matchAll(/^ {2}(?:async )?(\w+)(?::|\()/gm)].map((found) => found[1]!);
  return [
    ...(source('+page.svelte') === null && source('+page.server.ts') === null ? [] : ['GET']),
    ...methods,
    ...names,
  ];
}

const routeIds = [
  ...new Set(
    globSync(`${ROUTES}/{office,api/office}/**/+{page,server,page.server}.{svelte,ts}`).map(
      (file) => '/' + path.relative(ROUTES, path.dirname(file)).split(path.sep).join('/'),
    ),
  ),
].sort();

test('the routes of the office are found', () => {
  expect(routeIds.length).toBeGreaterThan(10);
  expect(routeIds.every(isOffice)).toBe(true);
  expect(offersOf('/office/[event]/devices')).toEqual(['GET', 'pair', 'rename', 'lock', 'unlock', 'revoke']);
  expect(offersOf('/api/office/v1/events/[eventId]/live')).toEqual(['GET']);
});

test.each(routeIds)(
  'every page, action and endpoint of %s has its rule, and no rule is left over',
  (routeId) => {
    expect(Object.keys(OFFICE_RULES[routeId] ?? {}).sort()).toEqual(offersOf(routeId).sort());
  },
);

test('no rule is for a route that is no more', () => {
  expect(Object.keys(OFFICE_RULES).sort()).toEqual(routeIds);
});

test('every right that a rule demands exists', () => {
  const demanded = Object.values(OFFICE_RULES).flatMap((rules) => Object.values(rules));
  expect(demanded.filter((rule) => ![...RIGHTS, 'open', 'signed_in'].includes(rule))).toEqual([]);
});

describe('a request', () => {
  const ask = (routeId: string | null, method: string, query = '') =>
    ruleOf({ routeId, method, url: new URL(`http://einlass.test/office/x${query}`) });

  test.each([
    ['reads a page', '/office/[event]', 'GET', '', 'see_headcount'],
    ['asks for its head only', '/office/[event]', 'HEAD', '', 'see_headcount'],
    ['sends a named form', '/office/[event]/devices', 'POST', '?/revoke', 'run_devices'],
    [
      'sends a named form from a filtered page',
      '/office/[event]/devices',
      'POST',
      '?x=1&/revoke',
      'run_devices',
    ],
    ['sends the form without a name', '/office/[event]/import', 'POST', '', 'move_data'],
    ['sends a form that there is not', '/office/[event]', 'POST', '?/nothing', null],
    ['takes a method for the name of a form', '/office/[event]', 'POST', '?/GET', null],
    ['reaches for what every object has', '/office/[event]', 'POST', '?/constructor', null],
    ['puts where nothing can be put', '/office/[event]', 'PUT', '', null],
    ['goes where nothing is', '/office/nowhere', 'GET', '', null],
    ['goes nowhere', null, 'GET', '', null],
  ] as const)('that %s', (_, routeId, method, query, rule) => {
    expect(ask(routeId, method, query)).toBe(rule);
  });
});
