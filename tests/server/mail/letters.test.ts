import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Attachment, ParsedMail } from 'mailparser';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';
import { NO_NEEDS } from '../../../src/lib/domain/access-needs.ts';
import type { RegistrationId } from '../../../src/lib/domain/ids.ts';
import { addMillis, HOUR } from '../../../src/lib/domain/time.ts';
import { locales } from '../../../src/lib/i18n/index.ts';
import { berlinTime } from '../../../src/lib/server/berlin-time.ts';
import { setHeld } from '../../../src/lib/server/held.ts';
import { moveRegistration, setRegistrationState } from '../../../src/lib/server/places.ts';
import { listCompanions } from '../../../src/lib/server/registrations.ts';
import {
  cancelOwnRegistration,
  changeOwnRegistration,
  replaceOwnTicket,
} from '../../../src/lib/server/self-service.ts';
import { readTicketContent } from '../../../src/lib/server/ticket-content.ts';
import { ticketLink } from '../../../src/lib/server/tickets.ts';
import { decideWorkgroups } from '../../../src/lib/server/workgroup-setting.ts';
import { headerOf, Mailbox } from '../../support/mail.ts';
import { evening, Stage, w5, w6, type Clockwork } from './stage.ts';

let stage: Stage;
let mailbox: Mailbox;
let clockwork: Clockwork;

// By itself, the decoder would fetch its WebAssembly from the network.
beforeAll(async () => {
  const file = createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm');
  const wasmBinary = new Uint8Array(readFileSync(file)).buffer;
  await prepareZXingModule({ overrides: { wasmBinary }, fireImmediately: true });
});
beforeEach(async () => {
  stage = await Stage.open({ workgroups: evening.workgroups.map((group) => ({ ...group, places: 2 })) });
  mailbox = await Mailbox.open();
  ({ clockwork } = stage.hire(mailbox.address));
  await clockwork.idle();
});
afterEach(async () => {
  await stage.close();
  await mailbox.close();
});

/** What has come since the last time. */
async function delivered(): Promise<ParsedMail[]> {
  await clockwork.round();
  return mailbox.received.splice(0);
}

async function deliveredOne(): Promise<ParsedMail> {
  const mails = await delivered();
  expect(mails).toHaveLength(1);
  return mails[0]!;
}

/** The only one among several to this address. */
const to = (mails: ParsedMail[], address: string) =>
  mails.filter((mail) => [mail.to].flat()[0]?.value[0]?.address === address);

const files = (mail: ParsedMail, type: string) =>
  mail.attachments.filter(({ contentType }) => contentType === type);
const images = (mail: ParsedMail) => files(mail, 'image/png');
// mailparser puts the images themselves in the place of their names.
const htmlOf = (mail: ParsedMail) => mail.html || '';

async function readCode({ content }: Attachment): Promise<string | undefined> {
  const [found] = await readBarcodes(new Blob([new Uint8Array(content)]), { formats: ['QRCode'] });
  return found?.text;
}

async function codeOf(id: RegistrationId): Promise<string | null> {
  return (await readTicketContent(stage.installation.db, id))!.ticketText;
}

async function numberOf(id: RegistrationId): Promise<string | null> {
  return (await readTicketContent(stage.installation.db, id))!.ticketNumber;
}

/** A calendar file's lines, unfolded, as a map from what stands before the first colon. */
function calendarOf(mail: ParsedMail): Map<string, string> {
  const [file] = files(mail, 'text/calendar');
  const lines = file!.content.toString().replaceAll('\r\n ', '').split('\r\n');
  return new Map(lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]));
}

const fill = async () => {
  const ids = [];
  for (const email of ['a@example.org', 'b@example.org']) ids.push(await stage.register({ email }));
  return ids;
};

/** One place more than are taken. */
const morePlaces = () =>
  decideWorkgroups(stage.installation, stage.eventId, [{ id: w5, places: 3, meetingUrl: null }]);

