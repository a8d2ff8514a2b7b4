import * as v from 'valibot';
import type { Bytes } from '../../src/lib/domain/bytes.ts';

/** What reads something from outside. */
export interface Parser {
  /** What would be read, for inputs that are nearly right. */
  valid: string[];
  /** @throws nothing but what it says to throw */
  read: (text: string) => unknown;
}

export const bytesOf = (text: string): Bytes => Uint8Array.from(Buffer.from(text, 'utf8'));

/** What the text says as JSON, else the text itself. */
export function valueOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

export const schema = (schema: v.GenericSchema) => (text: string) =>
  v.safeParse(schema, valueOf(text)).success;

export const UUID = '0190b3a5-0000-7000-8000-000000000000';
/** A scan as a tablet writes it. */
export const SCAN = `{"id":"${UUID}","deviceId":"${UUID}","deviceSeq":1,"ticketId":"${UUID}","payloadHash":null,"checkpointId":"hall-door","direction":"entry","deviceTime":1,"clockOffset":0,"rosterCursor":null,"verdictShown":"admitted","override":null,"undoes":null}`;
