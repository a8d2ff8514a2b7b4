import { describe, expect, test } from 'vitest';
import { deLocalizeUrl, languageName, locales, localizeHref, m } from '../../src/lib/i18n/index.ts';
import { formatTime } from '../../src/lib/i18n/dates.ts';
import { offeredLocale, preferredLocale } from '../../src/lib/i18n/preferred.ts';
import { extractLocaleFromRequest } from '../../src/lib/i18n/paraglide/runtime.js';

const at = (path: string) => new URL(path, 'http://einlass.test');
const request = (path: string, headers: Record<string, string> = {}) => new Request(at(path), { headers });

test('a text speaks the language that is asked for', () => {
  expect(m.app_language({}, { locale: 'de' })).toBe('Sprache');
  expect(m.app_language({}, { locale: 'en' })).toBe('Language');
});

describe('the language in the address', () => {
  test.each([
    ['/integration', '/integration', '/en/integration'],
    ['/', '/', '/en/'],
    ['/ticket/abc?x=1#y', '/ticket/abc?x=1#y', '/en/ticket/abc?x=1#y'],
    ['/door', '/door', '/door'],
    ['/door/scan', '/door/scan', '/door/scan'],
    ['/office/x/y', '/office/x/y', '/office/x/y'],
    ['/api/door/v1/sync', '/api/door/v1/sync', '/api/door/v1/sync'],
    ['/doorway', '/doorway', '/en/doorway'],
  ])('%s is %s in German and %s in English', (path, german, english) => {
    expect(localizeHref(path, { locale: 'de' })).toBe(german);
    expect(localizeHref(path, { locale: 'en' })).toBe(english);
  });

  test.each([
    ['/en/integration', '/integration'],
    ['/en', '/'],
    ['/integration', '/integration'],
    ['/english', '/english'],
    ['/door/scan', '/door/scan'],
    ['/service-worker.js', '/service-worker.js'],
  ])('%s is the route %s', (path, route) => {
    expect(deLocalizeUrl(at(path)).pathname).toBe(route);
  });
});

test('Leichte Sprache has an address that says what it is', () => {
  expect(localizeHref('/integration', { locale: 'de-simple' })).toBe('/leicht/integration');
  expect(deLocalizeUrl(at('/leicht/integration')).pathname).toBe('/integration');
  expect(extractLocaleFromRequest(request('/leicht/integration'))).toBe('de-simple');
  expect(languageName('de-simple')).toBe('Leichte Sprache');
  expect(m.public_places_left({ count: 1 }, { locale: 'de-simple' })).toBe('Es gibt noch 1 Platz');
});

describe('whose choice the language is', () => {
  const english = { cookie: 'einlass_locale=en', 'accept-language': 'en' };

  test('on public pages the address alone decides', () => {
    expect(extractLocaleFromRequest(request('/integration', english))).toBe('de');
    expect(extractLocaleFromRequest(request('/en/integration'))).toBe('en');
  });

  test('in the office a cookie decides, then the browser, then German', () => {
    expect(extractLocaleFromRequest(request('/office', { cookie: 'einlass_locale=en' }))).toBe('en');
    expect(extractLocaleFromRequest(request('/office', { 'accept-language': 'en-GB' }))).toBe('en');
    expect(extractLocaleFromRequest(request('/office'))).toBe('de');
  });
});

describe('the language that a browser asks for', () => {
  test.each([
    ['en', 'en'],
    ['en-GB,en;q=0.9,de;q=0.8', 'en'],
    ['xx, EN-us; q=0.5, de; q=0.7', 'de'],
    ['en;q=0, de', 'de'],
    ['xx, *;q=0.5', null],
    ['de;q=much', null],
    ['', null],
    [null, null],
  ])('%s: %s', (header, locale) => {
    expect(preferredLocale(header)).toBe(locale);
  });

  test('is offered on a page in another', () => {
    expect(offeredLocale('en-GB, de;q=0.5', 'de')).toBe('en');
    expect(offeredLocale('de-AT, en;q=0.5', 'de')).toBe(null);
    expect(offeredLocale('xx', 'de')).toBe(null);
    expect(offeredLocale('de', 'de-simple')).toBe(null);
    expect(offeredLocale('en', 'de-simple')).toBe('en');
  });
});

test.each(locales)('%s is called by a name, and its clocks are those of the house', (locale) => {
  expect(languageName(locale)).toMatch(/^\p{L}[\p{L} ]+$/u);
  expect(formatTime(Date.UTC(2026, 0, 1, 15, 30), locale)).toBe('16:30');
});
