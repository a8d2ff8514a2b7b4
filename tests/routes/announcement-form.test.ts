import { expect, test } from 'vitest';
import type { WorkgroupId } from '../../src/lib/domain/ids.ts';
import { readAnnouncement } from '../../src/routes/office/[event]/announcements/[id]/announcement-form.ts';

const workgroups = [{ id: 'w5' as WorkgroupId }];
const whole = {
  version: '3',
  state: 'confirmed',
  workgroup: 'w5',
  'subject.de': ' Hallo ',
  'body.de': 'Eins\r\nzwei',
};

function form(fields: Record<string, string>): FormData {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) data.append(name, value);
  return data;
}

test('what was written is read, without what surrounds it', () => {
  expect(readAnnouncement(form(whole), workgroups)).toEqual({
    kind: 'ok',
    form: {
      version: 3,
      audience: { state: 'confirmed', workgroupId: 'w5' },
      texts: { de: { subject: 'Hallo', body: 'Eins\nzwei' } },
    },
  });
});

test('half a text is kept, an empty one is none, and a language that does not exist is not read', () => {
  const read = readAnnouncement(
    form({ ...whole, 'subject.tr': 'Merhaba', 'body.ar': '  ', 'subject.xx': 'no' }),
    workgroups,
  );
  expect(read).toMatchObject({ kind: 'ok', form: { texts: { tr: { subject: 'Merhaba', body: '' } } } });
  expect(read.kind === 'ok' && Object.keys(read.form.texts)).toEqual(['de', 'tr']);
});

test('what is too long is refused, and not lost', () => {
  const subject = 'x'.repeat(151);
  expect(readAnnouncement(form({ ...whole, 'subject.de': subject }), workgroups)).toMatchObject({
    kind: 'too_long',
    form: { texts: { de: { subject } } },
  });
});

test.each([{ version: 'x' }, { version: '' }, { state: 'cancelled' }, { workgroup: 'w9' }])(
  'what the page can’t have sent is refused: %j',
  (change) => {
    expect(readAnnouncement(form({ ...whole, ...change }), workgroups)).toEqual({ kind: 'bad' });
  },
);
