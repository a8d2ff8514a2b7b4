import type { Letter, LetterTicket, Passage } from './letter-parts.ts';

/**
 * A style sheet that mail programs keep: no variables, no grid, only properties that are the same from right to left.
 * Where a program throws it away, headings, paragraphs and lists are left, which read well too.
 */
export const LETTER_STYLE = `
body { margin: 0; padding: 0; border-top: 6px solid #0b5568; background: #fbfaf7; color: #17212b; font-family: 'Source Sans 3', 'Segoe UI', system-ui, -apple-system, Roboto, 'Noto Sans Arabic', Arial, sans-serif; font-size: 18px; line-height: 1.5; }
main { display: block; max-width: 552px; margin: 0 auto; padding: 24px; overflow-wrap: anywhere; }
h1 { margin: 0 0 16px; font-size: 28px; line-height: 1.2; }
h2 { margin: 32px 0 8px; font-size: 20px; line-height: 1.3; }
p { margin: 0 0 16px; }
a { color: #0b5568; }
dl { margin: 0 0 24px; }
dt { color: #47535f; font-size: 15px; }
dd { margin: 0 0 8px; font-weight: 600; }
.ticket { margin: 0 0 24px; padding: 16px; background: #ffffff; border: 1px solid #c9ced3; border-radius: 10px; text-align: center; }
.ticket img { display: block; width: 100%; max-width: 320px; height: auto; margin: 0 auto; background: #ffffff; border-radius: 6px; }
.ticket p { margin: 8px 0 0; }
.name { font-size: 20px; font-weight: 700; }
.button a { display: block; padding: 13px 20px; border-radius: 10px; background: #0b5568; color: #ffffff; font-weight: 600; text-align: center; text-decoration: none; }
.small { color: #47535f; font-size: 15px; }
footer { margin-top: 32px; padding-top: 16px; border-top: 1px solid #c9ced3; }
@media (prefers-color-scheme: dark) {
  body { background: #11181d; color: #f2f4f5; border-color: #7fd0e3; }
  a { color: #7fd0e3; }
  dt, .small { color: #b9c3ca; }
  .ticket { background: #1a232a; border-color: #3a4751; }
  .button a { background: #7fd0e3; color: #06242c; }
  footer { border-color: #3a4751; }
}
`;

/**
 * The part of a mail for whoever sees colours and images.
 *
 * @param imageOf - the address of a ticket's QR code as an image, by its place among the letter's tickets
 */
export function letterHtml(letter: Letter, imageOf: (index: number) => string): string {
  const { contact } = letter;
  const within = (passage: Passage) => inLanguage(passage, letter);
  const page = `<!doctype html>
<html lang="${letter.locale}" dir="${letter.direction}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${escapeHtml(letter.subject)}</title>
<style>${LETTER_STYLE}</style>
</head>
<body>
<main lang="${letter.locale}" dir="${letter.direction}">
<h1>${within(letter.title)}</h1>
<p>${escapeHtml(letter.greeting)}</p>
${letter.paragraphs.map((paragraph) => paragraphHtml(paragraph, letter)).join('\n')}
<h2>${within(letter.event)}</h2>
<dl>
${letter.facts.map(({ label, value }) => `<dt>${escapeHtml(label)}</dt>\n<dd>${within(value)}</dd>`).join('\n')}
</dl>
${letter.tickets.map((ticket, index) => ticketHtml(ticket, imageOf(index))).join('\n')}
${letter.show ? `<p><strong>${escapeHtml(letter.show)}</strong></p>` : ''}
<p class="button"><a href="${escapeHtml(letter.button.href)}">${escapeHtml(letter.button.label)}</a></p>
${letter.notes.map((note) => `<p>${escapeHtml(note)}</p>`).join('\n')}
${letter.changing ? `<p>${escapeHtml(letter.changing)}<br>${addressLink(letter.button.href)}</p>` : ''}
<h2>${escapeHtml(contact.heading)}</h2>
<p>${[
    `<strong>${escapeHtml(contact.name)}</strong>`,
    within(contact.role),
    escapeHtml(contact.organiser),
    contact.phone && `<bdi dir="ltr">${escapeHtml(contact.phone)}</bdi>`,
    contact.email &&
      `<a href="mailto:${encodeURIComponent(contact.email)}"><bdi dir="ltr">${escapeHtml(contact.email)}</bdi></a>`,
  ]
    .filter(Boolean)
    .join('<br>\n')}</p>
<footer><p class="small">${escapeHtml(letter.why)}</p></footer>
</main>
</body>
</html>
`;
  return page.replaceAll(/\n{2,}/g, '\n');
}

function ticketHtml({ name, state, code, number, link }: LetterTicket, image: string): string {
  const alone = `<bdi>${escapeHtml(name)}</bdi>`;
  return [
    '<div class="ticket">',
    code && `<img src="${escapeHtml(image)}" width="320" height="320" alt="QR: ${escapeHtml(name)}">`,
    `<p class="name">${alone}</p>`,
    state && `<p>${escapeHtml(state)}</p>`,
    number && `<p>${escapeHtml(number.label)} <bdi dir="ltr"><strong>${number.value}</strong></bdi></p>`,
    link && `<p><a href="${escapeHtml(link.href)}">${escapeHtml(link.label)}</a></p>`,
    '</div>',
  ]
    .filter(Boolean)
    .join('\n');
}

/** An address reads from left to right in every language. */
const addressLink = (href: string): string =>
  `<a class="small" href="${escapeHtml(href)}"><bdi dir="ltr">${escapeHtml(href)}</bdi></a>`;

/** A paragraph with its lines; an address of a page in it can be followed. */
function paragraphHtml({ text, language }: Passage, letter: Letter): string {
  const html = text
    .split(/(https?:\/\/[^\s<>"]*[^\s<>".,:;!?)\]])/)
    .map((part, index) => (index % 2 === 1 ? webLink(part) : escapeHtml(part).replaceAll('\n', '<br>\n')))
    .join('');
  return language === letter.locale
    ? `<p>${html}</p>`
    : `<p lang="${escapeHtml(language)}" dir="auto">${html}</p>`;
}

const webLink = (href: string): string =>
  `<a href="${escapeHtml(href)}"><bdi dir="ltr">${escapeHtml(href)}</bdi></a>`;

function inLanguage({ text, language }: Passage, letter: Letter): string {
  if (language === letter.locale) return escapeHtml(text);
  return `<bdi lang="${escapeHtml(language)}">${escapeHtml(text)}</bdi>`;
}

/** For text and for attributes in double quotes. */
export function escapeHtml(text: string): string {
  const entities: Record<string, string> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replaceAll(/[&<>"']/g, (character) => entities[character]!);
}
