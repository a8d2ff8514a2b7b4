import type { Localized } from '../domain/setting.ts';

/** What the announcement of the first event says, in the languages of the public pages. */
export const TITLE: Localized = {
  de: 'Dialogveranstaltung zum Integrationskonzept „Gemeinsam leben in Gütersloh“',
  'de-simple': 'Wir sprechen über den Plan „Gemeinsam leben in Gütersloh“',
  en: 'Public dialogue on the integration concept “Living together in Gütersloh”',
  uk: 'Громадський діалог про інтеграційну концепцію «Жити разом у Гютерсло»',
  ru: 'Общественный диалог об интеграционной концепции «Жить вместе в Гютерсло»',
  tr: '“Gütersloh’da birlikte yaşamak” uyum konsepti üzerine diyalog toplantısı',
  ar: 'لقاء حواري حول خطة الاندماج «نعيش معًا في غوترسلوه»',
  pl: 'Spotkanie dialogowe o koncepcji integracji „Wspólne życie w Gütersloh”',
  ro: 'Dialog public despre conceptul de integrare „Să trăim împreună în Gütersloh”',
};

export const INTRODUCTION: Localized = {
  de: 'Das Integrationskonzept „Gemeinsam leben in Gütersloh“, 2017 vom Rat beschlossen, wird fortgeschrieben. Sprechen Sie mit: Nach dem ersten Dialog mit mehr als 80 Teilnehmenden lädt die Stadt zur zweiten öffentlichen Dialogveranstaltung ein. In sieben Arbeitsgruppen geht es um die sieben Handlungsfelder des Konzepts.',
  'de-simple':
    'Menschen aus vielen Ländern leben in Gütersloh. Die Stadt hat einen Plan. Der Plan heißt: Gemeinsam leben in Gütersloh. Den Plan gibt es seit 2017. Jetzt wird der Plan weiter·geschrieben. Sprechen Sie mit! Es gab schon ein Treffen. Mehr als 80 Menschen waren da. Jetzt kommt das zweite Treffen. Dort gibt es 7 Arbeits·gruppen. Jede Arbeits·gruppe hat ein Thema.',
  en: 'The integration concept “Living together in Gütersloh”, adopted by the council in 2017, is being carried forward. Join the discussion: after the first dialogue with more than 80 participants, the city invites you to the second public dialogue. Seven workgroups discuss the seven fields of action of the concept.',
  uk: 'Інтеграційну концепцію «Жити разом у Гютерсло», ухвалену міською радою 2017 року, розвивають далі. Долучайтеся до розмови: після першого діалогу, у якому взяли участь понад 80 людей, місто запрошує на другий громадський діалог. Сім робочих груп обговорюватимуть сім напрямів концепції.',
  ru: 'Интеграционную концепцию «Жить вместе в Гютерсло», принятую городским советом в 2017 году, развивают дальше. Присоединяйтесь к разговору: после первого диалога, в котором участвовали более 80 человек, город приглашает на второй общественный диалог. Семь рабочих групп обсудят семь направлений концепции.',
  tr: 'Belediye meclisinin 2017’de kabul ettiği “Gütersloh’da birlikte yaşamak” uyum konsepti geliştirilerek sürdürülüyor. Siz de söz alın: 80’den fazla kişinin katıldığı ilk diyalogdan sonra şehir sizi ikinci açık diyalog toplantısına davet ediyor. Yedi çalışma grubunda konseptin yedi eylem alanı konuşulacak.',
  ar: 'يجري تطوير خطة الاندماج «نعيش معًا في غوترسلوه» التي أقرّها مجلس المدينة عام 2017. شاركوا في الحوار: بعد اللقاء الأول الذي حضره أكثر من 80 مشاركًا ومشاركة، تدعوكم المدينة إلى اللقاء الحواري العام الثاني. تناقش سبع مجموعات عمل مجالات العمل السبعة في الخطة.',
  pl: 'Koncepcja integracji „Wspólne życie w Gütersloh”, uchwalona przez radę miasta w 2017 roku, jest rozwijana. Zapraszamy do rozmowy: po pierwszym dialogu, w którym wzięło udział ponad 80 osób, miasto zaprasza na drugie publiczne spotkanie dialogowe. Siedem grup roboczych zajmie się siedmioma obszarami działania tej koncepcji.',
  ro: 'Conceptul de integrare „Să trăim împreună în Gütersloh”, adoptat de consiliul local în 2017, este dezvoltat în continuare. Participați la discuție: după primul dialog, cu peste 80 de participanți, orașul vă invită la al doilea dialog public. Șapte grupuri de lucru discută cele șapte domenii de acțiune ale conceptului.',
};

