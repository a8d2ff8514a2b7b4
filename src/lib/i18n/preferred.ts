import { locales, type Locale } from './index.ts';

/** The first of the languages that a browser asks for which we speak, or none. @param header - `tr-TR, de;q=0.8` */
export function preferredLocale(header: string | null): Locale | null {
  const wanted = (header ?? '').split(',').flatMap((part) => {
    const [tag = '', ...parameters] = part.split(';').map((text) => text.trim().toLowerCase());
    const quality = Number(parameters.find((text) => text.startsWith('q='))?.slice(2) ?? 1);
    return quality > 0 ? [{ tag, quality }] : [];
  });
  wanted.sort((a, b) => b.quality - a.quality);
  for (const { tag } of wanted) {
    const found = locales.find((locale) => locale === tag) ?? locales.find((locale) => locale === base(tag));
    if (found) return found;
  }
  return null;
}

/** The language to offer on a page in another: not to those who read a plainer form of their own. */
export function offeredLocale(header: string | null, current: Locale): Locale | null {
  const preferred = preferredLocale(header);
  return preferred && base(preferred) !== base(current) ? preferred : null;
}

const base = (tag: string): string => tag.split('-')[0] ?? tag;
