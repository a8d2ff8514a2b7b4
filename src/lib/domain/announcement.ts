import * as v from 'valibot';
import { WorkgroupIdSchema } from './ids.ts';

/** Whom an announcement goes to; `all` is everybody who has not cancelled. */
export const AudienceSchema = v.object({
  state: v.picklist(['all', 'confirmed', 'waitlisted']),
  /** Only those of this workgroup. */
  workgroupId: v.nullable(WorkgroupIdSchema),
});
export type Audience = v.InferOutput<typeof AudienceSchema>;

/** In characters. A subject that is longer is cut by the programs that show it. */
export const MAX_SUBJECT = 150;
/** In characters: several pages. */
export const MAX_BODY = 10_000;

/** What an announcement says, by language. German is what everybody gets who has no text of their own. */
export const AnnouncementTextsSchema = v.record(
  v.string(),
  v.object({
    subject: v.pipe(v.string(), v.maxLength(MAX_SUBJECT)),
    body: v.pipe(v.string(), v.maxLength(MAX_BODY)),
  }),
);
export type AnnouncementTexts = v.InferOutput<typeof AnnouncementTextsSchema>;

export interface AnnouncementText {
  subject: string;
  body: string;
  /** The language that it is in. */
  language: string;
}

/** Whether a language has a text that can be sent: half of one is none. */
export function isWritten(texts: AnnouncementTexts, language: string): boolean {
  const text = texts[language];
  return text !== undefined && text.subject.trim() !== '' && text.body.trim() !== '';
}

/** The text for a reader: in the reader's language, or in German where there is none in it. */
export function announcementText(texts: AnnouncementTexts, language: string): AnnouncementText {
  const chosen = isWritten(texts, language) ? language : 'de';
  const { subject, body } = texts[chosen] ?? { subject: '', body: '' };
  return { subject: subject.trim(), body: body.trim(), language: chosen };
}

/** A body's paragraphs: they are separated by empty lines, and keep the line breaks within them. */
export function paragraphsOf(body: string): string[] {
  return body
    .split(/\r?\n[\t ]*(?:\r?\n[\t ]*)+/)
    .map((paragraph) => paragraph.replaceAll('\r\n', '\n').trim())
    .filter((paragraph) => paragraph !== '');
}