export const VENUE: Localized = {
  de: 'Stadthalle Gütersloh, großer Saal',
  'de-simple': 'Stadthalle Gütersloh, großer Saal',
  en: 'Stadthalle Gütersloh, large hall',
  uk: 'Stadthalle Gütersloh, великий зал',
  ru: 'Stadthalle Gütersloh, большой зал',
  tr: 'Stadthalle Gütersloh, büyük salon',
  ar: 'Stadthalle Gütersloh، القاعة الكبرى',
  pl: 'Stadthalle Gütersloh, duża sala',
  ro: 'Stadthalle Gütersloh, sala mare',
};

export const CONTACT_ROLE: Localized = {
  de: 'Integrationsbeauftragter',
  'de-simple': 'Ansprech·partner für Integration',
  en: 'Integration officer',
  uk: 'Уповноважений з питань інтеграції',
  ru: 'Уполномоченный по вопросам интеграции',
  tr: 'Uyum görevlisi',
  ar: 'مسؤول شؤون الاندماج',
  pl: 'Pełnomocnik do spraw integracji',
  ro: 'Responsabil pentru integrare',
};

export const KEYNOTE: { title: Localized; detail: Localized } = {
  title: {
    de: 'Kompetenzerfassung als Integrationsaufgabe',
    'de-simple': 'Ein Vortrag: Was können Menschen? Und wie findet man das heraus?',
    en: 'Recognising skills as a task of integration',
    uk: 'Визначення компетенцій як завдання інтеграції',
    ru: 'Определение компетенций как задача интеграции',
    tr: 'Uyumun bir görevi olarak yetkinliklerin belirlenmesi',
    ar: 'تحديد الكفاءات بوصفه من مهام الاندماج',
    pl: 'Rozpoznawanie kompetencji jako zadanie integracji',
    ro: 'Identificarea competențelor ca sarcină a integrării',
  },
  detail: {
    de: 'Impulsvortrag von Dr. Martin Noack, Arbeitsmarktexperte der Bertelsmann Stiftung, großer Saal',
    'de-simple':
      'Dr. Martin Noack spricht. Er kennt sich mit Arbeit aus. Er arbeitet bei der Bertelsmann Stiftung. Der Vortrag ist im großen Saal.',
    en: 'Keynote by Dr. Martin Noack, labour-market expert, Bertelsmann Stiftung, large hall',
    uk: 'Вступна доповідь: д-р Мартін Ноак (Dr. Martin Noack), експерт із ринку праці, Bertelsmann Stiftung, великий зал',
    ru: 'Вступительный доклад: д-р Мартин Ноак (Dr. Martin Noack), эксперт по рынку труда, Bertelsmann Stiftung, большой зал',
    tr: 'Bertelsmann Stiftung iş piyasası uzmanı Dr. Martin Noack’ın açılış konuşması, büyük salon',
    ar: 'محاضرة افتتاحية يلقيها Dr. Martin Noack، خبير سوق العمل في Bertelsmann Stiftung، القاعة الكبرى',
    pl: 'Wykład wprowadzający: Dr. Martin Noack, ekspert rynku pracy, Bertelsmann Stiftung, duża sala',
    ro: 'Prelegere introductivă: Dr. Martin Noack, expert în piața muncii, Bertelsmann Stiftung, sala mare',
  },
};

export const WORKGROUPS_POINT: { title: Localized; detail: Localized } = {
  title: {
    de: 'Sieben Arbeitsgruppen',
    'de-simple': '7 Arbeits·gruppen',
    en: 'Seven workgroups',
    uk: 'Сім робочих груп',
    ru: 'Семь рабочих групп',
    tr: 'Yedi çalışma grubu',
    ar: 'سبع مجموعات عمل',
    pl: 'Siedem grup roboczych',
    ro: 'Șapte grupuri de lucru',
  },
  detail: {
    de: 'in eigenen Räumen der Stadthalle',
    'de-simple': 'Jede Arbeits·gruppe hat einen eigenen Raum in der Stadthalle.',
    en: 'in rooms of their own in the Stadthalle',
    uk: 'в окремих залах Stadthalle',
    ru: 'в отдельных залах Stadthalle',
    tr: 'Stadthalle’de kendi odalarında',
    ar: 'في قاعات خاصة بها في Stadthalle',
    pl: 'w osobnych salach Stadthalle',
    ro: 'în săli proprii din Stadthalle',
  },
};

export const END: Localized = {
  de: 'Ende',
  'de-simple': 'Ende',
  en: 'End',
  uk: 'Завершення',
  ru: 'Завершение',
  tr: 'Bitiş',
  ar: 'الختام',
  pl: 'Zakończenie',
  ro: 'Încheiere',
};