describe('a confirmation', () => {
  test('says who, what, when and where, and how to change it, in text and in HTML', async () => {
    const id = await stage.register();
    const mail = await deliveredOne();
    expect(mail.subject).toBe('Anmeldung bestätigt: Gemeinsam leben in Gütersloh');
    for (const part of [mail.text ?? '', htmlOf(mail)]) {
      for (const said of [
        'Guten Tag, Fatma Yılmaz!',
        'Gemeinsam leben in Gütersloh',
        'Freitag, 18.\u00a0November 2022 · 16:00 bis 19:00 Uhr',
        'Stadthalle Gütersloh',
        'Arbeitsgruppe 5',
        'Raum 5',
        `http://localhost:3000/ticket/${ticketLink(stage.installation, id)}`,
        'ändern oder absagen',
        'Frank Mertens',
        'Sie bekommen diese E-Mail, weil',
      ])
        expect(part).toContain(said);
    }
    expect(htmlOf(mail)).toMatch(/<html lang="de" dir="ltr">/);
  });

  test('carries the ticket as an image that a camera reads, within the HTML', async () => {
    const id = await stage.register();
    const mail = await deliveredOne();
    const [image, ...others] = images(mail);
    expect(others).toEqual([]);
    expect(image).toMatchObject({ contentDisposition: 'inline', related: true });
    expect(await readCode(image!)).toBe(await codeOf(id));
    expect(htmlOf(mail)).toContain(`data:image/png;base64,${image!.content.toString('base64')}`);
  });

  test('carries the tickets to be printed, one sheet for each who has a place', async () => {
    await stage.register({ names: ['Fatma Yılmaz', 'Ayşe Yılmaz', 'Ömer Yılmaz'] });
    const [pdf, ...others] = files(await deliveredOne(), 'application/pdf');
    expect(others).toEqual([]);
    expect(pdf).toMatchObject({ filename: 'ticket.pdf', contentDisposition: 'attachment' });
    expect(pdf!.content.toString('latin1').match(/\/Type \/Page\b/g)).toHaveLength(2);
  });

  test('carries the appointment, with its zone', async () => {
    const id = await stage.register();
    const calendar = calendarOf(await deliveredOne());
    expect(calendar.get('DTSTART;TZID=Europe/Berlin')).toBe('20221118T160000');
    expect(calendar.get('DTEND;TZID=Europe/Berlin')).toBe('20221118T190000');
    expect(calendar.get('TZID')).toBe('Europe/Berlin');
    expect(calendar.get('RRULE')).toContain('FREQ=YEARLY');
    expect(calendar.get('METHOD')).toBe('PUBLISH');
    expect(calendar.get('STATUS')).toBe('CONFIRMED');
    expect(calendar.get('UID')).toBe(`${id}@localhost`);
    expect(calendar.get('DTSTAMP')).toMatch(/^\d{8}T\d{6}Z$/);
    expect(calendar.get('LOCATION')).toBe('Stadthalle Gütersloh');
  });

  test("of a party shows everybody's ticket and state", async () => {
    const hostId = await stage.register({ names: ['Fatma Yılmaz', 'Ayşe Yılmaz', 'Ömer Yılmaz'] });
    const mail = await deliveredOne();
    const companions = await listCompanions(stage.installation.db, hostId);
    const [ayse, oemer] = companions.map(({ id }) => id);
    expect(await Promise.all(images(mail).map(readCode))).toEqual([
      await codeOf(hostId),
      await codeOf(ayse!),
    ]);
    const numbers = await Promise.all([hostId, ayse!].map(numberOf));
    expect(mail.text?.match(/Ticketnummer: \S+/g)).toEqual(
      numbers.map((number) => `Ticketnummer: ${number}`),
    );
    const html = htmlOf(mail).replaceAll(/data:[^"]*/g, '');
    expect([...html.matchAll(/<strong>(\S{4}-\S{4})<\/strong>/g)].map((found) => found[1])).toEqual(numbers);
    expect(
      [...html.matchAll(/class="name"><bdi>([^<]*)<\/bdi><\/p>\n<p>([^<]*)</g)].map((found) =>
        found.slice(1),
      ),
    ).toEqual([
      ['Fatma Yılmaz', 'angemeldet'],
      ['Ayşe Yılmaz', 'angemeldet'],
      ['Ömer Yılmaz', 'auf der Warteliste'],
    ]);
    for (const id of [ayse!, oemer!]) {
      expect(html).toContain(`/ticket/${ticketLink(stage.installation, id)}`);
      expect(mail.text).toContain(`/ticket/${ticketLink(stage.installation, id)}`);
    }
  });

  test.each(locales)(
    'in %s speaks that language from left to right or from right to left',
    async (locale) => {
      await stage.register({ locale });
      const mail = await deliveredOne();
      const direction = locale === 'ar' ? 'rtl' : 'ltr';
      expect(htmlOf(mail)).toContain(`<html lang="${locale}" dir="${direction}">`);
      const german = 'Sie bekommen diese E-Mail, weil';
      expect(mail.text?.includes(german)).toBe(locale === 'de');
      expect(mail.text).toMatch(
        locale === 'de' ? /\/ticket\// : new RegExp(`/${locale === 'de-simple' ? 'leicht' : locale}/ticket/`),
      );
      // What nobody has translated is marked as German, and has its own direction.
      if (locale !== 'de') expect(htmlOf(mail)).toContain('<bdi lang="de">Stadthalle Gütersloh</bdi>');
    },
  );
});

describe('each other kind', () => {
  test('waiting list: no ticket and no appointment yet', async () => {
    await fill();
    await delivered();
    await stage.register();
    const mail = await deliveredOne();
    expect(mail.subject).toMatch(/^Auf der Warteliste/);
    expect(mail.attachments).toEqual([]);
  });

  test('promotion: with the ticket', async () => {
    await fill();
    const id = await stage.register();
    await delivered();
    await morePlaces();
    const mail = await deliveredOne();
    expect(mail.subject).toMatch(/^Ein Platz ist frei geworden/);
    expect(await readCode(images(mail)[0]!)).toBe(await codeOf(id));
  });

  test('change: with what is true now', async () => {
    const id = await stage.register();
    const before = calendarOf(await deliveredOne());
    await changeOwnRegistration(stage.installation, stage.eventId, id, {
      name: 'Fatma Öztürk',
      email: 'neu@example.org',
      workgroupId: w6,
      needs: NO_NEEDS,
    });
    const mail = await deliveredOne();
    expect(to([mail], 'neu@example.org')).toHaveLength(1);
    expect(mail.subject).toMatch(/^Anmeldung geändert/);
    for (const said of ['Fatma Öztürk', 'Arbeitsgruppe 6', 'Raum 6']) expect(mail.text).toContain(said);
    const after = calendarOf(mail);
    expect(after.get('UID')).toBe(before.get('UID'));
    expect(Number(after.get('SEQUENCE'))).toBeGreaterThan(Number(before.get('SEQUENCE')));
  });

  test('cancellation: takes the appointment back, and shows no ticket', async () => {
    const id = await stage.register();
    await delivered();
    await cancelOwnRegistration(stage.installation, stage.eventId, id);
    const mail = await deliveredOne();
    expect(mail.subject).toMatch(/^Anmeldung abgesagt/);
    expect(calendarOf(mail).get('STATUS')).toBe('CANCELLED');
    expect(images(mail)).toEqual([]);
  });

  test('ticket: the new one', async () => {
    const id = await stage.register();
    const [old] = images(await deliveredOne());
    await replaceOwnTicket(stage.installation, stage.eventId, id);
    const mail = await deliveredOne();
    expect(mail.subject).toMatch(/^Ihr Ticket/);
    const code = await readCode(images(mail)[0]!);
    expect(code).toBe(await codeOf(id));
    expect(code).not.toBe(await readCode(old!));
  });

  test('held digitally, and on site again: everybody who still comes is told once', async () => {
    await stage.register();
    await delivered();
    await setHeld(stage.installation, stage.eventId, 'digital');
    const digital = await deliveredOne();
    expect(digital.subject).toMatch(/^Die Veranstaltung findet digital statt/);
    expect(digital.text).toContain('Den Link zur Videokonferenz finden Sie auf Ihrer Ticket-Seite');
    expect(digital.text).not.toContain('Raum 5');
    expect(images(digital)).toEqual([]);
    expect(calendarOf(digital).get('LOCATION')).toBe('digital');
    await setHeld(stage.installation, stage.eventId, 'on_site');
    const onSite = await deliveredOne();
    expect(onSite.subject).toMatch(/^Die Veranstaltung findet vor Ort statt/);
    expect(onSite.text).toContain('Raum 5');
    expect(images(onSite)).toHaveLength(1);
  });

  test('about somebody who was brought along: to who brought them, and says whom it is about', async () => {
    const hostId = await stage.register({ names: ['Fatma Yılmaz', 'Ayşe Yılmaz'] });
    await delivered();
    const [ayse] = await listCompanions(stage.installation.db, hostId);
    await moveRegistration(stage.installation, stage.eventId, ayse!.id, w6);
    const mail = await deliveredOne();
    expect(mail.to).toMatchObject({ value: [{ address: 'fatma@example.org', name: 'Fatma Yılmaz' }] });
    expect(mail.text).toContain('Guten Tag, Fatma Yılmaz!');
    expect(mail.text).toContain('Es geht um Ayşe Yılmaz.');
    expect(mail.text).toContain('Ayşe Yılmaz: angemeldet');
    expect(await readCode(images(mail)[0]!)).toBe(await codeOf(ayse!.id));
  });

  test('tells what is true when it goes: a promotion that was cancelled meanwhile is no good news', async () => {
    await fill();
    const id = await stage.register();
    await delivered();
    await morePlaces();
    await setRegistrationState(stage.installation, stage.eventId, id, 'cancelled');
    const mails = await delivered();
    expect(mails.map(({ subject }) => subject?.split(':')[0])).toEqual([
      'Anmeldung abgesagt',
      'Anmeldung abgesagt',
    ]);
  });
});

describe('a reminder', () => {
  const dayBefore = berlinTime(2022, 11, 17, 10);

  test('goes from ten in the morning of the day before, once, also after a restart', async () => {
    await stage.register();
    await delivered();
    stage.now = addMillis(dayBefore, -1);
    expect(await delivered()).toEqual([]);
    stage.now = addMillis(dayBefore, HOUR);
    const mail = await deliveredOne();
    expect(mail.subject).toMatch(/^Erinnerung/);
    expect(images(mail)).toHaveLength(1);
    stage.now = addMillis(stage.now, HOUR);
    expect(await delivered()).toEqual([]);
    await stage.hire(mailbox.address).clockwork.idle();
    expect(mailbox.received).toEqual([]);
    expect((await stage.mails()).at(-1)?.reason).toMatch(
      new RegExp(`^reminder:[0-9a-f-]{36}:${evening.startsAt}$`),
    );
  });

  test('goes to none but those who have a place and an address, and registered before', async () => {
    await fill();
    await stage.register({ email: 'waits@example.org' });
    const cancelled = await stage.register({ email: 'cancelled@example.org', workgroupId: w6 });
    await setRegistrationState(stage.installation, stage.eventId, cancelled, 'cancelled');
    await stage.register({ email: null, workgroupId: w6 });
    await stage.register({ email: 'party@example.org', names: ['Eins', 'Zwei'], workgroupId: 'w7' as never });
    await delivered();
    stage.now = dayBefore;
    await stage.installation.db.updateTable('events').set({ registration_until: evening.startsAt }).execute();
    await stage.register({ email: 'late@example.org', workgroupId: 'w1' as never });
    const reminders = (await delivered()).filter(({ subject }) => subject?.startsWith('Erinnerung'));
    expect(reminders.map((mail) => [mail.to].flat()[0]?.value[0]?.address)).toEqual([
      'a@example.org',
      'b@example.org',
      'party@example.org',
    ]);
  });

  test('goes no more when the event has begun', async () => {
    await stage.register();
    await delivered();
    stage.now = evening.startsAt;
    expect(await delivered()).toEqual([]);
  });
});

describe('what somebody has typed', () => {
  const nasty = 'Eve\r\nBcc: all@example.org\r\n\r\n<script>alert("1")</script><b>';

  test('breaks neither headers nor markup', async () => {
    await stage.register({ names: [nasty, nasty] });
    const mail = await deliveredOne();
    expect(mail.bcc).toBeUndefined();
    expect(mail.headerLines.map(({ key }) => key)).not.toContain('bcc');
    expect(headerOf(mail, 'to')).not.toMatch(/\n(?![ \t])/);
    const html = htmlOf(mail);
    expect(html).not.toMatch(/<script|<b>/);
    expect(html).toContain('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&lt;b&gt;');
    expect(mail.text).toContain('Guten Tag, Eve Bcc: all@example.org <script>');
  });

  test("nor does an event's title", async () => {
    await stage.installation.db
      .updateTable('events')
      .set({ texts: JSON.stringify({ ...evening.texts, title: { de: nasty } }) })
      .execute();
    await stage.register();
    const mail = await deliveredOne();
    expect(mail.subject).toMatch(/^Anmeldung bestätigt: Eve Bcc: all@example.org <script>/);
    expect(mail.bcc).toBeUndefined();
    expect(htmlOf(mail)).not.toContain('<script');
    expect(calendarOf(mail).get('SUMMARY')).toMatch(/^Eve Bcc: all@example.org <script>/);
  });
});
