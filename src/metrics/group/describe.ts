import type { Claim } from '../claim/claim.js';
import type { PairVerdict, Witness } from '../rows/compare.js';
import { measureText } from '../claim/measure.js';
import { witnessText } from '../rows/witness.js';

/** `“Backlog”`, with the dashboard where the title alone does not tell members apart. */
export function namesOf(members: readonly Claim[]): Map<Claim, string> {
  const names = new Map<Claim, string>();
  const distinct = (of: (claim: Claim) => string): boolean => new Set(members.map(of)).size === members.length;
  const title = (claim: Claim): string => `“${claim.oneOfSeveral && claim.alias !== null ? `${claim.title}: ${claim.alias}` : claim.title}”`;
  const placed = (claim: Claim): string => `${title(claim)} on ${claim.container ?? claim.consumer}`;
  const chosen = distinct(title) ? title : distinct(placed) ? placed : (claim: Claim): string => `${title(claim)} (${claim.consumer})`;
  for (const claim of members) names.set(claim, chosen(claim));
  return names;
}

/** One side of a comparison: a member, and how many others have the same definition. */
export interface Side {
  name: string;
  others: number;
}

function sideText({ name, others }: Side): string {
  return others === 0 ? name : `${name} (and ${others} more)`;
}

/** The differences of two definitions over one relation, each with the smallest row that shows it. */
export function differenceTexts(verdict: PairVerdict, table: string, first: Side, second: Side): string[] {
  const texts = verdict.witnesses.map((witness) => witnessSentence(witness, table, first, second));
  if (verdict.verdict === 'undecided') return [`${sideText(first)} and ${sideText(second)} could not be compared: ${verdict.reason ?? ''}`];
  return verdict.reason === null ? texts : [...texts, `what else ${first.name} and ${second.name} differ in stays open: ${verdict.reason}`];
}

function witnessSentence({ counted, values }: Witness, table: string, first: Side, second: Side): string {
  const [yes, no] = counted === 'first' ? [first, second] : [second, first];
  return `a ${table} row ${witnessText(values)} is counted by ${sideText(yes)} and not by ${sideText(no)}`;
}

/** Two measures under one name. */
export function measureDifference(first: Claim, second: Claim, names: ReadonlyMap<Claim, string>): string {
  return `${names.get(first) ?? ''} shows the ${measureText(first.measure)}, ${names.get(second) ?? ''} the ${measureText(second.measure)}`;
}

/** Why a claim could not be compared. */
export function complexText(claim: Claim, names: ReadonlyMap<Claim, string>): string {
  const reason = claim.rows.kind === 'complex' ? claim.rows.reason : '';
  return `${names.get(claim) ?? ''} could not be compared with the others: it ${reason}`;
}
