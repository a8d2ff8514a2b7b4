import type { Field } from './request.ts';

/** A form as it stands on a page of the app, filled in as the page has it. */
export interface HtmlForm {
  method: 'GET' | 'POST';
  /** As written: empty for the page's own address. */
  action: string;
  multipart: boolean;
  fields: Field[];
}

/**
 * Reads the forms out of a page that this app has rendered. Not for other people's pages: it knows how Svelte writes.
 * Radio buttons and boxes are taken as ticked where one must be.
 */
export function formsIn(html: string): HtmlForm[] {
  return [...html.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/g)].map(([, head = '', body = '']) => ({
    method: /^post$/i.test(attribute(head, 'method') ?? '') ? 'POST' : 'GET',
    action: attribute(head, 'action') ?? '',
    multipart: attribute(head, 'enctype') === 'multipart/form-data',
    fields: fieldsIn(body),
  }));
}

function fieldsIn(body: string): Field[] {
  const fields: Field[] = [];
  const add = (name: string | null, value: string, isFile = false) => {
    if (name) fields.push(isFile ? { name, value, file: 'table.csv' } : { name, value });
  };
  for (const [whole, input, select, options, area, text, button] of body.matchAll(
    /<input\b([^>]*)>|<select\b([^>]*)>([\s\S]*?)<\/select>|<textarea\b([^>]*)>([\s\S]*?)<\/textarea>|<button\b([^>]*)>/g,
  )) {
    if (input !== undefined) {
      const type = attribute(input, 'type');
      const name = attribute(input, 'name');
      const isChoice = type === 'radio' || type === 'checkbox';
      if (type === 'radio' && !/\bchecked\b/.test(input) && fields.some((field) => field.name === name))
        continue;
      add(name, attribute(input, 'value') ?? (isChoice ? 'on' : ''), type === 'file');
    } else if (select !== undefined) {
      const all = [...options!.matchAll(/<option\b([^>]*)>/g)].map(([, head]) => head!);
      const chosen = all.find((head) => /\bselected\b/.test(head)) ?? all.at(-1) ?? '';
      add(attribute(select, 'name'), attribute(chosen, 'value') ?? '');
    } else if (area !== undefined) {
      add(attribute(area, 'name'), decodeEntities(text!));
    } else if (button !== undefined && whole) {
      const name = attribute(button, 'name');
      if (name && !fields.some((field) => field.name === name)) add(name, attribute(button, 'value') ?? '');
    }
  }
  return fields;
}

function attribute(head: string, name: string): string | null {
  const found = new RegExp(`(?:^|\\s)${name}="([^"]*)"`).exec(head)?.[1];
  return found === undefined ? null : decodeEntities(found);
}

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
const decodeEntities = (text: string): string =>
  text.replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => ENTITIES[name]!);
