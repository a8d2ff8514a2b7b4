import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Audience } from '../../src/lib/domain/announcement.ts';
import { addMillis, DAY } from '../../src/lib/domain/time.ts';
import { listActs } from '../../src/lib/server/acts.ts';
import { countReaders } from '../../src/lib/server/announcement-readers.ts';
import {
  beginAnnouncement,
  discardAnnouncement,
  findAnnouncement,
  listAnnouncements,
  saveAnnouncement,
  sendAnnouncement,
  tryAnnouncement,
} from '../../src/lib/server/announcements.ts';
import { cancelOwnRegistration } from '../../src/lib/server/self-service.ts';
import { Mailbox } from '../support/mail.ts';
import { Stage, w6 } from './mail/stage.ts';

const ALL: Audience = { state: 'all', workgroupId: null };
const TEXTS = {
  de: {
    subject: 'Neuer Eingang',
    body: 'Bitte kommen Sie\nvon Norden.\n\nMehr: https://example.org/plan?a=1.',
  },
  tr: { subject: 'Yeni giriş', body: 'Lütfen <kuzeyden> gelin.' },
};
const MERTENS = { id: 'u1', name: 'Frank Mertens' };

let stage: Stage;
let mailbox: Mailbox;

beforeEach(async () => {
  stage = await Stage.open();
  mailbox = await Mailbox.open();
});
afterEach(async () => {
  await stage.close();
  await mailbox.close();
});

async function write(audience = ALL, texts: object = TEXTS): Promise<{ id: string; version: number }> {
  const id = await beginAnnouncement(stage.installation, stage.eventId);
  const draft = { id, version: 1, audience, texts: texts as typeof TEXTS };
  expect(await saveAnnouncement(stage.installation, stage.eventId, draft)).toBe('saved');
  return { id, version: 2 };
}

const send = (draft: { id: string; version: number }) =>
  sendAnnouncement(stage.installation, stage.eventId, draft, MERTENS);
const announcementMails = async () => (await stage.mails()).filter(({ kind }) => kind === 'announcement');

/** Lets a postman send everything, and answers with the announcements' mails. */
async function deliver() {
  await stage.hire(mailbox.address).clockwork.idle();
  return mailbox.received.filter(({ subject }) => /Eingang|giriş/.test(subject ?? ''));
}

describe('whom an announcement goes to', () => {
  beforeEach(async () => {
    await stage.register({ names: ['Fatma Yılmaz', 'Ohne Adresse'], locale: 'tr' });
    await stage.register({ names: ['Jörg Müller'], email: 'joerg@example.org', workgroupId: w6 });
    const gone = await stage.register({ names: ['Abgesagt'], email: 'weg@example.org' });
    await cancelOwnRegistration(stage.installation, stage.eventId, gone);
  });

  test.each<[string, Audience, object]>([
    ['all who have not cancelled', ALL, { tr: 1, de: 1 }],
    ['those with a place', { state: 'confirmed', workgroupId: null }, { tr: 1, de: 1 }],
    ['one workgroup', { state: 'all', workgroupId: w6 }, { de: 1 }],
    ['the waiting list, when nobody waits', { state: 'waitlisted', workgroupId: null }, {}],
  ])('%s, by language, and each address once', async (_what, audience, byLocale) => {
    const readers = await countReaders(stage.installation.db, stage.eventId, audience);
    expect(readers.byLocale).toEqual(byLocale);
    expect(readers.total).toBe(
      Object.values(byLocale).reduce((sum: number, count: number) => sum + count, 0),
    );
  });

  test('whoever brought somebody along is told of that person, where only that person is meant', async () => {
    const { db } = stage.installation;
    await db
      .updateTable('registrations')
      .set({ workgroup_id: w6 })
      .where('name', '=', 'Ohne Adresse')
      .execute();
    expect((await countReaders(db, stage.eventId, { state: 'all', workgroupId: w6 })).total).toBe(2);
    await send(await write({ state: 'all', workgroupId: w6 }));
    const mail = (await deliver()).find(({ to }) => [to].flat()[0]?.value[0]?.name === 'Fatma Yılmaz');
    expect(mail?.text).toContain('Ohne Adresse');
  });
});

