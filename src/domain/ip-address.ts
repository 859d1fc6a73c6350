import ipaddr from 'ipaddr.js';

/** Of IPv6, all that is routed on the Internet (RFC 4291, 2.4); the rest leads to ourselves, to neighbours or into tunnels. */
const globalUnicast = ipaddr.parseCIDR('2000::/3');

/**
 * Whether a request that somebody else has asked for may go to this address: one of the Internet's, or one in a network that
 * is allowed. Never ourselves, a private network, a link's own addresses, a cloud's metadata, or what only stands for those.
 */
export function mayBeCalled(address: string, allowedNetworks: readonly string[]): boolean {
  if (!ipaddr.isValid(address)) return false;
  // An IPv4 address in IPv6's clothes counts as what it is.
  const ip = ipaddr.process(address);
  if (allowedNetworks.some((network) => isWithin(ip, network))) return true;
  if (ip.range() !== 'unicast') return false;
  return ip.kind() === 'ipv4' || ip.match(globalUnicast);
}

function isWithin(ip: ipaddr.IPv4 | ipaddr.IPv6, network: string): boolean {
  const wholeBits = network.includes(':') ? 128 : 32;
  const [base, bits] = ipaddr.parseCIDR(network.includes('/') ? network : `${network}/${wholeBits}`);
  return base.kind() === ip.kind() && ip.match(base, bits);
}
