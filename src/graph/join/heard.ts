import type { Link } from '../../model/finding.js';
import { blocksOf } from '../../facts/cost.js';
import { plainText } from '../../text/plain-text.js';
import type { Claim, Sender } from './join.js';
import type { Signature } from './signature.js';

/** One link a kind and reason, the strongest first; where entries differ, as sure as the one with the most work. */
export function linksOfClaims(claims: readonly Claim[]): Link[] {
  const links = new Map<string, Link>();
  for (const claim of claims.toSorted((a, b) => blocksOf(b.row) - blocksOf(a.row))) {
    for (const link of claim.links) {
      const key = `${link.by}\n${link.evidence}`;
      if (!links.has(key)) links.set(key, link);
    }
  }
  return [...links.values()].sort((a, b) => b.confidence - a.confidence);
}

/** What comments and samples say of who sends a statement. */
export function heardOf(senders: readonly Sender[]): { senders: string[]; applications: string[] } {
  const named = new Set(senders.flatMap(({ signatures }) => signatures.map(describe)));
  return { senders: [...named], applications: [...new Set(senders.flatMap(({ applications }) => applications.map(({ name }) => name)))] };
}

/** Where in an application a statement is sent from, without anything that names a person. */
const PLACES = ['controller', 'action', 'route', 'file', 'job', 'dag_id', 'task_id', 'node_id', 'query_id'];

function describe({ sender, fields }: Signature): string {
  const places = PLACES.flatMap((key) => {
    const value = fields.get(key);
    return value === undefined || value === '' ? [] : [`${key} ${value}`];
  });
  return plainText([sender, ...places].join(', '));
}
