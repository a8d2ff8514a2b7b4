import fc from 'fast-check';
import * as v from 'valibot';
import { decodeBase45 } from '../../src/lib/domain/base45.ts';
import { base64urlToBytes, type Bytes } from '../../src/lib/domain/bytes.ts';
import { guardCell, readCsv, unguardCell, writeCsvRow } from '../../src/lib/domain/csv.ts';
import { slugOf } from '../../src/lib/domain/event-slug.ts';
import { handInTokenOf } from '../../src/lib/domain/hand-in-token.ts';
import { HeldSchema } from '../../src/lib/domain/held.ts';
import type { EventId } from '../../src/lib/domain/ids.ts';
import { nameKey } from '../../src/lib/domain/name-folding.ts';
import { readMakers, readMessage, readRecords } from '../../src/lib/domain/nearby/message.ts';
import { describeSession, unpackDescription } from '../../src/lib/domain/nearby/session-description.ts';
import { openSignal, readSignalText } from '../../src/lib/domain/nearby/signal.ts';
import { findSeparator, readHeader } from '../../src/lib/domain/registration-columns.ts';
import { parseScanFile } from '../../src/lib/domain/scan-file.ts';
import { ScanSchema } from '../../src/lib/domain/scan.ts';
import { EventSettingSchema } from '../../src/lib/domain/setting.ts';
import { SignedRecordSchema } from '../../src/lib/domain/signed-record.ts';
import { readTicketNumber } from '../../src/lib/domain/ticket-number.ts';
import { readTicketText, TICKET_TEXT_LENGTH } from '../../src/lib/domain/ticket.ts';
import { millis } from '../../src/lib/domain/time.ts';
import { browserWords } from '../../src/lib/domain/user-agent.ts';
import {
  PairRequestSchema,
  readChanges,
  SyncRequestSchema,
  WalkInSchema,
} from '../../src/lib/domain/wire.ts';
import { preferredLocale } from '../../src/lib/i18n/preferred.ts';
import { NewApiRegistrationSchema, RegistrationQuerySchema } from '../../src/lib/server/api/api-schemas.ts';
import { readBerlinText } from '../../src/lib/server/berlin-time.ts';
import { readConfig } from '../../src/lib/server/config.ts';
import { parseCursor } from '../../src/lib/server/feed.ts';
import { readFormAge } from '../../src/lib/server/form-moment.ts';
import { originOf } from '../../src/lib/server/network.ts';
import { parseOperator } from '../../src/lib/server/operator.ts';
import { readJson } from '../../src/lib/server/problem.ts';
import { decodeTable, readTable } from '../../src/lib/server/registration-import/table.ts';
import { Secrets } from '../../src/lib/server/secrets.ts';
import { readTicketLink } from '../../src/lib/server/tickets.ts';
import { readAddress } from '../../src/lib/server/webhooks/webhook-address.ts';
import {
  FieldReader,
  MomentSchema,
  ParagraphSchema,
  SlugSchema,
} from '../../src/routes/office/form-reader.ts';
import { parseTyped, readTyped } from '../../src/routes/(public)/[event]/register/registration-form.ts';
import { nastyText } from './corpus.ts';
import { seedFor, type Failure } from './endpoints.ts';
import { Broken, median, SLOW, SLOWER_THAN_OTHERS } from './laws.ts';

interface Parser {
  /** What would be read, for inputs that are nearly right. */
  valid: string[];
  /** @throws nothing but what it says to throw */
  read: (text: string) => unknown;
}

const secrets = new Secrets(Buffer.alloc(32, 7));
const installation = { secrets, clock: () => millis(1_800_000_000_000) };
const bytesOf = (text: string): Bytes => Uint8Array.from(Buffer.from(text, 'utf8'));

/** What the text says as JSON, else the text itself. */
function valueOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** A fault in what an operator wrote is told in a sentence, and is no error of the program's. */
function told(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    if (error instanceof Error && error.constructor === Error && error.message !== '') return null;
    throw error;
  }
}

const schema = (schema: v.GenericSchema) => (text: string) => v.safeParse(schema, valueOf(text)).success;

function formOf(text: string): FormData {
  const data = new FormData();
  for (const [name, value] of new URLSearchParams(text)) data.append(name, value);
  for (const name of ['name', 'email', 'stamp', 'workgroup', 'companion']) data.append(name, text);
  return data;
}

const exchangeKey = await crypto.subtle.importKey('raw', new Uint8Array(32), 'AES-GCM', false, ['decrypt']);

