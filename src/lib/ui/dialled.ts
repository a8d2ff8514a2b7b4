/** A phone number as a `tel:` link wants it: without what only makes it readable. */
export function dialled(phone: string): string {
  return phone.replaceAll(/[^\d+]/g, '');
}
