import { describe, expect, test } from 'vitest';
import { DAY, millis } from '../../src/lib/domain/time.ts';
import { readToken, readWebhook } from '../../src/routes/office/[event]/interfaces/interfaces-form.ts';

const now = millis(Date.UTC(2022, 10, 1));

function form(fields: [string, string][]): FormData {
  const data = new FormData();
  for (const [name, value] of fields) data.append(name, value);
  return data;
}

describe('a token’s form', () => {
  test('is read with its rights in their order, and how long it holds', () => {
    const typed: [string, string][] = [
      ['name', '  Bürger\u202Eportal '],
      ['scope', 'scans:read'],
      ['scope', 'event:read'],
      ['lifetime', 'month'],
    ];
    expect(readToken(form(typed), now)).toEqual({
      token: { name: 'Bürger portal', scopes: ['event:read', 'scans:read'], expiresAt: now + 30 * DAY },
    });
  });

  test('that wants names wants registrations, too', () => {
    const fields: [string, string][] = [
      ['name', 'x'],
      ['scope', 'people:read'],
      ['lifetime', 'never'],
    ];
    expect(readToken(form(fields), now)).toMatchObject({
      token: { scopes: ['registrations:read', 'people:read'], expiresAt: null },
    });
  });

  test('keeps what was typed when something is missing', () => {
    expect(readToken(form([['scope', 'event:read']]), now)).toEqual({
      typed: { name: '', scopes: ['event:read'], lifetime: 'year' },
      problems: { name: 'name_missing' },
    });
    expect(
      readToken(
        form([
          ['name', 'a'.repeat(61)],
          ['scope', 'everything'],
        ]),
        now,
      ),
    ).toMatchObject({
      problems: { name: 'name_long', scopes: 'scopes_missing' },
    });
  });
});

describe('a webhook’s form', () => {
  test('is read', () => {
    const fields: [string, string][] = [
      ['url', ' https://portal.example.org/hook '],
      ['kind', 'checkin.recorded'],
      ['kind', 'registration.created'],
    ];
    const read = readWebhook(form(fields), false);
    expect('webhook' in read && [read.webhook.url.href, read.webhook.kinds]).toEqual([
      'https://portal.example.org/hook',
      ['registration.created', 'checkin.recorded'],
    ]);
  });

  test.each([
    ['', 'malformed'],
    ['http://portal.example.org', 'not_https'],
    ['https://192.168.1.1', 'private'],
  ])('keeps what was typed: %j is %s', (url, problem) => {
    const fields: [string, string][] = [
      ['url', url],
      ['kind', 'webhook.test'],
    ];
    expect(readWebhook(form(fields), false)).toEqual({
      typed: { url, kinds: [] },
      problems: { url: problem, kinds: 'kinds_missing' },
    });
  });
});
