import { Validator } from '@seriousme/openapi-schema-validator';
import * as v from 'valibot';
import { expect, test } from 'vitest';
import { API_COMPONENTS } from '../../../src/lib/server/api/api-operations.ts';
import { API_RULES } from '../../../src/lib/server/api/api-rules.ts';
import { breaches, document } from './described.ts';

test('the description is OpenAPI 3.1, by the official schema', async () => {
  const result = await new Validator().validate(structuredClone(document));
  expect(result.errors ?? []).toEqual([]);
  expect(result.valid).toBe(true);
});

test('and a broken one is not', async () => {
  const broken = { ...structuredClone(document), paths: { '/x': { get: { responses: 'none' } } } };
  expect((await new Validator().validate(broken)).valid).toBe(false);
});

test('every route and method is described, with the scope that it demands', () => {
  const described = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods as Record<string, { security?: { token?: string[] }[] }>).flatMap(
      ([method, { security }]) =>
        security ? [[path, method, security[0]?.token?.[0] ?? 'open'].join(' ')] : [],
    ),
  );
  const ruled = Object.entries(API_RULES).flatMap(([routeId, rules]) =>
    Object.entries(rules).map(([method, rule]) =>
      [routeId.replaceAll('[', '{').replaceAll(']', '}'), method.toLowerCase(), rule].join(' '),
    ),
  );
  expect(described.sort()).toEqual(ruled.sort());
});

test('every reference leads somewhere', () => {
  const names = [...JSON.stringify(document).matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(
    ([, name]) => name!,
  );
  expect(names.length).toBeGreaterThan(10);
  expect(names.filter((name) => !Object.hasOwn(document.components.schemas, name))).toEqual([]);
});

const person = { name: 'Fatma Yılmaz', email: 'fatma@example.org', workgroup: 'w5', consented: true };

test.each([
  [person, true],
  [{ ...person, email: null, secondChoice: 'w6', whenFull: 'second_choice', locale: 'tr' }, true],
  [{ ...person, accessNeeds: { wheelchair: true, interpreting: 'ar', other: 'Platz am Rand' } }, true],
  [{ ...person, name: 'Жанна д’Арк' }, true],
  [{ ...person, name: '' }, false],
  [{ ...person, name: ' – ' }, false],
  [{ ...person, name: 'a'.repeat(201) }, false],
  [{ ...person, name: 'Fatma\nYılmaz' }, false],
  [{ ...person, name: 'Fatma \u202Ezliaf' }, false],
  [{ ...person, email: 'fatma' }, false],
  [{ ...person, email: undefined }, false],
  [{ ...person, consented: false }, false],
  [{ ...person, locale: 'xx' }, false],
  [{ ...person, state: 'confirmed' }, false],
  [{ ...person, accessNeeds: { other: 'a'.repeat(301) } }, false],
  [[], false],
])('description and server agree on what a registration is: %j, %s', (body, good) => {
  const sent = JSON.parse(JSON.stringify(body)) as unknown;
  expect(breaches({ $ref: '#/components/schemas/NewRegistration' }, sent).length === 0).toBe(good);
  expect(v.safeParse(API_COMPONENTS.NewRegistration, sent).success).toBe(good);
});
