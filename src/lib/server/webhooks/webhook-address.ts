import { lookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

export type AddressProblem =
  /** No address, or with a password in it. */
  | 'malformed'
  /** Neither https, nor http to this machine. */
  | 'not_https'
  /** In the local network, which other people's addresses must not reach. */
  | 'private';

const MAX_LENGTH = 2_000;

/**
 * Reads the address of a webhook as somebody typed it.
 *
 * @param allowPrivate - whether the local network may be reached
 */
export function readAddress(
  typed: string,
  allowPrivate: boolean,
): { url: URL } | { problem: AddressProblem } {
  const text = typed.trim();
  if (text.length > MAX_LENGTH || !URL.canParse(text)) return { problem: 'malformed' };
  const url = new URL(text);
  if (!['http:', 'https:'].includes(url.protocol) || url.username || url.password)
    return { problem: 'malformed' };
  const host = hostOf(url);
  if (!allowPrivate && (isLocalhost(host) || (isIP(host) && !isPublic(host)))) return { problem: 'private' };
  if (url.protocol === 'http:' && !isLocalhost(host)) return { problem: 'not_https' };
  url.hash = '';
  return { url };
}

/** The host without the brackets of IPv6. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, '$1');
}

function isLocalhost(host: string): boolean {
  return /^(localhost|.+\.localhost|127(\.\d+){3}|::1)\.?$/.test(host);
}

/** What is no address of one host in the public internet, by the registries of special-purpose addresses (RFC 6890). */
const SPECIAL = new BlockList();
for (const range of [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  // Within 2000::/3: protocols that lead to another address (Teredo, 6to4), and examples.
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  '3fff::/20',
]) {
  const [network, prefix] = range.split('/') as [string, string];
  SPECIAL.addSubnet(network, Number(prefix), network.includes(':') ? 'ipv6' : 'ipv4');
}
const GLOBAL_UNICAST = new BlockList();
GLOBAL_UNICAST.addSubnet('2000::', 3, 'ipv6');

/** Whether an IP address is one of the public internet. */
export function isPublic(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !SPECIAL.check(address, 'ipv4');
  // IPv4 within IPv6 (`::ffff:192.0.2.7`) is not: nobody needs it here.
  return family === 6 && GLOBAL_UNICAST.check(address, 'ipv6') && !SPECIAL.check(address, 'ipv6');
}

/** The name leads, also, to an address in the local network. */
export class PrivateAddressError extends Error {}

/**
 * Resolves a name for one connection, which then goes to what was checked and nowhere else: a name that leads elsewhere
 * a moment later gains nothing by it.
 *
 * @param resolve - by default the system's resolver
 */
export function publicLookup(resolve: typeof lookup = lookup): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, '', 0);
      if (!addresses.every(({ address }) => isPublic(address)))
        return callback(new PrivateAddressError(), '', 0);
      const [first] = addresses;
      if (options.all) callback(null, addresses);
      else callback(null, first!.address, first!.family);
    });
  };
}
