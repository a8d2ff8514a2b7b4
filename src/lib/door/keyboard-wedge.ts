import { SECOND } from '../domain/time.ts';
import { lettersOf, ticketTextsIn, ticketTextsOf, type Stroke } from './keyboard-layout.ts';

/** A longer pause between two keys, in milliseconds, means that something else begins. Scanners take 1 to 60. */
const LONGEST_PAUSE = SECOND / 2;
/** Fewer characters are somebody at a keyboard. */
const SHORTEST_CODE = 6;

export interface KeyPress extends Stroke {
  /** When it was pressed, in milliseconds. */
  time: number;
}

/**
 * Gathers what a hand scanner types, key by key, until its Enter or Tab.
 */
export class WedgeBuffer {
  private strokes: Stroke[] = [];
  private last = -Infinity;

  /** Notes a key. @returns how many characters have come one after the other, this one included */
  add({ time, ...stroke }: KeyPress): number {
    if (time - this.last > LONGEST_PAUSE) this.strokes = [];
    this.last = time;
    this.strokes.push(stroke);
    return this.strokes.length;
  }

  /**
   * The end of a line. What goes into a text field is a scanner's only when it has a ticket's form.
   *
   * @param field - what stands in the text field that the keys went to, or null where there is none
   * @returns the texts that it may have been, the likeliest first; null when nobody has scanned
   */
  end(time: number, field: string | null): string[] | null {
    const strokes = time - this.last > LONGEST_PAUSE ? [] : this.strokes;
    this.strokes = [];
    const tickets = ticketTextsOf(strokes);
    if (tickets.length > 0) return tickets;
    if (field !== null) {
      const pasted = ticketTextsIn(field);
      return pasted.length > 0 ? pasted : null;
    }
    const text = lettersOf(strokes);
    return strokes.length >= SHORTEST_CODE ? [text] : null;
  }
}

/**
 * Takes what a hand scanner types, wherever the focus is. The keys of a scan do nothing else: they press no button, and
 * leave no text in a field.
 *
 * @param onScan - gets the texts that it may have been, the likeliest first
 * @param signal - ends it
 */
export function listenForWedge(onScan: (texts: string[]) => void, signal: AbortSignal): void {
  const buffer = new WedgeBuffer();
  /** The text field that the keys go to, as it was before the first of them. */
  let field: { input: TextField; before: string } | null = null;

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey) return;
    const input = textFieldOf(event.target);
    if (event.key === 'Enter' || event.key === 'Tab') {
      const texts = buffer.end(event.timeStamp, input?.value ?? null);
      if (!texts) return;
      swallow(event);
      if (input) setValue(input, field?.input === input ? field.before : '');
      onScan(texts);
      return;
    }
    // An accent's key, and a letter that it waits for in a text field, have no letter of their own yet.
    if (event.key.length !== 1 && event.key !== 'Dead' && event.key !== 'Process') return;
    const { key, code, shiftKey: shift, timeStamp: time } = event;
    const count = buffer.add({ key, code, shift, time });
    if (count === 1) field = input && { input, before: input.value };
    // A space among a scanner's characters would press the button that has the focus.
    else if (!input) swallow(event);
  };
  addEventListener('keydown', onKeyDown, { capture: true, signal });
}

type TextField = HTMLInputElement | HTMLTextAreaElement;

const WITHOUT_TEXT = new Set(['button', 'checkbox', 'radio', 'range', 'color', 'file', 'submit', 'reset']);

function textFieldOf(target: EventTarget | null): TextField | null {
  if (target instanceof HTMLTextAreaElement) return target;
  return target instanceof HTMLInputElement && !WITHOUT_TEXT.has(target.type) ? target : null;
}

function setValue(input: TextField, value: string): void {
  input.value = value;
  input.dispatchEvent(new Event('input', { bubbles: true }));
}

function swallow(event: KeyboardEvent): void {
  event.preventDefault();
  event.stopImmediatePropagation();
}
