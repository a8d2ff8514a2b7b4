import { bytesToHex, bytesToUuid, hexToBytes, joinBytes, uuidToBytes, type Bytes } from '../bytes.ts';

/** Who begins the encryption (DTLS): whoever offers leaves it open. */
export type Setup = 'actpass' | 'active' | 'passive';

/** An address in the local network at which a browser waits for the other. */
export interface Candidate {
  /** An IPv4 or IPv6 address, or a name that ends in `.local`. */
  address: string;
  port: number;
}

/**
 * What differs between two browsers' session descriptions (SDP, RFC 8866) when all that they open is one data channel
 * in the local network. Everything else in them is the same in Chromium, Firefox and Safari, or has no part in it.
 */
export interface Description {
  setup: Setup;
  ufrag: string;
  pwd: string;
  /** SHA-256 of the certificate, which every browser uses. */
  fingerprint: Bytes;
  candidates: Candidate[];
}

/** The most addresses that are told; more would only make the picture finer. */
export const MOST_CANDIDATES = 4;
/** What every browser takes at once, in bytes. */
export const MOST_MESSAGE_BYTES = 262_144;

const SETUPS: readonly Setup[] = ['actpass', 'active', 'passive'];
const ICE_TEXT = /^[A-Za-z0-9+/]+$/;
const MDNS = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.local$/;
const LOCAL_NAME = /^[a-z0-9-]{1,60}\.local$/;
const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/;

/**
 * Takes out of a browser's own description what the other side needs.
 *
 * @returns null for one that opens no data channel, or names no certificate
 */
export function describeSession(sdp: string): Description | null {
  const line = (name: string): string => new RegExp(`^a=${name}:(.*?)\\s*$`, 'm').exec(sdp)?.[1] ?? '';
  const ufrag = line('ice-ufrag');
  const pwd = line('ice-pwd');
  const setup = SETUPS.find((one) => one === line('setup'));
  const hex = /^sha-256 ((?:[0-9a-f]{2}:){31}[0-9a-f]{2})$/i.exec(line('fingerprint'))?.[1];
  if (!/^m=application .*webrtc-datachannel/m.test(sdp) || !setup || !hex) return null;
  if (!isIceText(ufrag, 4, 64) || !isIceText(pwd, 22, 128)) return null;
  const fingerprint = hexToBytes(hex.replaceAll(':', '').toLowerCase());
  return { setup, ufrag, pwd, fingerprint, candidates: candidatesOf(sdp) };
}

const isIceText = (text: string, least: number, most: number): boolean =>
  ICE_TEXT.test(text) && text.length >= least && text.length <= most;

/** Only those of UDP in the local network; those by name and IPv4 before IPv6. */
function candidatesOf(sdp: string): Candidate[] {
  const lines = sdp.matchAll(/^a=candidate:\S+ 1 udp \d+ (\S+) (\d{1,5}) typ host\b/gim);
  const found = [...lines].map(([, address, port]) => ({
    address: address!.toLowerCase(),
    port: Number(port),
  }));
  const told = found.filter(({ address, port }) => port > 0 && port <= 0xffff && packAddress(address));
  return [
    ...told.filter(({ address }) => !address.includes(':')),
    ...told.filter(({ address }) => address.includes(':')),
  ].slice(0, MOST_CANDIDATES);
}

/** Writes out a whole description, which every browser takes as the other side's. */
export function sessionOf(description: Description, type: 'offer' | 'answer'): string {
  const { ufrag, pwd, fingerprint, candidates } = description;
  const hex = bytesToHex(fingerprint)
    .toUpperCase()
    .replaceAll(/..(?!$)/g, '$&:');
  return [
    'v=0',
    'o=- 1 2 IN IP4 127.0.0.1',
    's=-',
    't=0 0',
    'a=group:BUNDLE 0',
    'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
    'c=IN IP4 0.0.0.0',
    ...candidates.map(
      ({ address, port }, i) =>
        `a=candidate:${i + 1} 1 udp ${126 * 2 ** 24 + (65_535 - i) * 256 + 255} ${address} ${port} typ host`,
    ),
    'a=end-of-candidates',
    `a=ice-ufrag:${ufrag}`,
    `a=ice-pwd:${pwd}`,
    `a=fingerprint:sha-256 ${hex}`,
    `a=setup:${type === 'offer' ? 'actpass' : description.setup}`,
    'a=mid:0',
    'a=sctp-port:5000',
    `a=max-message-size:${MOST_MESSAGE_BYTES}`,
    '',
  ].join('\r\n');
}

