import type { Letter, LetterTicket } from './letter.ts';

/** The part of a mail for whoever reads plain text: everything that the other part says, except the images. */
export function letterText(letter: Letter): string {
  const { contact } = letter;
  const blocks = [
    [letter.title],
    [letter.greeting],
    ...letter.paragraphs.map((paragraph) => [paragraph]),
    [letter.event.text, ...letter.facts.map(({ label, value }) => `${label}: ${value.text}`)],
    ...(letter.tickets.length > 1 ? [letter.tickets.flatMap(ticketLines)] : []),
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

function ticketLines({ name, state, link }: LetterTicket): string[] {
  return [state ? `${name}: ${state}` : name, ...(link ? [link.href] : [])];
}
