import { isIPv4, isIPv6 } from 'node:net';

/** Where a request comes from, as abuse is counted by it. */
export interface Origin {
  /** One household or house: an IPv4 address, or the /64 that an IPv6 host picks its addresses from. */
  address: string;
  /** Its provider's part of the network: IPv4 /24, IPv6 /48. */
  network: string;
}

/**
 * Reads a client's address. IPv4 within IPv6 (`::ffff:192.0.2.7`) is IPv4; what is no address counts as one of its own.
 */
export function originOf(client: string): Origin {
  const address = client.replace(/%.*$/, '').toLowerCase();
  if (isIPv4(address)) return originOfIpv4(address);
  if (!isIPv6(address)) return { address, network: address };
  const groups = ipv6Groups(address);
  const [high = 0, low = 0] = groups.slice(6);
  if (groups.slice(0, 6).join() === '0,0,0,0,0,65535')
    return originOfIpv4([high >> 8, high & 255, low >> 8, low & 255].join('.'));
  const prefix = (count: number) =>
    groups
      .slice(0, count)
      .map((group) => group.toString(16))
      .join(':');
  return { address: `${prefix(4)}::/64`, network: `${prefix(3)}::/48` };
}

function originOfIpv4(address: string): Origin {
  return { address, network: address.replace(/\d+$/, '0/24') };
}

/** The eight groups of an IPv6 address. The URL standard's way of writing one leaves no IPv4 part in it. */
function ipv6Groups(address: string): number[] {
  const written = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [before = '', after] = written.split('::');
  const read = (part: string) => (part ? part.split(':').map((group) => parseInt(group, 16)) : []);
  if (after === undefined) return read(before);
  const [start, end] = [read(before), read(after)];
  return [...start, ...Array<number>(8 - start.length - end.length).fill(0), ...end];
}
