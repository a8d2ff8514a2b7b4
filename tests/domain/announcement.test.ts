import { describe, expect, test } from 'vitest';
import { announcementText, isWritten, paragraphsOf } from '../../src/lib/domain/announcement.ts';

const texts = {
  de: { subject: ' Neuer Raum ', body: 'Wir ziehen um.' },
  tr: { subject: 'Yeni oda', body: 'Taşınıyoruz.' },
  uk: { subject: 'Нова зала', body: '  ' },
};

describe('an announcement’s text', () => {
  test('is the one in the reader’s language', () => {
    expect(announcementText(texts, 'tr')).toEqual({ ...texts.tr, language: 'tr' });
  });

  test.each(['ar', 'uk'])('is the German one where %s has none, or half of one', (language) => {
    expect(announcementText(texts, language)).toEqual({
      subject: 'Neuer Raum',
      body: 'Wir ziehen um.',
      language: 'de',
    });
  });

  test('is written once it has both a subject and a body', () => {
    expect(Object.keys(texts).filter((language) => isWritten(texts, language))).toEqual(['de', 'tr']);
  });
});

test('empty lines part paragraphs, whatever ends a line and however many there are', () => {
  expect(paragraphsOf('Eins\r\nmit Zeile\r\n \r\n\r\nZwei\n\t\nDrei\n')).toEqual([
    'Eins\nmit Zeile',
    'Zwei',
    'Drei',
  ]);
  expect(paragraphsOf(' \n\n ')).toEqual([]);
});
