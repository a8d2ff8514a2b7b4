import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  describeSession,
  packDescription,
  sessionOf,
  unpackDescription,
} from '../../../src/lib/domain/nearby/session-description.ts';
import { anyDescription } from './support.ts';

const FINGERPRINT =
  '65:AD:AD:DB:D7:72:9B:6F:96:C4:5F:F9:34:12:D7:5C:2E:B9:03:FF:4E:FF:57:0E:E8:6F:47:46:6B:B1:D4:51';

/** What Chromium 156 says of itself when a camera is on. */
const CHROMIUM = `v=0
o=- 1633536126510783254 2 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE 0
a=extmap-allow-mixed
a=msid-semantic: WMS
m=application 47997 UDP/DTLS/SCTP webrtc-datachannel
c=IN IP4 192.0.2.2
a=candidate:2778493326 1 udp 2122265343 fd00::2 57099 typ host generation 0 network-id 2
a=candidate:1861922926 1 udp 2122194687 192.0.2.2 47997 typ host generation 0 network-id 1
a=candidate:2421187834 1 tcp 1518214911 192.0.2.2 9 typ host tcptype active generation 0 network-id 1
a=ice-ufrag:A/Ws
a=ice-pwd:Qa4NaE38Z38bNm7iGcixhFBY
a=ice-options:trickle
a=fingerprint:sha-256 ${FINGERPRINT}
a=setup:actpass
a=mid:0
a=sctp-port:5000
a=max-message-size:262144
`.replaceAll('\n', '\r\n');

/** Firefox writes the fingerprint before the media, longer passwords, and says when it has no more addresses. */
const FIREFOX = `v=0
o=mozilla...THIS_IS_SDPARTA-99.0 5571234 0 IN IP4 0.0.0.0
s=-
t=0 0
a=fingerprint:sha-256 ${FINGERPRINT}
a=group:BUNDLE 0
a=ice-options:trickle
a=msid-semantic:WMS *
m=application 50122 UDP/DTLS/SCTP webrtc-datachannel
c=IN IP4 0.0.0.0
a=candidate:0 1 UDP 2122187007 3f2b1c4e-9d2a-4a55-8c11-0a1b2c3d4e5f.local 50122 typ host
a=candidate:1 1 TCP 2105458943 3f2b1c4e-9d2a-4a55-8c11-0a1b2c3d4e5f.local 9 typ host tcptype active
a=sendrecv
a=end-of-candidates
a=ice-pwd:0123456789abcdef0123456789abcdef
a=ice-ufrag:89abcdef
a=mid:0
a=setup:active
a=sctp-port:5000
a=max-message-size:1073741823
`.replaceAll('\n', '\r\n');

test("Chromium's description is reduced to what differs, its IPv4 address first", () => {
  const description = describeSession(CHROMIUM)!;
  expect(description).toMatchObject({
    setup: 'actpass',
    ufrag: 'A/Ws',
    pwd: 'Qa4NaE38Z38bNm7iGcixhFBY',
    candidates: [
      { address: '192.0.2.2', port: 47_997 },
      { address: 'fd00::2', port: 57_099 },
    ],
  });
  expect(packDescription(description).length).toBeLessThan(100);
});

test("Firefox's description, with a name in the place of its address, is understood as well", () => {
  expect(describeSession(FIREFOX)).toMatchObject({
    setup: 'active',
    ufrag: '89abcdef',
    candidates: [{ address: '3f2b1c4e-9d2a-4a55-8c11-0a1b2c3d4e5f.local', port: 50_122 }],
  });
});

test('addresses outside of the local network are not told', () => {
  const sdp = CHROMIUM.replace('192.0.2.2 47997 typ host', '203.0.113.9 47997 typ srflx');
  expect(describeSession(sdp)!.candidates).toEqual([{ address: 'fd00::2', port: 57_099 }]);
});

test.each([
  ['a call with pictures', CHROMIUM.replace('webrtc-datachannel', '96')],
  ['one without a certificate', CHROMIUM.replace(/a=fingerprint.*\r\n/, '')],
  ['one whose certificate is told by an old hash', CHROMIUM.replace('sha-256', 'sha-1')],
  ['one without a password', CHROMIUM.replace(/a=ice-pwd.*\r\n/, '')],
  ['an empty text', ''],
])('%s is no description', (_, sdp) => {
  expect(describeSession(sdp)).toBeNull();
});

test('every description comes back from its bytes, and from the text that a browser is given', () => {
  fc.assert(
    fc.property(anyDescription, (description) => {
      expect(unpackDescription(packDescription(description))).toEqual(description);
      const read = describeSession(sessionOf(description, 'answer'))!;
      expect(new Set(read.candidates)).toEqual(new Set(description.candidates));
      expect({ ...read, candidates: [] }).toEqual({ ...description, candidates: [] });
    }),
  );
});

test('bytes that are cut off, or go on, are no description', () => {
  fc.assert(
    fc.property(anyDescription, fc.nat(), (description, at) => {
      const packed = packDescription(description);
      expect(unpackDescription(packed.subarray(0, at % packed.length))).toBeNull();
      expect(unpackDescription(Uint8Array.from([...packed, 0]))).toBeNull();
    }),
  );
});