const UUID = '0190b3a5-0000-7000-8000-000000000000';
const SCAN = `{"id":"${UUID}","deviceId":"${UUID}","deviceSeq":1,"ticketId":"${UUID}","payloadHash":null,"checkpointId":"hall-door","direction":"entry","deviceTime":1,"clockOffset":0,"rosterCursor":null,"verdictShown":"admitted","override":null,"undoes":null}`;
const PERSON = '{"name":"A","email":null,"workgroup":"w1","consented":true}';

export const PARSERS: Record<string, Parser> = {
  'ticket text': {
    valid: ['EL:' + '0'.repeat(TICKET_TEXT_LENGTH - 3)],
    read: (text) => readTicketText(text, []),
  },
  base45: { valid: ['BB8', '%69 VD92EX0'], read: decodeBase45 },
  base64url: { valid: ['AAAA', '_-8'], read: base64urlToBytes },
  'ticket number': { valid: ['7K3M-9QXT'], read: readTicketNumber },
  'sync body': {
    valid: [`{"cursor":null,"scans":[${SCAN}],"walkIns":[],"status":null}`],
    read: schema(SyncRequestSchema),
  },
  scan: { valid: [SCAN], read: schema(ScanSchema) },
  'signed record': {
    valid: [`{"scan":${SCAN},"signature":"${'A'.repeat(86)}"}`],
    read: schema(SignedRecordSchema),
  },
  'what a tablet has': { valid: ['{"scans":{},"walkIns":[]}'], read: schema(HeldSchema) },
  'walk-in': { valid: ['{"registrationId":"","ticketId":"","name":"A"}'], read: schema(WalkInSchema) },
  'pairing body': { valid: ['{"code":"A","name":"B","publicKey":"C"}'], read: schema(PairRequestSchema) },
  feed: { valid: [`[{"kind":"scan","scan":${SCAN}}]`], read: (text) => readChanges([valueOf(text)].flat()) },
  'event setting': { valid: ['{"title":{"de":"A"},"rooms":[]}'], read: schema(EventSettingSchema) },
  'scan file': {
    valid: [`{"format":"einlass-scans","version":1,"signature":"${'A'.repeat(86)}"}\n{}`],
    read: (text) => parseScanFile(bytesOf(text)),
  },
  'API body': { valid: [PERSON], read: schema(NewApiRegistrationSchema) },
  'API query': { valid: ['{"limit":3,"after":"x"}'], read: schema(RegistrationQuerySchema) },
  'JSON body': {
    valid: [PERSON],
    read: (text) => readJson(new Request('http://a/', { method: 'POST', body: text }), 9_000),
  },
  'CSV table': {
    valid: ['Name;E-Mail;Arbeitsgruppe\r\nA;a@b.de;1\r\n"B;""C""";;2'],
    async read(text) {
      const decoded = decodeTable(bytesOf(text));
      return 'text' in decoded && readTable(decoded.text, []);
    },
  },
  'CSV of any encoding': {
    valid: ['Name;E-Mail'],
    read: (text) => decodeTable(Uint8Array.from(Buffer.from(text, 'utf16le'))),
  },
  'CSV row': {
    valid: ['a;b;"c"'],
    read(text) {
      if (unguardCell(guardCell(text)) !== text) throw new Broken('a cell comes back', JSON.stringify(text));
      const rows = [...readCsv(writeCsvRow(['x', text, 'y']), ';')];
      return readHeader(rows[0]?.cells ?? []) && findSeparator(text);
    },
  },
  configuration: {
    valid: [
      'info',
      'smtp://a:b@example.org:587',
      'https://login.example.org/realms/city',
      'Stadt <a@example.org>',
      '100',
    ],
    read: (text) =>
      [
        'EINLASS_SMTP_URL',
        'EINLASS_MAIL_FROM',
        'EINLASS_OIDC_ISSUER',
        'EINLASS_LOG_LEVEL',
        'EINLASS_FORMS_PER_ADDRESS',
        'ORIGIN',
        'EINLASS_SECRET',
        'EINLASS_OPERATOR',
      ].map((name) => told(() => readConfig({ EINLASS_DATA: '/nonexistent', [name]: text }))),
  },
  'operator.json': {
    valid: ['{"name":"Stadt","accessibility":{"status":"full"}}'],
    read: (text) => told(() => parseOperator(text, 'operator.json')),
  },
  moment: {
    valid: ['2027-03-05T16:00'],
    read: (text) => [readBerlinText(text), v.safeParse(MomentSchema, text)],
  },
  'event texts': {
    valid: ['text=A&slug=b'],
    read(text) {
      const form = new FieldReader({ text, slug: text });
      form.read('text', ParagraphSchema);
      form.read('slug', SlugSchema);
      return slugOf(text);
    },
  },
  'registration form': {
    valid: ['consent=yes&whenFull=waiting_list'],
    read: (text) => parseTyped(readTyped(formOf(text))),
  },
  'user agent': { valid: ['Mozilla/5.0 (X11; Linux x86_64) Chrome/120.0'], read: browserWords },
  'accepted languages': { valid: ['de-DE,de;q=0.9,en;q=0.8'], read: preferredLocale },
  // Made of a pairing's token, which is never empty.
  'hand-in token': { valid: ['A'.repeat(43)], read: (text) => handInTokenOf(text || 'A') },
  'ticket link': { valid: ['A'.repeat(43)], read: (text) => readTicketLink(installation, text) },
  'form stamp': { valid: ['lq1.AAAA'], read: (text) => readFormAge(installation, text) },
  cursor: { valid: [`${UUID}.5`], read: (text) => parseCursor(text, UUID, 9) },
  'client address': { valid: ['2001:db8::1', '192.0.2.7', '::ffff:192.0.2.7'], read: originOf },
  'webhook address': { valid: ['https://example.org/a'], read: (text) => readAddress(text, false) },
  'signal between tablets': {
    valid: ['ELN:' + '0'.repeat(240), 'A'.repeat(220)],
    read: (text) => openSignal(readSignalText(text) ?? text, exchangeKey, '0e0e0e0e0e0e0e0e' as EventId),
  },
  'message between tablets': {
    valid: [
      `{"kind":"hello","version":1,"held":{"scans":{"${UUID}":3},"walkIns":["${UUID}"]},"certificate":null}`,
      `{"kind":"records","records":[{"scan":${SCAN},"signature":"${'A'.repeat(86)}"}],"makers":[{"id":"${UUID}","name":"a","publicKey":"${'A'.repeat(43)}","certificate":"${'A'.repeat(86)}"}]}`,
      `{"kind":"got","held":{"scans":{},"walkIns":[]},"taken":1,"known":0,"refused":0}`,
      `{"kind":"carry","from":"${UUID}","to":"${UUID}","signal":"AAAA"}`,
    ],
    read(text) {
      const reading = readMessage(bytesOf(text));
      if (reading.kind !== 'message' || reading.message.kind !== 'records') return;
      readRecords(reading.message.records);
      readMakers(reading.message);
    },
  },
  'session description': {
    valid: [
      `m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=candidate:1 1 udp 1 192.0.2.2 9 typ host\r\na=ice-ufrag:abcd\r\na=ice-pwd:${'a'.repeat(24)}\r\na=fingerprint:sha-256 ${'AA:'.repeat(31)}AA\r\na=setup:active\r\n`,
    ],
    read: (text) => [describeSession(text), unpackDescription(bytesOf(text))],
  },
  name: { valid: ['Ayşe Yılmaz', 'Hüseyin von der Groeben'], read: nameKey },
};