describe('an announcement that is sent', () => {
  test('reaches each reader in the reader’s language, or in German, with what it must have', async () => {
    await stage.register({ locale: 'tr' });
    await stage.register({ names: ['Олена Коваль'], email: 'olena@example.org', locale: 'uk' });
    expect(await send(await write())).toEqual({ kind: 'sent', readers: 2 });
    const [turkish, ukrainian] = await deliver();
    expect(turkish?.subject).toContain('Yeni giriş');
    expect(turkish?.text).toContain('Fatma Yılmaz');
    expect(turkish?.text).toContain('Lütfen <kuzeyden> gelin.');
    expect(turkish?.html).toContain('Lütfen &lt;kuzeyden&gt; gelin.');
    expect(turkish?.text).toContain('/tr/ticket/');
    expect(turkish?.attachments).toEqual([]);
    expect(ukrainian?.subject).toContain('Neuer Eingang');
    expect(ukrainian?.html).toContain('<html lang="uk"');
    expect(ukrainian?.html).toContain('<p lang="de" dir="auto">Bitte kommen Sie<br>\nvon Norden.</p>');
    expect(ukrainian?.html).toContain('<a href="https://example.org/plan?a=1">');
  });

  test('goes once: a second time, and a version that somebody has changed since, is refused', async () => {
    await stage.register();
    const draft = await write();
    expect(await send({ ...draft, version: 1 })).toEqual({ kind: 'overtaken' });
    expect(await send(draft)).toEqual({ kind: 'sent', readers: 1 });
    expect(await send(draft)).toEqual({ kind: 'overtaken' });
    expect(await announcementMails()).toHaveLength(1);
    const change = { ...draft, audience: ALL, texts: {} };
    expect(await saveAnnouncement(stage.installation, stage.eventId, change)).toBe('overtaken');
  });

  test('lets those mails pass that somebody waits for', async () => {
    await stage.register();
    await send(await write());
    stage.now = addMillis(stage.now, 1_000);
    await stage.register({ names: ['Wartet'], email: 'wartet@example.org' });
    await deliver();
    expect(mailbox.received.map(({ subject }) => /Eingang/.test(subject!))).toEqual([false, false, true]);
  });

  test('is told to nobody who has cancelled before it went', async () => {
    const id = await stage.register();
    await send(await write());
    await cancelOwnRegistration(stage.installation, stage.eventId, id);
    expect(await deliver()).toEqual([]);
    expect((await announcementMails())[0]).toMatchObject({ state: 'expired', problem: 'obsolete' });
  });

  test('is written down, with how many it went to, and the list says what became of its mails', async () => {
    await stage.register();
    const { id, version } = await write();
    await send({ id, version });
    const [act] = await listActs(stage.installation.db, stage.eventId, {}, 10);
    expect(act).toMatchObject({ kind: 'announcement_sent', subject: id, details: { readers: 1 } });
    await deliver();
    const [listed] = await listAnnouncements(stage.installation.db, stage.eventId);
    expect(listed?.mails).toEqual({ waiting: 0, sent: 1, failed: 0, expired: 0 });
  });

  test('after the event is still of use', async () => {
    await stage.register();
    stage.now = addMillis(stage.now, 90 * DAY);
    await send(await write());
    const [mail] = await announcementMails();
    expect(mail!.expires_at).toBeGreaterThan(stage.now);
  });
});

describe('what is not sent', () => {
  test('without a German text, or to nobody, nothing goes, and it can still be written', async () => {
    const draft = await write(ALL, { tr: TEXTS.tr });
    expect(await send(draft)).toEqual({ kind: 'not_written' });
    const other = await write();
    expect(await send(other)).toEqual({ kind: 'nobody' });
    expect(await findAnnouncement(stage.installation.db, stage.eventId, other.id)).toMatchObject({
      sentAt: null,
    });
    expect(await stage.mails()).toEqual([]);
  });

  test('a try goes to who tries it, holds nobody’s ticket, and is not counted', async () => {
    await stage.register();
    const { id } = await write();
    const tryFor = { name: 'Frank Mertens', address: 'mertens@example.org', locale: 'tr' as const };
    await tryAnnouncement(stage.installation, stage.eventId, id, tryFor);
    const [mail] = await deliver();
    expect([mail!.to].flat()[0]?.value).toEqual([{ name: 'Frank Mertens', address: 'mertens@example.org' }]);
    expect(mail!.text).not.toContain('/ticket/');
    const [listed] = await listAnnouncements(stage.installation.db, stage.eventId);
    expect(listed).toMatchObject({ sentAt: null, mails: { sent: 0 } });
  });

  test('a draft is thrown away with its tries; what was sent stays', async () => {
    await stage.register();
    const draft = await write();
    const tryFor = { name: 'Frank Mertens', address: 'mertens@example.org', locale: 'de' as const };
    await tryAnnouncement(stage.installation, stage.eventId, draft.id, tryFor);
    await discardAnnouncement(stage.installation, stage.eventId, draft.id);
    const sent = await write();
    await send(sent);
    await discardAnnouncement(stage.installation, stage.eventId, sent.id);
    const left = await listAnnouncements(stage.installation.db, stage.eventId);
    expect(left.map(({ id }) => id)).toEqual([sent.id]);
    expect(await announcementMails()).toHaveLength(1);
  });
});
