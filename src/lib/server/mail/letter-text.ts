import type { Letter, LetterTicket } from './letter-parts.ts';

/** The part of a mail for whoever reads plain text: everything that the other part says, except the images. */
export function letterText(letter: Letter): string {
  const { contact } = letter;
  const blocks = [
    [letter.title.text],
    [letter.greeting],
    ...letter.paragraphs.map(({ text }) => [text]),
    [letter.event.text, ...letter.facts.map(({ label, value }) => `${label}: ${value.text}`)],
    ...ticketBlock(letter.tickets),
    [`${letter.button.label}:`, letter.button.href],
    ...(letter.changing ? [[letter.changing, letter.button.href]] : []),
    ...letter.notes.map((note) => [note]),
    [
      contact.heading,
      contact.name,
      contact.role.text,
      contact.organiser,
      ...[contact.phone, contact.email].filter((line) => line !== ''),
    ],
    ['--', letter.why],
  ];
  return blocks.map((lines) => lines.join('\n')).join('\n\n') + '\n';
}

/** Whoever is alone knows the own name; only the number is news. */
function ticketBlock(tickets: LetterTicket[]): string[][] {
  const lines = tickets.length > 1 ? tickets.flatMap(ticketLines) : tickets.flatMap(numberLine);
  return lines.length > 0 ? [lines] : [];
}

function ticketLines(ticket: LetterTicket): string[] {
  const { name, state, link } = ticket;
  return [state ? `${name}: ${state}` : name, ...numberLine(ticket), ...(link ? [link.href] : [])];
}

function numberLine({ number }: LetterTicket): string[] {
  return number ? [`${number.label}: ${number.value}`] : [];
}
