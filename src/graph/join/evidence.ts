import type { Link } from '../../model/finding.js';
import type { RolePurpose } from '../../model/store.js';
import type { Core } from '../../sql/unwrap.js';
import { plainText } from '../../text/plain-text.js';
import { count } from '../../text/quantity.js';
import type { Distinctness } from './distinctness.js';
import type { Sender } from './join.js';
import { isDriver, toolOfApplication } from './tools.js';

/** How the text of an entry relates to that of a card: the same, something around it, or another one (null). */
export type TextMatch = 'same' | Core['use'];

/** What speaks for a card as the sender of one entry of the statistics. */
export interface Evidence {
  /** Of the card. */
  tool: string;
  match: TextMatch | null;
  distinctness: Distinctness;
  /** The words of a comment that names the card. */
  named: string | null;
  /** True for an identifier that other instances of the tool use too: a number. */
  namedByNumber: boolean;
  /** Names of other cards that may send it just as well. */
  sharedWith: readonly string[];
  sender: Sender;
  role: string;
  purpose: RolePurpose;
  /** The tool after which the role is named. */
  roleTool: string | null;
  /** The one tool as which the role was ever seen, whatever it ran. */
  toolOfOthers: string | null;
  /** The tool sends the same text under a login of its own. */
  elsewhere: boolean;
}

/**
 * How sure each kind of link makes it, set by how it may go wrong: a comment is written by the tool itself, but kept of the first
 * execution only; equal texts may be sent by others; a role may be lent.
 */
const CONFIDENCE = {
  namedAndSameText: 0.99, named: 0.85, namedByNumber: 0.7, signed: 0.9, sample: 0.9, corroborated: 0.9, fingerprint: 0.8, around: 0.75, aroundCorroborated: 0.85, role: 0.85, reporting: 0.8, application: 0.7,
};

/** How sure a card is that others may be as well. */
export const SHARED = 0.5;
/** No link between a card and an entry is surer than what speaks against it allows. */
const CEILING = { shared: SHARED, contradicted: 0.5, mostlyOthers: 0.5, alsoOthers: 0.7, otherPurpose: 0.6, elsewhere: 0.6, commonplace: 0.6 };
/** A sender that is seen in so large a part of the samples sends it alone, as far as samples tell. */
const SOLE_SHARE = 0.9;

export interface Judged {
  /** The strongest first. */
  links: Link[];
  /** That any card of the tool sends it is in doubt, not only which one. */
  doubtful: boolean;
}

/** The links between a card and an entry. */
export function judge(evidence: Evidence): Judged {
  const links = [...commentLinks(evidence), ...textLinks(evidence), ...sampleLinks(evidence), ...roleLinks(evidence)];
  const doubt = doubtOf(evidence);
  const ceiling = Math.min(doubt?.ceiling ?? 1, evidence.sharedWith.length > 0 ? CEILING.shared : 1);
  const capped = links.map((link) => ({ ...link, confidence: Math.min(link.confidence, ceiling) }));
  return { links: capped.sort((a, b) => b.confidence - a.confidence), doubtful: doubt !== null && doubt.ceiling <= CEILING.otherPurpose };
}

/** What speaks against the card, the weightiest first; a comment that names it with its own text outweighs all. */
function doubtOf(evidence: Evidence): { ceiling: number; why: string } | null {
  const { named, match, sender, tool, purpose, role, roleTool, distinctness, elsewhere } = evidence;
  if (named !== null && match !== null) return null;
  const samples = samplesOf(evidence);
  const [other] = samples.others;
  if (other !== undefined && samples.own === 0) return { ceiling: CEILING.contradicted, why: `though it was seen running as application ${plainText(other)}` };
  if (other !== undefined && samples.own < samples.all * SOLE_SHARE) {
    const ceiling = samples.own * 2 < samples.all ? CEILING.mostlyOthers : CEILING.alsoOthers;
    return { ceiling, why: `which ${plainText(other)} sends too: the cost is that of both together` };
  }
  // A comment alone, over another text, may be forged or copied.
  const isSigned = match !== null && sender.signatures.some((signature) => signature.tool === tool);
  const isKnown = samples.own > 0 || roleTool === tool || isSigned;
  if (roleTool !== null && roleTool !== tool && !isKnown) return { ceiling: CEILING.contradicted, why: `though its role ${plainText(role)} is named after another tool` };
  const isUsual = !UNUSUAL.has(purpose) || (purpose === 'loader' && LOADS.has(tool));
  if (tool !== 'appcode' && !isKnown && !isUsual) return { ceiling: CEILING.otherPurpose, why: `though role ${plainText(role)} is no login of dashboards` };
  if (named !== null) return null;
  if (elsewhere && !isKnown) return { ceiling: CEILING.elsewhere, why: 'which the tool sends under a login of its own too' };
  if (distinctness === 'little' && !isKnown) return { ceiling: CEILING.commonplace, why: 'which anybody may have written' };
  return null;
}

