import * as v from 'valibot';
import {
  AnnouncementTextsSchema,
  AudienceSchema,
  type AnnouncementTexts,
  type Audience,
} from '$lib/domain/announcement';
import { locales } from '$lib/i18n';
import type { WorkgroupPlaces } from '$lib/server/events';

/** What somebody has written on the page, as it is sent with each of its buttons. */
export interface AnnouncementForm {
  version: number;
  audience: Audience;
  texts: AnnouncementTexts;
}

const VersionSchema = v.pipe(v.string(), v.regex(/^\d{1,9}$/), v.transform(Number));

/**
 * Reads the form.
 *
 * @returns `bad` for what the page can't have sent; `too_long` together with the texts, which nobody shall lose
 */
export function readAnnouncement(
  data: FormData,
  workgroups: readonly Pick<WorkgroupPlaces, 'id'>[],
): { kind: 'ok' | 'too_long'; form: AnnouncementForm } | { kind: 'bad' } {
  const version = v.safeParse(VersionSchema, data.get('version'));
  const audience = v.safeParse(AudienceSchema, {
    state: data.get('state'),
    workgroupId: data.get('workgroup') || null,
  });
  if (!version.success || !audience.success) return { kind: 'bad' };
  const { workgroupId } = audience.output;
  if (workgroupId !== null && !workgroups.some(({ id }) => id === workgroupId)) return { kind: 'bad' };
  const texts: AnnouncementTexts = {};
  for (const locale of locales) {
    const subject = textOf(data.get(`subject.${locale}`)).trim();
    const body = textOf(data.get(`body.${locale}`))
      .replaceAll('\r\n', '\n')
      .trim();
    if (subject || body) texts[locale] = { subject, body };
  }
  const fits = v.is(AnnouncementTextsSchema, texts);
  return {
    kind: fits ? 'ok' : 'too_long',
    form: { version: version.output, audience: audience.output, texts },
  };
}

const textOf = (value: FormDataEntryValue | null): string => (typeof value === 'string' ? value : '');
