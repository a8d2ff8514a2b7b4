import type { DiskContent, Row } from './disk.ts';

/** Everything that may lie on a tablet's disk, by its path. What isn't here must not be there. */
const SCAN = [
  'id',
  'deviceId',
  'deviceSeq',
  'ticketId',
  'payloadHash',
  'checkpointId',
  'direction',
  'deviceTime',
  'clockOffset',
  'rosterCursor',
  'verdictShown',
  'override.by',
  'override.why',
  'byHand.by',
  'byHand.why',
  'undoes',
];
const WALK_IN = [
  'registrationId',
  'ticketId',
  'name',
  'workgroupId',
  'ticketText',
  'deviceTime',
  'clockOffset',
];
const SEALED = ['sealed.iv', 'sealed.data'];
const RELAYED = ['id', 'way', 'at'];
const value = (paths: string[]) => paths.map((path) => `value.${path}`);
const KEY = ['cryptoKey', 'algorithm', 'raw'];
const keyAt = (at: string) => KEY.map((part) => `${at}.${part}`);

const FACTS: Record<string, string[]> = {
  identity: value([
    'deviceId',
    'eventId',
    'name',
    'token',
    'handInToken',
    'keyId',
    'privateKey.kind',
    ...keyAt('privateKey.key'),
  ]),
  progress: value(['cursor', 'clockOffset', 'lastSyncAt']),
  duty: value(['checkpointId', 'direction']),
  pairingKey: value(['privateKey.kind', ...keyAt('privateKey.key'), 'publicKey']),
  token: value(['iv', 'data']),
  lock: value(['salt', 'work', ...keyAt('tabletKey'), 'wrapped.iv', 'wrapped.data']),
  attempts: value(['failed', 'notBefore']),
  learnt: value(['[].deviceId', '[].newest', '[].way', '[].at']),
  tablets: value(['[].id', '[].lastContactAt', '[].waiting']),
  expiresAt: ['value'],
  forgetting: ['value'],
};

const SETTING = [
  ...['eventId', 'title.de', 'startsAt', 'endsAt', 'admissionFrom', 'admissionUntil'],
  ...['id', 'name.de', 'capacity', 'main'].map((part) => `rooms.[].${part}`),
  ...['id', 'number', 'title.de', 'roomId'].map((part) => `workgroups.[].${part}`),
  ...['id', 'name.de', 'roomId', 'directions.[]', 'admits', 'reentry'].map(
    (part) => `checkpoints.[].${part}`,
  ),
  ...['id', 'name', 'publicKey', 'certificate', 'revokedAt'].map((part) => `devices.[].${part}`),
  ...['keyId', 'eventId', 'publicKey', 'revoked'].map((part) => `keys.[].${part}`),
];
const REGISTRATION = [
  ...['id', 'name', 'workgroupId', 'state', 'stateSince', 'ticketId', 'accessNeeds'],
  ...['formerTickets.[].ticketId', 'formerTickets.[].revokedAt'],
];
const DECISION = ['id', 'order', 'at', 'reasons.[]', 'subjects.[]', 'scans.[].id', 'scans.[].role'];
const under = (name: string, paths: string[]) => ['kind', ...paths.map((path) => `${name}.${path}`)];
const CHANGES: Record<string, string[]> = {
  setting: under('setting', SETTING),
  registration: under('registration', REGISTRATION),
  registration_removed: ['kind', 'registrationId'],
  scan: [...under('scan', SCAN), 'signature'],
  decision: under('decision', DECISION),
  exchange_key: ['kind', 'key'],
};

/** @returns the paths of what must not be there */
export function strangeFields({ scans, walkIns, relayed, pages, facts }: DiskContent): string[] {
  return [
    ...scans.flatMap((row) => strange('scans', row, [...SCAN, 'waiting'])),
    ...walkIns.flatMap((row) =>
      strange('walkIns', row, 'sealed' in row ? ['registrationId', ...SEALED] : [...WALK_IN, 'waiting']),
    ),
    ...relayed.flatMap((row) => strange('relayed', row, [...RELAYED, ...relayedFields(row)])),
    ...pages.flatMap((row) => strange('pages', row, ['number', ...SEALED])),
    ...facts.flatMap((row) =>
      strange(`facts ${String(row.name)}`, row, ['name', ...(FACTS[String(row.name)] ?? [])]),
    ),
  ];
}

/** A scan is open, a walk-in only while it waits. */
function relayedFields(row: Row): string[] {
  if ('sealed' in row) return SEALED;
  const under = (name: string, paths: string[]) => paths.map((path) => `${name}.${path}`);
  if ('scan' in row) return [...under('scan', SCAN), 'signature', 'waiting'];
  return row.waiting ? [...under('walkIn', WALK_IN), 'deviceId', 'signature', 'waiting'] : [];
}

/** @param changes - of the feed, as they came, or as they lie sealed */
export function strangeNews(changes: readonly object[]): string[] {
  return changes.flatMap((change) => {
    const kind = String((change as Row).kind);
    return strange(kind, change as Row, CHANGES[kind] ?? []);
  });
}

function strange(what: string, row: Row, allowed: readonly string[]): string[] {
  return [...pathsOf(row, '')].filter((path) => !allowed.includes(path)).map((path) => `${what}: ${path}`);
}

function* pathsOf(node: unknown, path: string): Generator<string> {
  if (node === null && path !== '') return;
  if (typeof node !== 'object' || node === null || ArrayBuffer.isView(node) || node instanceof ArrayBuffer) {
    yield path;
    return;
  }
  const at = (part: string) => (path === '' ? part : `${path}.${part}`);
  if (Array.isArray(node)) for (const part of node) yield* pathsOf(part, at('[]'));
  else for (const [key, part] of Object.entries(node)) yield* pathsOf(part, at(key));
}
