import type { SendMailOptions } from 'nodemailer';
import QRCode from 'qrcode';
import type { MailRow } from '../database/schema.ts';
import type { Installation } from '../installation.ts';
import { renderTicketPdf, type PaperTicket } from '../pdf/ticket-pdf.ts';
import { ticketAddress } from '../tickets.ts';
import type { TicketContent } from '../ticket-content.ts';
import { writeAnnouncement } from './announcement-letter.ts';
import { calendarFile } from './calendar.ts';
import { letterHtml } from './letter-html.ts';
import { letterText } from './letter-text.ts';
import { oneLine, type AddressedLetter, type Letter } from './letter-parts.ts';
import { writeLetter } from './letter.ts';

/** A mail with all its parts, ready to be shown or to be sent. */
export interface Message {
  subject: string;
  to: { name: string; address: string };
  /** Who answers; null where the event names no address. */
  replyTo: { name: string; address: string } | null;
  text: string;
  /** With each code's image under the name that `images` gives it. */
  html: string;
  images: { cid: string; png: Buffer }[];
  /** To be printed and folded; none where nobody has a place that needs one. */
  paper: PaperTicket[];
  /** Null for whoever has no place. */
  calendar: string | null;
}

/** Writes a mail as it is true now. @returns null when there is nothing to tell any more, or nobody to tell it to */
export async function writeMessage(installation: Installation, mail: MailRow): Promise<Message | null> {
  const written = await writeMail(installation, mail);
  if (!written) return null;
  const { letter, to, event, date, tickets } = written;
  const { contact } = event.texts;
  const cidOf = (index: number) => `${mail.id}.${index}@${mailHost(installation)}`;
  return {
    subject: letter.subject,
    to,
    replyTo: contact.email ? { name: oneLine(contact.name), address: oneLine(contact.email) } : null,
    text: letterText(letter),
    html: letterHtml(letter, (index) => `cid:${cidOf(index)}`),
    images: await codeImages(letter, cidOf),
    paper: tickets.map((ticket) => ({
      ...ticket,
      address: ticketAddress(installation, ticket.registration.id, letter.locale),
    })),
    calendar: date && calendarFile(installation, date, await sequenceOf(installation, date)),
  };
}

async function writeMail(installation: Installation, mail: MailRow): Promise<AddressedLetter | null> {
  const { kind, registration_id: registrationId } = mail;
  if (kind === 'announcement') return writeAnnouncement(installation, mail);
  return registrationId ? writeLetter(installation, { kind, registrationId }) : null;
}

async function codeImages({ tickets }: Letter, cidOf: (index: number) => string): Promise<Message['images']> {
  const images = [];
  for (const [index, { code }] of tickets.entries()) {
    if (code !== null) images.push({ cid: cidOf(index), png: await codeImage(code) });
  }
  return images;
}

/** Modules of eight pixels, and the four light ones around that the standard demands. */
function codeImage(code: string): Promise<Buffer> {
  return QRCode.toBuffer([{ data: code, mode: 'alphanumeric' }], {
    errorCorrectionLevel: 'M',
    margin: 4,
    scale: 8,
  });
}

/** Both count with the event's changes, so the greater of them rises with either. */
async function sequenceOf({ db }: Installation, { event, registration }: TicketContent): Promise<number> {
  const { setting_change } = await db
    .selectFrom('events')
    .select('setting_change')
    .where('id', '=', event.id)
    .executeTakeFirstOrThrow();
  return Math.max(registration.change, setting_change);
}

/** The message as nodemailer takes it. Its Message-ID is the same however often it is sent. */
export async function mailOptions(
  installation: Installation,
  { id }: Pick<MailRow, 'id'>,
  message: Message,
): Promise<SendMailOptions> {
  const { calendar, paper } = message;
  return {
    messageId: `<${id}@${mailHost(installation)}>`,
    date: new Date(installation.clock()),
    to: message.to,
    ...(message.replyTo && { replyTo: message.replyTo }),
    subject: message.subject,
    text: message.text,
    html: message.html,
    headers: { 'Auto-Submitted': 'auto-generated' },
    attachments: [
      ...message.images.map(({ cid, png }, index) => ({
        cid,
        filename: `ticket-${index + 1}.png`,
        content: png,
        contentType: 'image/png',
        contentDisposition: 'inline' as const,
      })),
      ...(paper.length === 0
        ? []
        : [
            { filename: 'ticket.pdf', content: await renderTicketPdf(paper), contentType: 'application/pdf' },
          ]),
      ...(calendar === null
        ? []
        : [
            {
              filename: 'einlass.ics',
              content: calendar,
              contentType: 'text/calendar; charset=utf-8; method=PUBLISH',
            },
          ]),
    ],
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

/**
 * The HTML part as a page of its own, with its images in it: for whoever looks at the mail without receiving it. Links
 * open elsewhere.
 */
export function standaloneHtml({ html, images }: Message): string {
  let page = html.replace('<head>', '<head>\n<base target="_blank">');
  for (const { cid, png } of images)
    page = page.replace(`src="cid:${cid}"`, `src="data:image/png;base64,${png.toString('base64')}"`);
  return page;
}

export function mailHost({ origin }: Pick<Installation, 'origin'>): string {
  return new URL(origin).hostname;
}
