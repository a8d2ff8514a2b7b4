import { v4, v7 } from 'uuid';
import { bytesToBase64url } from '../../src/lib/domain/bytes.ts';
import type { TicketId } from '../../src/lib/domain/ids.ts';
import type { Scan } from '../../src/lib/domain/scan.ts';
import { writeScanFile, type OwnScans } from '../../src/lib/domain/scan-file.ts';
import { signScan, signWalkIn } from '../../src/lib/domain/signed-record.ts';
import { createKeyPair, keyIdOf } from '../../src/lib/domain/signing.ts';
import { issueTicketText } from '../../src/lib/domain/ticket.ts';
import { DAY, millis } from '../../src/lib/domain/time.ts';
import type { WalkIn } from '../../src/lib/domain/wire.ts';
import { MARK } from './corpus.ts';
import type { PairedTablet, World } from './world.ts';

/** What a tablet hands in about one reading. */
export function scanOf(world: World, tablet: PairedTablet) {
  tablet.seq += 1;
  const { ticketIds, checkpoints } = world;
  return {
    id: v7(),
    deviceId: tablet.identity.deviceId,
    deviceSeq: tablet.seq,
    ticketId: ticketIds[tablet.seq % (ticketIds.length || 1)] ?? v4(),
    payloadHash: null,
    checkpointId: checkpoints[tablet.seq % (checkpoints.length || 1)] ?? 'hall-door',
    direction: tablet.seq % 2 ? 'entry' : 'exit',
    deviceTime: Date.now(),
    clockOffset: 0,
    rosterCursor: tablet.cursor,
    verdictShown: tablet.seq % 2 ? 'admitted' : 'left',
    override: null,
    byHand: null,
    undoes: null,
  };
}

async function walkInOf(world: World, { identity, keys }: PairedTablet) {
  const ticketId = v4() as TicketId;
  const now = Date.now();
  const ticket = {
    keyId: await keyIdOf(keys.publicKey),
    eventId: identity.eventId,
    ticketId,
    workgroupNumber: 1,
    validFrom: millis(now - DAY),
    validUntil: millis(now + DAY),
  };
  return {
    registrationId: v7(),
    ticketId,
    name: `Laufkundschaft ${MARK}`,
    workgroupId: world.workgroups[0] ?? 'w1',
    ticketText: await issueTicketText(ticket, keys.privateKey),
    deviceTime: now,
    clockOffset: 0,
  };
}

/** What another tablet has made, and this one brings: signed, altered behind its signature, and no record at all. */
async function relayedFrom(world: World, maker: PairedTablet): Promise<unknown[]> {
  const { eventId, deviceId } = maker.identity;
  const { privateKey } = maker.keys;
  const made = scanOf(world, maker) as unknown as Scan;
  const scan = await signScan(eventId, made, privateKey);
  const registered = (await walkInOf(world, maker)) as WalkIn;
  const walkIn = await signWalkIn(eventId, deviceId, registered, privateKey);
  const unknown = { scan: { ...made, deviceId: v4() }, signature: scan.signature };
  return [scan, walkIn, { ...scan, scan: { ...made, direction: 'exit' } }, unknown, { scan: null }, null, -1];
}

/** Bodies of a sync as a tablet sends them: with nothing, with scans, with everything. */
export async function syncBodies(world: World): Promise<{ token: string; body: object }[]> {
  const status = { waiting: 3, clockOffset: 120, version: 'fuzz', battery: 0.5 };
  const bodies = [];
  for (const [i, tablet] of world.tablets.entries()) {
    const relayed = await relayedFrom(world, world.tablets[(i + 1) % world.tablets.length]!);
    const scans = [scanOf(world, tablet), scanOf(world, tablet), scanOf(world, tablet)];
    const { token } = tablet.identity;
    const ofBefore = { ...scans[1]!, id: v7() };
    bodies.push(
      { token, body: { cursor: tablet.cursor, scans, walkIns: [await walkInOf(world, tablet)], status } },
      { token, body: { cursor: tablet.cursor, scans: [], walkIns: [], status, relayed, signatures: [] } },
      { token, body: { cursor: null, scans: [], walkIns: [], status } },
      {
        token,
        body: {
          cursor: tablet.cursor,
          scans: [{ ...scans[0]!, id: v7() }],
          signatures: ['A'.repeat(86), null],
          walkIns: [],
          status: null,
        },
      },
      // A tablet of before.
      {
        token,
        body: {
          cursor: tablet.cursor,
          scans: [ofBefore],
          signatures: { [ofBefore.id]: 'A'.repeat(86), x: null },
          walkIns: [],
          status: null,
        },
      },
    );
  }
  return bodies;
}

export async function pairBody(code: string): Promise<object> {
  const { publicKey } = await createKeyPair();
  return { code, name: `Tablet ${MARK}`, publicKey: bytesToBase64url(publicKey) };
}

/** Scan files whose signature is right, whatever is inside. */
export async function scanFiles(world: World): Promise<string[]> {
  const [tablet] = world.tablets as [PairedTablet];
  const content = {
    eventId: tablet.identity.eventId,
    deviceId: tablet.identity.deviceId,
    madeAt: Date.now(),
    scans: [scanOf(world, tablet), scanOf(world, tablet)],
    walkIns: [await walkInOf(world, tablet)],
    waiting: [],
  };
  const odd: unknown[] = [
    null,
    {},
    [],
    'x',
    -1,
    { id: content.scans[0]!.id },
    { ...content.scans[0], deviceTime: 1e300 },
  ];
  const contents = [
    content,
    { ...content, scans: odd, walkIns: odd },
    { ...content, eventId: world.foreign.find((id) => /^[0-9a-f]{16}$/.test(id)) ?? '0'.repeat(16) },
    { ...content, deviceId: v4() },
    { ...content, scans: [{ ...content.scans[0]!, __proto__: null, deviceSeq: Number.MAX_SAFE_INTEGER }] },
  ];
  const files = contents.map((one) => writeScanFile(one as unknown as OwnScans, tablet.keys.privateKey));
  return (await Promise.all(files)).map((bytes) => new TextDecoder().decode(bytes));
}
