import type { CompilerOptions } from '@inlang/paraglide-js';
import settings from '../project.inlang/settings.json' with { type: 'json' };

const { baseLocale, locales } = settings;
const otherLocales = locales.filter((locale) => locale !== baseLocale);

/** The first part of a public address in that language. */
const prefixOf = (locale: string): string => (locale === 'de-simple' ? 'leicht' : locale);

const under = (path: string) => `${path}/:rest(.*)?`;

/** Parts of the app that have one address in every language. */
const unprefixed = ['/door', '/office', '/api'].map(under);

/**
 * Public pages carry their language in the address: German bare, the others under a prefix. They set no
 * cookie. Elsewhere the language is the person's own choice: the office keeps it in a cookie, which the
 * server reads too; the tablet in localStorage, which is there when it starts without network.
 */
export const paraglideOptions: CompilerOptions = {
  project: './project.inlang',
  outdir: './src/lib/i18n/paraglide',
  strategy: ['url', 'baseLocale'],
  cookieName: 'einlass_locale',
  localStorageKey: 'einlass_locale',
  isServer: 'import.meta.env?.SSR ?? typeof window === "undefined"',
  routeStrategies: [
    { match: under('/door'), strategy: ['localStorage', 'preferredLanguage', 'baseLocale'] },
    { match: under('/office'), strategy: ['cookie', 'preferredLanguage', 'baseLocale'] },
  ],
  urlPatterns: [
    ...unprefixed.map((pattern) => ({
      pattern,
      localized: locales.map((locale): [string, string] => [locale, pattern]),
    })),
    {
      pattern: '/:path(.*)?',
      localized: [
        // The prefixed ones first: the bare pattern would match them too.
        ...otherLocales.map((locale): [string, string] => [locale, `/${prefixOf(locale)}/:path(.*)?`]),
        [baseLocale, '/:path(.*)?'] as [string, string],
      ],
    },
  ],
};

/**
 * The door's texts are compiled by themselves, so that a tablet can load them in its own language only: see
 * `src/lib/i18n/door-texts.ts`. Which language that is, the first project's runtime decides.
 */
const doorOptions: CompilerOptions = {
  project: './door.inlang',
  outdir: './src/lib/i18n/paraglide-door',
  strategy: ['baseLocale'],
  outputStructure: 'locale-modules',
};

export const paraglideProjects = [paraglideOptions, doorOptions];
