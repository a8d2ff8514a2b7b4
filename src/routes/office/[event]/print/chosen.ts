import { error } from '@sveltejs/kit';
import * as v from 'valibot';
import { WorkgroupIdSchema } from '$lib/domain/ids';
import type { EventPage } from '$lib/server/events';
import type { Installation } from '$lib/server/installation';
import { notePrinted, readPrintRoster, type PrintedWorkgroup } from '$lib/server/print-roster';
import type { Actor } from '$lib/server/acts';

/** Nothing: all workgroups. */
const ChosenSchema = v.object({ workgroup: v.optional(v.union([v.literal(''), WorkgroupIdSchema]), '') });

/** The people whom an address asks to be printed, which is written down. @throws SvelteKit's 404 for no such workgroup */
export async function printedOf(
  installation: Installation,
  event: EventPage,
  what: 'lists' | 'badges',
  url: URL,
  by: Actor,
): Promise<PrintedWorkgroup[]> {
  const chosen = v.safeParse(ChosenSchema, Object.fromEntries(url.searchParams));
  if (!chosen.success) error(404);
  const printed = await readPrintRoster(installation.db, event.id, chosen.output.workgroup || null);
  if (printed.length === 0) error(404);
  await notePrinted(installation, event.id, what, printed, by);
  return printed;
}

/** An answer that is a document with names, which no cache shall keep. */
export function pdfAnswer(stream: ReadableStream<Uint8Array>, name: string): Response {
  return new Response(stream, {
    headers: {
      'cache-control': 'no-store',
      'content-type': 'application/pdf',
      'content-disposition': `inline; filename="${name}.pdf"`,
    },
  });
}
