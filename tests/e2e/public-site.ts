import type { Page } from 'playwright-core';
import { paraglideOptions } from '../../scripts/paraglide-options.ts';
import settings from '../../project.inlang/settings.json' with { type: 'json' };
import { openEarlier, type RunningServer } from './support.ts';

export const locales: string[] = settings.locales;

/** The first part of a public address in a language: nothing in German, `/leicht`, `/ar`. */
export function prefixOf(locale: string): string {
  const everywhere = paraglideOptions.urlPatterns!.at(-1)!.localized;
  const pattern = everywhere.find(([language]) => language === locale)![1];
  return pattern.replace(/\/:path.*$/, '');
}

export interface Guest {
  name: string;
  email?: string;
  workgroup?: string;
}

/** Fills in the form that is open, as somebody who has had a minute for it, and sends it. */
export async function register(
  page: Page,
  server: Pick<RunningServer, 'dataFolder'>,
  { name, email, workgroup = 'w5' }: Guest,
): Promise<void> {
  await openEarlier(page, server);
  await page.fill('#name', name);
  if (email) await page.fill('#email', email);
  await page.check(`#workgroup-${workgroup}`);
  await page.check('#consent');
  await page.click('#registration .send');
  await page.waitForURL(/\/ticket\//);
}

/** What a registrant can come to see. `ticket` is the path of a ticket page, without its language. */
export function publicPages(ticket: string): Record<string, string> {
  return {
    'start-imprint': '/legal/imprint',
    event: '/integration',
    form: '/integration/register',
    lost: '/integration/lost',
    imprint: '/integration/imprint',
    privacy: '/integration/privacy',
    accessibility: '/integration/accessibility',
    feedback: '/integration/feedback',
    unknown: '/integration/nothing-here',
    'unknown-ticket': '/ticket/nobody',
    ticket,
    'ticket-change': `${ticket}/change`,
    'ticket-cancel': `${ticket}/cancel`,
    'ticket-replace': `${ticket}/replace`,
    'ticket-erase': `${ticket}/erase`,
    'ticket-erased': '/ticket/erased',
  };
}
