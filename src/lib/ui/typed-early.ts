/**
 * Keeps what somebody types into a page before its scripts have come. Svelte gives each field the value that it had when
 * the page was made as it takes the page over, and on a slow computer that would take away what was typed since.
 */
type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

const typed = new Map<Field, { value: string; checked: boolean }>();

/** Begins to note what is typed; before the page is taken over. */
export function noteTyped(): void {
  for (const field of document.querySelectorAll<Field>('input, textarea, select'))
    if (isChanged(field)) note(field);
  document.addEventListener('input', noteTarget, true);
}

/** Gives back what was typed; once the page has been taken over. */
export function restoreTyped(): void {
  document.removeEventListener('input', noteTarget, true);
  for (const [field, { value, checked }] of typed) {
    const same = field.value === value && (!('checked' in field) || field.checked === checked);
    if (!field.isConnected || same) continue;
    field.value = value;
    if ('checked' in field) field.checked = checked;
    for (const kind of ['input', 'change']) field.dispatchEvent(new Event(kind, { bubbles: true }));
  }
  typed.clear();
}

function noteTarget({ target }: Event): void {
  if (target instanceof Element && target.matches('input, textarea, select')) note(target as Field);
}

function note(field: Field): void {
  // No script may choose a file.
  if (field.type === 'file') return;
  typed.set(field, { value: field.value, checked: 'checked' in field && field.checked });
}

function isChanged(field: Field): boolean {
  if (field instanceof HTMLSelectElement)
    return [...field.options].some((option) => option.selected !== option.defaultSelected);
  if (field instanceof HTMLInputElement && field.checked !== field.defaultChecked) return true;
  return field.value !== field.defaultValue;
}