/** Reads nasty texts, and right ones with something nasty in them, by one parser. */
export async function fuzzParser(name: string, inputs: number, seed: number): Promise<Failure | null> {
  const { valid, read } = PARSERS[name]!;
  const varied = fc
    .record({ base: fc.constantFrom(...valid), at: fc.nat(600), cut: fc.nat(20), text: nastyText })
    .map(({ base, at, cut, text }) => {
      const place = at % (base.length + 1);
      return base.slice(0, place) + text + base.slice(place + cut);
    });
  const times: number[] = [];
  const property = fc.asyncProperty(fc.oneof(nastyText, { weight: 2, arbitrary: varied }), async (text) => {
    const started = performance.now();
    await read(text);
    let took = performance.now() - started;
    times.push(took);
    if (took > SLOW && took > SLOWER_THAN_OTHERS * median(times)) {
      const again = performance.now();
      await read(text);
      took = performance.now() - again;
    }
    if (took > SLOW) throw new Broken('never more than 1 s', `${Math.round(took)} ms`);
  });
  const result = await fc.check(property, { seed: seedFor(name, seed), numRuns: inputs });
  if (!result.failed) return null;
  const error = result.errorInstance;
  return {
    part: name,
    law: error instanceof Broken ? error.law : 'a parser throws nothing',
    message: `${String(error)}\n  seed ${seed}, input ${JSON.stringify(result.counterexample?.[0]).slice(0, 2_000)}`,
  };
}