/** The seven fields of action: each is a workgroup's. */
export const FIELDS_OF_ACTION: Localized[] = [
  {
    de: 'Willkommenskultur und interkulturelle Öffnung',
    'de-simple': 'Alle sind willkommen: Menschen aus allen Ländern',
    en: 'Welcoming culture and intercultural openness',
    uk: 'Культура гостинності та міжкультурна відкритість',
    ru: 'Культура гостеприимства и межкультурная открытость',
    tr: 'Karşılama kültürü ve kültürlerarası açılım',
    ar: 'ثقافة الترحيب والانفتاح بين الثقافات',
    pl: 'Kultura gościnności i otwartość międzykulturowa',
    ro: 'Cultura primirii și deschiderea interculturală',
  },
  {
    de: 'Bildung und Ausbildung, Qualifizierung und Arbeitsmarkt',
    'de-simple': 'Lernen, Ausbildung und Arbeit',
    en: 'Education and training, qualification and the labour market',
    uk: 'Освіта й професійне навчання, підвищення кваліфікації та ринок праці',
    ru: 'Образование и профессиональное обучение, повышение квалификации и рынок труда',
    tr: 'Eğitim ve meslek eğitimi, nitelik kazanma ve iş piyasası',
    ar: 'التعليم والتدريب المهني والتأهيل وسوق العمل',
    pl: 'Kształcenie i nauka zawodu, kwalifikacje i rynek pracy',
    ro: 'Educație și formare profesională, calificare și piața muncii',
  },
  {
    de: 'Bildung und Erziehung',
    'de-simple': 'Kinder: Lernen und Groß·werden',
    en: 'Education and upbringing',
    uk: 'Освіта та виховання',
    ru: 'Образование и воспитание',
    tr: 'Eğitim ve terbiye',
    ar: 'التعليم والتربية',
    pl: 'Edukacja i wychowanie',
    ro: 'Educație și creșterea copiilor',
  },
  {
    de: 'Beratung und Unterstützung',
    'de-simple': 'Beratung und Hilfe',
    en: 'Advice and support',
    uk: 'Консультування та підтримка',
    ru: 'Консультации и поддержка',
    tr: 'Danışmanlık ve destek',
    ar: 'المشورة والدعم',
    pl: 'Doradztwo i wsparcie',
    ro: 'Consiliere și sprijin',
  },
  {
    de: 'Wohnen',
    'de-simple': 'Wohnen',
    en: 'Housing',
    uk: 'Житло',
    ru: 'Жильё',
    tr: 'Konut ve yaşama',
    ar: 'السكن',
    pl: 'Mieszkanie',
    ro: 'Locuire',
  },
  {
    de: 'Teilhabe und Begegnung',
    'de-simple': 'Mitmachen und sich treffen',
    en: 'Participation and encounter',
    uk: 'Участь у житті громади та зустрічі',
    ru: 'Участие в жизни общества и встречи',
    tr: 'Katılım ve buluşma',
    ar: 'المشاركة واللقاء',
    pl: 'Uczestnictwo i spotkania',
    ro: 'Participare și întâlnire',
  },
  {
    de: 'Gesundheit, Senioren und Generationen',
    'de-simple': 'Gesundheit. Alte und junge Menschen',
    en: 'Health, senior citizens and generations',
    uk: 'Здоров’я, люди старшого віку та покоління',
    ru: 'Здоровье, пожилые люди и поколения',
    tr: 'Sağlık, yaşlılar ve kuşaklar',
    ar: 'الصحة وكبار السن والأجيال',
    pl: 'Zdrowie, seniorzy i pokolenia',
    ro: 'Sănătate, seniori și generații',
  },
];

export const HALL: Localized = {
  de: 'Großer Saal',
  'de-simple': 'Großer Saal',
  en: 'Large hall',
  uk: 'Великий зал',
  ru: 'Большой зал',
  tr: 'Büyük salon',
  ar: 'القاعة الكبرى',
  pl: 'Duża sala',
  ro: 'Sala mare',
};

export const HALL_DOOR: Localized = {
  de: 'Eingang Stadthalle',
  'de-simple': 'Eingang Stadthalle',
  en: 'Stadthalle entrance',
  uk: 'Вхід до Stadthalle',
  ru: 'Вход в Stadthalle',
  tr: 'Stadthalle girişi',
  ar: 'مدخل Stadthalle',
  pl: 'Wejście do Stadthalle',
  ro: 'Intrare Stadthalle',
};
