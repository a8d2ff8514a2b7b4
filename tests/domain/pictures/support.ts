import { bytesToBase64url, bytesToHex, bytesToUuid } from '../../../src/lib/domain/bytes.ts';
import type {
  CheckpointId,
  Cursor,
  DeviceId,
  PayloadHash,
  RegistrationId,
  ScanId,
  TicketId,
  WorkgroupId,
} from '../../../src/lib/domain/ids.ts';
import type { Scan } from '../../../src/lib/domain/scan.ts';
import type { SignedScan, SignedWalkIn } from '../../../src/lib/domain/signed-record.ts';
import { millis } from '../../../src/lib/domain/time.ts';
import { Random } from '../../bench/frames/random.ts';

/** Scans of an evening at several doors, as tablets make them, the same in every run; their signatures are only noise. */
export function anEvening(count: number, devices = 4, seed = 1): SignedScan[] {
  const random = new Random(seed);
  const bytes = (length: number) => Uint8Array.from({ length }, () => random.whole(256));
  const uuid = () => bytesToUuid(bytes(16));
  const tablets = Array.from({ length: devices }, () => ({ id: uuid() as DeviceId, seq: 0 }));
  const tickets: TicketId[] = [];
  return Array.from({ length: count }, (_, i) => {
    const tablet = tablets[random.whole(devices)]!;
    const returning = tickets.length > 0 && random.happens(0.3);
    const ticketId = returning ? tickets[random.whole(tickets.length)]! : (uuid() as TicketId);
    if (!returning) tickets.push(ticketId);
    const deviceTime = millis(1_800_000_000_000 + i * 4_000 + random.whole(2_000));
    const invalid = random.happens(0.02);
    const scan: Scan = {
      id: idAt(deviceTime, bytes(10)),
      deviceId: tablet.id,
      deviceSeq: (tablet.seq += 1),
      ticketId: invalid ? null : ticketId,
      payloadHash: invalid ? (bytesToHex(bytes(32)) as PayloadHash) : null,
      checkpointId: `door-${random.whole(4)}` as CheckpointId,
      direction: random.happens(0.3) ? 'exit' : 'entry',
      deviceTime,
      clockOffset: Math.floor(i / 50) - 20,
      rosterCursor: `0190b3a5-0000-7000-8000-000000000000.${i >> 3}` as Cursor,
      verdictShown: invalid ? 'invalid' : 'admitted',
      override: random.happens(0.02) ? { by: 'Frau Demir', why: 'Kennt das Team' } : null,
      byHand: random.happens(0.03) ? { by: 'Kim', why: 'Handy leer' } : null,
      undoes: null,
    };
    return { scan, signature: bytesToBase64url(bytes(64)) };
  });
}

function idAt(time: number, rest: Uint8Array): ScanId {
  const bytes = new Uint8Array(16);
  bytes.set(Uint8Array.from(Buffer.from(time.toString(16).padStart(12, '0'), 'hex')));
  bytes.set(rest, 6);
  return bytesToUuid(bytes) as ScanId;
}

export function aSignedWalkIn(name = 'Bilal Haddad'): SignedWalkIn {
  return {
    walkIn: {
      registrationId: '0190b3a5-0000-7000-8000-00000000000a' as RegistrationId,
      ticketId: '0190b3a5-0000-4000-8000-00000000000b' as TicketId,
      name,
      workgroupId: 'w1' as WorkgroupId,
      ticketText: 'EL:' + 'BB8'.repeat(50),
      deviceTime: millis(1_800_000_000_000),
      clockOffset: -3,
    },
    deviceId: '0190b3a5-0000-4000-8000-00000000000c' as DeviceId,
    signature: 'A'.repeat(86),
  };
}
