import { error } from '@sveltejs/kit';
import { standaloneHtml, writeMessage } from '$lib/server/mail/message';
import { letterPage } from '../../letter-page';
import { mailOf } from '../mail-of';
import type { RequestHandler } from './$types';

/** A mail's HTML part as a mail program would show it. */
export const GET: RequestHandler = async ({ params, locals: { installation } }) => {
  const { mail } = await mailOf(installation, params);
  return letterPage(standaloneHtml((await writeMessage(installation, mail)) ?? error(404)));
};
