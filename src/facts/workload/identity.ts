import type { RolePurpose } from '../../model/store.js';
import type { Extent } from './extent.js';
import type { Verdict } from './verdict.js';

/** Who sends a statement, as far as anything tells. */
export interface Sender {
  role: string;
  purpose: RolePurpose;
  /** As which applications it was seen running. */
  applications: readonly string[];
  /** The card that it belongs to, as reports name it. */
  card: string | null;
  /** The tool of the card, or the one after which the application is named. */
  tool: string | null;
}

const MOVE = 0.04;
const WEAKEN = 0.1;

/**
 * Who sends a statement moves the confidence, and settles what shape, cost and rhythm leave open. It never makes a statement
 * analytical that reaches its rows by key.
 */
export function settleByIdentity(verdict: Verdict, sender: Sender | null, extent: Extent, isUnread = false): Verdict {
  const words = sender && senderWords(sender);
  if (!sender || words === null) return verdict;
  const side = sideOf(sender);
  if (side === null) return verdict;
  const reasons = [...verdict.reasons, words];
  if (verdict.class === 'mixed' || verdict.class === 'unknown') {
    // Of a text that is cut off nobody knows what is missing; what a procedure or cursor does is its sender's kind of work.
    if (isUnread) return verdict;
    const reads = extent.places.length > 0 || verdict.class === 'unknown';
    if (side === 'operational') return { class: 'operational', confidence: verdict.class === 'mixed' ? 0.55 : 0.5, reasons };
    return reads ? { class: 'analytical', confidence: verdict.class === 'mixed' ? 0.6 : 0.5, reasons } : verdict;
  }
  if (verdict.class === side) return { ...verdict, confidence: Math.min(0.99, verdict.confidence + MOVE), reasons: side === 'analytical' ? reasons : verdict.reasons };
  if (verdict.class === 'analytical') return { ...verdict, confidence: Math.max(0.5, verdict.confidence - WEAKEN), reasons };
  const keyed = extent.amount === 'few' || verdict.confidence >= 0.9;
  return keyed ? verdict : { ...verdict, confidence: Math.max(0.5, verdict.confidence - WEAKEN), reasons };
}

/** What a sender of this kind mostly does. Null for people and administrators, who do anything. */
function sideOf({ purpose, card, tool }: Sender): 'operational' | 'analytical' | null {
  if (purpose === 'application') return 'operational';
  if (purpose === 'reporting' || purpose === 'loader') return 'analytical';
  return purpose === 'unknown' && card !== null && tool !== null && !SENT_BY_CODE.has(tool) ? 'analytical' : null;
}

/** Sources whose statements are sent by programs, and by nobody's dashboard. */
const SENT_BY_CODE: ReadonlySet<string> = new Set(['appcode', 'sql-files']);

function senderWords({ role, purpose, applications: [application], card, tool }: Sender): string | null {
  const through = application === undefined ? '' : `, seen as ${application}`;
  if (role !== '' && purpose !== 'unknown') return `role ${role} (${purpose})${through}`;
  if (role !== '') return `role ${role}${through}`;
  return card !== null && tool !== null ? `a ${tool} card sends it` : null;
}