/** Of whom a card's text is seldom heard. */
const UNUSUAL: ReadonlySet<RolePurpose> = new Set(['application', 'loader', 'administration', 'person']);
/** Tools that load. */
const LOADS: ReadonlySet<string> = new Set(['dbt', 'airflow', 'notebook']);

function commentLinks(evidence: Evidence): Link[] {
  const { named, namedByNumber, match, sender, tool } = evidence;
  if (named !== null) {
    const doubt = match === null ? doubtOf(evidence) : null;
    const other = match === null ? `; the text is not the one that is stored${doubt === null ? '' : `, ${doubt.why}`}` : '';
    const confidence = match !== null ? CONFIDENCE.namedAndSameText : namedByNumber ? CONFIDENCE.namedByNumber : CONFIDENCE.named;
    return [{ by: 'comment', confidence, evidence: `the comment of ${plainText(named)}${other}` }];
  }
  const signed = sender.signatures.find((signature) => (signature.tool ?? 'appcode') === tool);
  return signed ? [{ by: 'comment', confidence: CONFIDENCE.signed, evidence: `signed by ${plainText(signed.sender)}` }] : [];
}

const TEXTS: Record<TextMatch, string> = {
  same: 'the same text, its literals aside',
  portions: 'the same text, its rows handed out in portions',
  limit: 'the same text with a row limit',
  part: 'made of its text, which stands in it whole',
};

function textLinks(evidence: Evidence): Link[] {
  const { match, sharedWith } = evidence;
  if (match === null) return [];
  const [first, ...more] = sharedWith;
  if (first !== undefined) {
    const others = more.length === 0 ? plainText(first) : `${plainText(first)} and ${count(more.length, 'other')}`;
    const text = match === 'same' ? 'the same text as' : `${TEXTS[match]}, as with`;
    return [{ by: 'fingerprint', confidence: CEILING.shared, evidence: `${text} ${others}: nothing tells them apart, and the cost is that of all of them together` }];
  }
  const doubt = doubtOf(evidence);
  const [alone, corroborated] = match === 'part' ? [CONFIDENCE.around, CONFIDENCE.aroundCorroborated] : [CONFIDENCE.fingerprint, CONFIDENCE.corroborated];
  const confidence = roleLinks(evidence).length > 0 ? corroborated : alone;
  return [{ by: 'fingerprint', confidence, evidence: doubt === null ? TEXTS[match] : `${TEXTS[match]}, ${doubt.why}` }];
}

function sampleLinks(evidence: Evidence): Link[] {
  const { sender, tool, toolOfOthers, role } = evidence;
  const seen = sender.applications.find(({ name }) => toolOfApplication(name) === tool);
  if (seen) {
    const { own, all } = samplesOf(evidence);
    const part = own < all ? `${own} of ${count(all, 'sample')}` : count(own, 'sample');
    return [{ by: 'sample', confidence: CONFIDENCE.sample, evidence: `seen running as application ${plainText(seen.name)} in ${part}` }];
  }
  if (sender.applications.length > 0 || toolOfOthers !== tool) return [];
  return [{ by: 'application', confidence: CONFIDENCE.application, evidence: `role ${plainText(role)} was seen as no other application than that of ${tool}` }];
}

/** In how many samples the tool was seen, and in how many anybody who has a name; and the others, the most frequent first. */
function samplesOf({ sender, tool }: Pick<Evidence, 'sender' | 'tool'>): { own: number; all: number; others: string[] } {
  const named = sender.applications.filter(({ name }) => !isDriver(name));
  const isOwn = (name: string): boolean => toolOfApplication(name) === tool || (tool === 'appcode' && toolOfApplication(name) === null);
  const sum = (list: typeof named): number => list.reduce((total, { seen }) => total + seen, 0);
  return { own: sum(named.filter(({ name }) => isOwn(name))), all: sum(named), others: named.filter(({ name }) => !isOwn(name)).map(({ name }) => name) };
}

function roleLinks({ role, roleTool, tool, purpose }: Evidence): Link[] {
  const name = plainText(role);
  if (roleTool === tool) return [{ by: 'role', confidence: CONFIDENCE.role, evidence: `run by role ${name}, which is named after the tool` }];
  if (tool === 'appcode' && purpose === 'application') return [{ by: 'role', confidence: CONFIDENCE.reporting, evidence: `run by role ${name}, which serves an application` }];
  if (tool !== 'appcode' && purpose === 'reporting' && roleTool === null) return [{ by: 'role', confidence: CONFIDENCE.reporting, evidence: `run by role ${name}, which serves reports` }];
  return [];
}
