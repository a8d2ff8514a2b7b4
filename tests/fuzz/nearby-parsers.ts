import type { EventId } from '../../src/lib/domain/ids.ts';
import { readMakers, readMessage, readRecords } from '../../src/lib/domain/nearby/message.ts';
import { describeSession, unpackDescription } from '../../src/lib/domain/nearby/session-description.ts';
import { openSignal, readSignalText } from '../../src/lib/domain/nearby/signal.ts';
import { bytesOf, SCAN, UUID, type Parser } from './parser.ts';

const EVENT = '00112233445566ff' as EventId;
const exchangeKey = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, [
  'encrypt',
  'decrypt',
]);

/** What linked tablets tell each other. */
export const NEARBY_PARSERS: Record<string, Parser> = {
  'signal between tablets': {
    valid: ['ELN:' + '0'.repeat(240), 'A'.repeat(220)],
    read: (text) => openSignal(readSignalText(text) ?? text, exchangeKey, EVENT),
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
};