/** As few bytes as go into one picture: about 90. */
export function packDescription(description: Description): Bytes {
  const { setup, ufrag, pwd, fingerprint, candidates } = description;
  return joinBytes(
    Uint8Array.of(SETUPS.indexOf(setup)),
    packText(ufrag),
    packText(pwd),
    fingerprint,
    Uint8Array.of(candidates.length),
    ...candidates.map(({ address, port }) =>
      joinBytes(packAddress(address)!, Uint8Array.of(port >> 8, port & 0xff)),
    ),
  );
}

/** @returns null for bytes that are no description, or more than one */
export function unpackDescription(bytes: Uint8Array): Description | null {
  try {
    const reader = new Reader(bytes);
    const setup = SETUPS[reader.byte()];
    const ufrag = reader.text();
    const pwd = reader.text();
    const fingerprint = reader.take(32);
    const count = reader.byte();
    if (!setup || !isIceText(ufrag, 4, 64) || !isIceText(pwd, 22, 128) || count > MOST_CANDIDATES)
      return null;
    const candidates = Array.from({ length: count }, () => ({
      address: reader.address(),
      port: reader.port(),
    }));
    const whole = reader.isAtEnd && candidates.every(({ port, address }) => port > 0 && packAddress(address));
    return whole ? { setup, ufrag, pwd, fingerprint, candidates } : null;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

const packText = (text: string): Bytes =>
  Uint8Array.from([text.length, ...[...text].map((char) => char.charCodeAt(0))]);

/** Kinds of address; `mdns` is the UUID that browsers put in the place of one. */
const KIND = { ipv4: 0, ipv6: 1, mdns: 2, name: 3 };

/** @returns null for what is none of the addresses that are told */
function packAddress(address: string): Bytes | null {
  if (IPV4.test(address)) return Uint8Array.from([KIND.ipv4, ...address.split('.').map(Number)]);
  if (MDNS.test(address)) return joinBytes(Uint8Array.of(KIND.mdns), uuidToBytes(address.slice(0, -6)));
  if (LOCAL_NAME.test(address)) return joinBytes(Uint8Array.of(KIND.name), packText(address));
  const groups = ipv6Groups(address);
  return groups && Uint8Array.from([KIND.ipv6, ...groups.flatMap((group) => [group >> 8, group & 0xff])]);
}

/** @returns the eight groups of an IPv6 address as browsers write it, or null */
function ipv6Groups(address: string): number[] | null {
  const halves = address.split('::');
  if (halves.length > 2) return null;
  const [head = [], tail = []] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return null;
  const groups = [...head, ...Array<string>(missing).fill('0'), ...tail];
  return groups.every((group) => /^[0-9a-f]{1,4}$/.test(group))
    ? groups.map((group) => Number.parseInt(group, 16))
    : null;
}

/** Reads on and on. @throws {RangeError} at the end of the bytes */
class Reader {
  private readonly bytes: Uint8Array;
  private at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.at === this.bytes.length;
  }

  take(length: number): Bytes {
    if (this.at + length > this.bytes.length) throw new RangeError('the bytes end early');
    this.at += length;
    return Uint8Array.from(this.bytes.subarray(this.at - length, this.at));
  }

  byte(): number {
    return this.take(1)[0]!;
  }

  port(): number {
    return this.byte() * 256 + this.byte();
  }

  text(): string {
    return String.fromCharCode(...this.take(this.byte()));
  }

  /** @throws {RangeError} also for a kind of address that nobody knows */
  address(): string {
    const kind = this.byte();
    if (kind === KIND.ipv4) return this.take(4).join('.');
    if (kind === KIND.mdns) return `${bytesToUuid(this.take(16))}.local`;
    if (kind === KIND.name) return this.text();
    if (kind !== KIND.ipv6) throw new RangeError('an unknown kind of address');
    return bytesToHex(this.take(16)).replaceAll(/.{4}(?!$)/g, '$&:');
  }
}
