import type { Link } from '../../model/finding.js';
import type { RolePurpose } from '../../model/store.js';
import { plainText } from '../../text/plain-text.js';
import { count } from '../../text/quantity.js';
import type { Sender } from './join.js';
import { toolOfApplication } from './tools.js';

/** What speaks for a card as the sender of one entry of the statistics. */
export interface Evidence {
  /** Of the card. */
  tool: string;
  sameText: boolean;
  /** The words of a comment that names the card. */
  named: string | null;
  /** Names of other cards that may send it just as well. */
  sharedWith: readonly string[];
  sender: Sender;
  role: string;
  purpose: RolePurpose;
  /** The tool after which the role is named. */
  roleTool: string | null;
  /** The one tool as which the role was ever seen, whatever it ran. */
  toolOfOthers: string | null;
}

/**
 * How sure each kind of link makes it, set by how it may go wrong: a comment is written by the tool itself, but kept of the first
 * execution only; equal texts may be sent by others; a role may be lent.
 */
const CONFIDENCE = { namedAndSameText: 0.99, named: 0.85, signed: 0.9, sample: 0.9, corroborated: 0.9, fingerprint: 0.8, role: 0.85, reporting: 0.8, application: 0.7, otherPurpose: 0.6, shared: 0.5, contradicted: 0.5 };

/** The links between a card and an entry, the strongest first. */
export function linksOf(evidence: Evidence): Link[] {
  const links = [...commentLinks(evidence), ...textLinks(evidence), ...sampleLinks(evidence), ...roleLinks(evidence)];
  return links.sort((a, b) => b.confidence - a.confidence);
}

function commentLinks({ named, sameText, sender, tool }: Evidence): Link[] {
  if (named !== null) {
    const confidence = sameText ? CONFIDENCE.namedAndSameText : CONFIDENCE.named;
    const other = sameText ? '' : '; the text is not the one that is stored';
    return [{ by: 'comment', confidence, evidence: `the comment of ${plainText(named)}${other}` }];
  }
  const signed = sender.signatures.find((signature) => (signature.tool ?? 'appcode') === tool);
  return signed ? [{ by: 'comment', confidence: CONFIDENCE.signed, evidence: `signed by ${plainText(signed.sender)}` }] : [];
}

function textLinks(evidence: Evidence): Link[] {
  if (!evidence.sameText) return [];
  const { sharedWith, purpose, sender, tool } = evidence;
  const [first, ...more] = sharedWith;
  if (first !== undefined) {
    const others = more.length === 0 ? plainText(first) : `${plainText(first)} and ${count(more.length, 'other')}`;
    return [{ by: 'fingerprint', confidence: CONFIDENCE.shared, evidence: `the same text as ${others}: nothing tells them apart, and the cost is that of all of them together` }];
  }
  const stranger = sender.applications.find(({ name }) => ![tool, null].includes(toolOfApplication(name)));
  if (stranger) {
    return [{ by: 'fingerprint', confidence: CONFIDENCE.contradicted, evidence: `the same text, though it was seen running as application ${plainText(stranger.name)}` }];
  }
  const usual = tool === 'appcode' || !['application', 'loader', 'administration'].includes(purpose);
  const alone = usual ? CONFIDENCE.fingerprint : CONFIDENCE.otherPurpose;
  return [{ by: 'fingerprint', confidence: roleLinks(evidence).length > 0 ? CONFIDENCE.corroborated : alone, evidence: 'the same text, its literals aside' }];
}

function sampleLinks({ sender, tool, toolOfOthers, role }: Evidence): Link[] {
  const seen = sender.applications.find(({ name }) => toolOfApplication(name) === tool);
  if (seen) {
    return [{ by: 'sample', confidence: CONFIDENCE.sample, evidence: `seen running as application ${plainText(seen.name)} in ${count(seen.seen, 'sample')}` }];
  }
  if (sender.applications.length > 0 || toolOfOthers !== tool) return [];
  return [{ by: 'application', confidence: CONFIDENCE.application, evidence: `role ${plainText(role)} was seen as no other application than that of ${tool}` }];
}

function roleLinks({ role, roleTool, tool, purpose }: Evidence): Link[] {
  const name = plainText(role);
  if (roleTool === tool) return [{ by: 'role', confidence: CONFIDENCE.role, evidence: `run by role ${name}, which is named after the tool` }];
  if (tool === 'appcode' && purpose === 'application') return [{ by: 'role', confidence: CONFIDENCE.reporting, evidence: `run by role ${name}, which serves an application` }];
  if (tool !== 'appcode' && purpose === 'reporting' && roleTool === null) return [{ by: 'role', confidence: CONFIDENCE.reporting, evidence: `run by role ${name}, which serves reports` }];
  return [];
}
