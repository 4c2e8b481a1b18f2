import type { Branch, Node } from './parse.js';
import type { Token } from './scan.js';

export type Choice = Extract<Node, { kind: 'choice' }>;

/** How two choices are known to be the same. */
export function signature(choice: Choice): string {
  return `${choice.token.name} ${choice.token.body}\n${choice.branches.map(({ condition }) => condition ?? 'else').join('\n')}`;
}

/** Which branch stands, in words. */
export function assumptionOf(token: Token, taken: Branch | null, first: Branch | null): string {
  const condition = taken?.condition ?? first?.condition ?? token.body;
  const isTaken = taken !== null && taken.condition !== null;
  const holds = taken?.token.name === 'unless' || (first?.token.name === 'unless' && !isTaken) ? !isTaken : isTaken;
  const words = token.name === 'case' ? `${token.body} is ${condition}` : condition;
  return `it ${holds ? 'holds' : 'does not hold'}: ${words.replace(/\s+/g, ' ').trim().slice(0, 80)}`;
}
