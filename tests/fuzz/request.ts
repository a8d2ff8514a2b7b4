import { gzipSync, brotliCompressSync } from 'node:zlib';

/** A form's field; with `file`, it is sent as a file of that name. */
export interface Field {
  name: string;
  value: string;
  file?: string;
}

export type Body =
  | { kind: 'none' }
  | { kind: 'form'; encoding: 'urlencoded' | 'multipart' | 'plain'; fields: Field[] }
  | { kind: 'json'; value: unknown }
  | { kind: 'bytes'; type: string; bytes: Buffer };

/** A request while it is being made: what a tablet, a form or another system would send, or a variation of that. */
export interface Draft {
  method: string;
  /** With the parameters put in, percent-encoded. */
  path: string;
  query: [string, string][];
  headers: Record<string, string>;
  body: Body;
}

/** As it goes over the socket. */
export interface Plain {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: Buffer | null;
}

const BOUNDARY = 'einlass-fuzz-7e1f';

/** Percent-encodes whatever the text is: also halves of surrogate pairs, which `encodeURIComponent` refuses. */
export function percent(text: string): string {
  let encoded = '';
  for (const sign of text) {
    const code = sign.codePointAt(0)!;
    if (/[\w.~!*()'-]/.test(sign) && code < 128) encoded += sign;
    else for (const byte of bytesOf(sign)) encoded += `%${byte.toString(16).padStart(2, '0').toUpperCase()}`;
  }
  return encoded;
}

/** UTF-8, in which the half of a pair has three bytes as any other character of its size. */
function bytesOf(text: string): Buffer {
  const parts = [...text].map((sign) => {
    const code = sign.codePointAt(0)!;
    return code >= 0xd800 && code <= 0xdfff
      ? Buffer.of(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63))
      : Buffer.from(sign, 'utf8');
  });
  return Buffer.concat(parts);
}

/** @param raw - stands in a path or a query as it is, less what no client's parser would let out */
export const rawInAddress = (raw: string): string => raw.replace(/[^\x21-\x7e]|#/g, (sign) => percent(sign));

/** What a header can carry: the bytes of UTF-8, without the signs that end a line. */
export const inHeader = (text: string): string =>
  bytesOf(text)
    .toString('latin1')
    .replace(/\p{Cc}/gu, (sign) => (sign === '\t' || sign > '\x7f' ? sign : ''));

export function encode(draft: Draft): Plain {
  const { method, query } = draft;
  const search = query.map(([name, value]) => `${percent(name)}=${percent(value)}`).join('&');
  const body = encodeBody(draft.body);
  const path = draft.path + (search && (draft.path.includes('?') ? '&' : '?') + search);
  return {
    method,
    path,
    headers: { ...(body && { 'content-type': body.type }), ...draft.headers },
    body: body && body.bytes,
  };
}

function encodeBody(body: Body): { type: string; bytes: Buffer } | null {
  switch (body.kind) {
    case 'none':
      return null;
    case 'bytes':
      return body;
    case 'json':
      return {
        type: 'application/json',
        bytes: bytesOf(typeof body.value === 'string' ? body.value : (JSON.stringify(body.value) ?? '')),
      };
    case 'form':
      return encodeForm(body.fields, body.encoding);
  }
}

function encodeForm(fields: Field[], encoding: 'urlencoded' | 'multipart' | 'plain') {
  if (encoding === 'multipart') {
    const parts = fields.map(({ name, value, file }) => {
      const quoted = (text: string) => text.replace(/["\r\n]/g, (sign) => percent(sign));
      const filename = file === undefined ? '' : `; filename="${quoted(file)}"\r\nContent-Type: text/csv`;
      return Buffer.concat([
        bytesOf(`--${BOUNDARY}\r\nContent-Disposition: form-data; name="${quoted(name)}"${filename}\r\n\r\n`),
        bytesOf(value),
        Buffer.from('\r\n'),
      ]);
    });
    const bytes = Buffer.concat([...parts, Buffer.from(`--${BOUNDARY}--\r\n`)]);
    return { type: `multipart/form-data; boundary=${BOUNDARY}`, bytes };
  }
  if (encoding === 'plain')
    return {
      type: 'text/plain',
      bytes: bytesOf(fields.map(({ name, value }) => `${name}=${value}\r\n`).join('')),
    };
  const text = fields.map(({ name, value }) => `${percent(name)}=${percent(value)}`).join('&');
  return { type: 'application/x-www-form-urlencoded', bytes: Buffer.from(text) };
}

export const compressed = {
  gzip: (bytes: Buffer): Buffer => gzipSync(bytes),
  br: (bytes: Buffer): Buffer => brotliCompressSync(bytes),
};

/** The request as somebody would send it by hand. */
export function asCurl(url: string, { method, path, headers, body }: Plain): string {
  const quote = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
  const most = 4_000;
  const lines = [`curl --path-as-is -i -X ${method} ${quote(url + path)}`];
  for (const [name, value] of Object.entries(headers)) lines.push(`-H ${quote(`${name}: ${value}`)}`);
  if (body) {
    const text = body.toString('utf8');
    const isText = Buffer.from(text).equals(body) && !text.includes('\0');
    if (isText && body.length <= most) lines.push(`--data-binary ${quote(text)}`);
    else {
      const more = body.length > most ? `   # and ${body.length - most} bytes more` : '';
      lines.push(`--data-binary @<(base64 -d <<<${body.subarray(0, most).toString('base64')})${more}`);
    }
  }
  return lines.join(' \\\n    ');
}
