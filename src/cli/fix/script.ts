import type { ContractProposal } from '../../model/contract-proposal.js';
import { plainText } from '../../text/plain-text.js';

const COMMENT_LENGTH_MAX = 2_000;

/** The statements of a proposal as one script for a person to review and run; what is for later is commented out. */
export function scriptOf(proposal: ContractProposal): string {
  const { concept, relations, view, notes, registryTable, registryRow, create, grants, revokes } = proposal;
  return [
    comment(`${view}: the contract for ${relations.join(' and ')} (${concept}). Review it, then run it by hand.`),
    ...notes.map((note) => comment(note)),
    '',
    create,
    ...(grants.length === 0 ? [] : ['', ...grants]),
    ...(registryTable === null ? [] : ['', registryTable]),
    '',
    registryRow,
    ...(revokes.length === 0 ? [] : ['', comment('Once the consumers have moved:'), ...revokes.flatMap((sql) => sql.split('\n').map(comment))]),
  ].join('\n').trimEnd().concat('\n');
}

/** One line: names of dashboards stand in it, and none of them may end it. */
export function comment(text: string): string {
  return `-- ${plainText(text, COMMENT_LENGTH_MAX)}`;
}
