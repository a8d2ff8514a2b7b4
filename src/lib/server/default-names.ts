import type { Localized } from '../domain/setting.ts';

/** What rooms and doors are called in every language until somebody gives them names. */

export const MAIN_ROOM: Localized = {
  de: 'Saal',
  'de-simple': 'Saal',
  en: 'Hall',
  uk: 'Зал',
  ru: 'Зал',
  tr: 'Salon',
  ar: 'القاعة',
  pl: 'Sala',
  ro: 'Sala',
};

export const ENTRANCE: Localized = {
  de: 'Eingang',
  'de-simple': 'Eingang',
  en: 'Entrance',
  uk: 'Вхід',
  ru: 'Вход',
  tr: 'Giriş',
  ar: 'المدخل',
  pl: 'Wejście',
  ro: 'Intrare',
};

export const roomName = (number: number): Localized => ({
  de: `Raum ${number}`,
  'de-simple': `Raum ${number}`,
  en: `Room ${number}`,
  uk: `Зал ${number}`,
  ru: `Зал ${number}`,
  tr: `Oda ${number}`,
  ar: `القاعة ${number}`,
  pl: `Sala ${number}`,
  ro: `Sala ${number}`,
});

export const roomDoor = (number: number): Localized => ({
  de: `Tür Raum ${number}`,
  'de-simple': `Tür Raum ${number}`,
  en: `Door of room ${number}`,
  uk: `Двері залу ${number}`,
  ru: `Дверь зала ${number}`,
  tr: `Oda ${number} kapısı`,
  ar: `باب القاعة ${number}`,
  pl: `Drzwi sali ${number}`,
  ro: `Ușa sălii ${number}`,
});
