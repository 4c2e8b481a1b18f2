import type { Expression } from '../../model/syntax-tree.js';
import type { MaskLevel } from '../flow.js';
import { type MaskContext, type MaskRules, rulesOf } from './context.js';
import { bare, functionName, numberOf, textOf } from './literals.js';

/**
 * Addresses of networks and of the web. set_masklen keeps the host's bits: only what works out the network drops them (PostgreSQL 18 "Network
 * Address Functions", confirmed by running both on distinct addresses).
 */
export const networkRules: MaskRules = {
  ...rulesOf('network broadcast', (call, context) => networkOf(call.arguments[0], context)),
  ...rulesOf('set_masklen', (call, context) => (isCidr(call.arguments[0], context) && isShorter(call.arguments[1]) ? 'partial' : 'raw')),
  ...rulesOf('masklen family netmask hostmask inet_merge macaddr8_set7bit', () => 'partial'),
  ...rulesOf('inet_same_family isipv4string isipv6string is_ipv4 is_ipv6 isipaddressinrange', () => 'predicate'),
  ...rulesOf(
    `inet_aton inet_ntoa inet6_aton inet6_ntoa ipv4numtostring ipv4stringtonum ipv6numtostring ipv6stringtonum ipv4stringtonumordefault
     ipv4toipv6 net.ip_from_string net.safe_ip_from_string net.ip_to_string net.ipv4_to_int64 net.ipv4_from_int64`,
    () => 'reversible',
  ),
  ...rulesOf('ipv4cidrtorange ipv6cidrtorange', (call) => (isShorter(call.arguments[1]) ? 'partial' : 'raw')),
  ...rulesOf('ipv4numtostringclassc net.ip_trunc net.ip_net_mask ip_prefix', () => 'partial'),
  ...rulesOf(
    `net.host net.reg_domain net.public_suffix domain domainwithoutwww topleveldomain firstsignificantsubdomain cuttofirstsignificantsubdomain
     cuttofirstsignificantsubdomainwithwww domainrfc protocol url_extract_host url_extract_protocol`,
    () => 'partial',
  ),
  ...rulesOf('parse_url', (call) => (/^(?:host|protocol|authority)$/i.test(textOf(call.arguments[1]) ?? '') ? 'partial' : 'raw')),
};

/** The network of a bare host address is the host. */
function networkOf(operand: Expression | undefined, context: MaskContext): MaskLevel {
  const inner = bare(operand);
  if (inner?.type === 'call' && functionName(inner) === 'set_masklen') return isShorter(inner.arguments[1]) ? 'partial' : 'raw';
  return isCidr(operand, context) ? 'raw' : inner?.type === 'column' ? 'raw' : 'partial';
}

function isShorter(length: Expression | undefined): boolean {
  const bits = numberOf(length);
  // An address of version 6 is cut by every length below 128, one of version 4 below 32; few lengths between the two are written.
  return bits !== null && bits !== 32 && bits !== 128 && bits >= 0;
}

function isCidr(operand: Expression | undefined, { typeOf }: MaskContext): boolean {
  if (operand?.type === 'cast') return operand.target === 'cidr';
  return operand !== undefined && typeOf?.(operand) === 'cidr';
}

/** A cast from inet to cidr zeroes the bits behind the mask. */
export function isCutNetwork(operand: Expression): boolean {
  const inner = bare(operand);
  return inner?.type === 'call' && functionName(inner) === 'set_masklen' && isShorter(inner.arguments[1]);
}

/** `address & '255.255.255.0'`. */
export function isNetmask(expression: Expression | undefined): boolean {
  const inner = bare(expression);
  if (inner?.type === 'call') return functionName(inner) === 'netmask';
  return /^255\.[\d.]+$/.test(textOf(expression) ?? '') && textOf(expression) !== '255.255.255.255';
}

