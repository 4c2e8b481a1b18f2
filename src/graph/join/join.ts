import type { Link } from '../../model/finding.js';
import type { CollectedQuery } from '../../model/query.js';
import type { StatementActivity } from '../../model/snapshot.js';
import type { StatementStatistics } from '../../model/statement.js';
import type { RolePurpose } from '../../model/store.js';
import type { ReadText } from '../statement-reader.js';
import { type Evidence, linksOf } from './evidence.js';
import { type Signature, identifiersOf, keysOf, signaturesOf } from './signature.js';
import { familyOf, toolOfApplication, toolOfRole } from './tools.js';

/** A query with its name in reports and the fingerprints of everything that it may send. */
export interface JoinCard {
  query: CollectedQuery;
  name: string;
  fingerprints: ReadonlySet<string>;
}

export interface JoinRow {
  row: StatementStatistics;
  read: ReadText | null;
}

export interface JoinInput {
  cards: readonly JoinCard[];
  rows: readonly JoinRow[];
  purposeOf: (role: string) => { purpose: RolePurpose; reason: string };
  /** Whether entries of one text are analytical work. */
  isAnalytical: (rows: readonly JoinRow[]) => boolean;
  /** Who was seen running what; empty where nobody sampled. */
  activity: readonly StatementActivity[];
}

/** What is known of the sender of one entry, apart from the cards. */
export interface Sender {
  signatures: Signature[];
  /** As which applications it was seen, the most frequent first. */
  applications: { name: string; seen: number }[];
}

export interface Claim {
  row: StatementStatistics;
  /** The strongest first. */
  links: Link[];
  /** False where only a comment names the card: it sends another text by now, or one that was made of it. */
  sameText: boolean;
}

export interface Join {
  /** The entries of each card. */
  claims: Map<CollectedQuery, Claim[]>;
  senders: Map<StatementStatistics, Sender>;
}

/** Roles that dashboards should not use, and sometimes do. */
const OTHER_PURPOSES: ReadonlySet<RolePurpose> = new Set(['application', 'loader', 'administration']);

/**
 * Which card sends which entry of the statistics. A comment that names a card decides; else the cards with the same text, narrowed
 * by what names the tool: the comment, the application that was seen running it, the role. Cards that nothing tells apart share it.
 */
export function joinCards(input: JoinInput): Join {
  return new Joiner(input).join();
}

class Joiner {
  readonly #byFingerprint = new Map<string, JoinCard[]>();
  readonly #byIdentifier = new Map<string, JoinCard[]>();
  readonly #rowsOfText = new Map<string, JoinRow[]>();
  readonly #eligible = new Map<string, ReadonlySet<StatementStatistics>>();
  readonly #senders = new Map<StatementStatistics, Sender>();
  /** Those that sign or run each text under a login of their own. */
  readonly #toolsOfText = new Map<string, Set<string | null>>();
  readonly #toolsOfRole = new Map<string, Set<string | null>>();

  constructor(private readonly input: JoinInput) {
    for (const card of input.cards) {
      for (const fingerprint of card.fingerprints) append(this.#byFingerprint, fingerprint, card);
      for (const identifier of identifiersOf(card.query)) append(this.#byIdentifier, identifier, card);
    }
    const activity = new Map<string, StatementActivity[]>();
    for (const seen of input.activity) {
      append(activity, `${seen.queryId} ${seen.role}`, seen);
      this.#toolsOfRole.set(seen.role, (this.#toolsOfRole.get(seen.role) ?? new Set()).add(toolOfApplication(seen.application)));
    }
    for (const entry of input.rows) {
      const fingerprint = fingerprintOf(entry);
      if (fingerprint !== null) append(this.#rowsOfText, fingerprint, entry);
      this.#senders.set(entry.row, senderOf(entry.row, activity.get(`${entry.row.queryId ?? ''} ${entry.row.role}`) ?? []));
    }
  }

  join(): Join {
    const claims = new Map<CollectedQuery, Claim[]>();
    for (const entry of this.input.rows) for (const [card, claim] of this.#claimsOf(entry)) append(claims, card.query, claim);
    return { claims, senders: this.#senders };
  }

  #claimsOf(entry: JoinRow): [JoinCard, Claim][] {
    const fingerprint = fingerprintOf(entry);
    const sender = this.#senders.get(entry.row) ?? { signatures: [], applications: [] };
    const sameText = fingerprint === null ? [] : (this.#byFingerprint.get(fingerprint) ?? []);
    const named = this.#named(sender);
    const both = sameText.filter((card) => named.has(card));
    if (both.length > 0) return this.#claim(entry, sender, both, { sameText: true, named });
    const [only, another] = new Set([...named.keys()].map(({ name }) => name));
    const [first] = named.keys();
    if (first && only !== undefined && another === undefined) return this.#claim(entry, sender, [first], { sameText: false, named });
    if (fingerprint === null) return [];
    return this.#claim(entry, sender, this.#narrowed(entry, fingerprint, sender, sameText), { sameText: true, named });
  }

  /** The cards that its comments name, with the word that does. */
  #named({ signatures }: Sender): Map<JoinCard, string> {
    const named = new Map<JoinCard, string>();
    for (const signature of signatures) {
      for (const key of keysOf(signature)) {
        for (const card of this.#byIdentifier.get(key) ?? []) named.set(card, `${signature.sender} names ${key.slice(key.indexOf('\n') + 1)}`);
      }
    }
    return named;
  }

  #narrowed(entry: JoinRow, fingerprint: string, sender: Sender, candidates: readonly JoinCard[]): JoinCard[] {
    const { role } = entry.row;
    const { purpose } = this.input.purposeOf(role);
    const signed = sender.signatures[0];
    let left = [...candidates];
    // Of a tool without this text, or of an application: then nobody here sends it.
    if (signed) left = left.filter(({ query }) => familyOf(query.kind) === (signed.tool ?? 'appcode'));
    left = preferred(left, ({ query }) => (query.kind === 'appcode') === OTHER_PURPOSES.has(purpose));
    left = left.filter(({ query }) => query.kind === 'appcode' || this.#eligibleRows(fingerprint).has(entry.row));
    const seen = new Set(sender.applications.flatMap(({ name }) => toolOfApplication(name) ?? []));
    left = preferred(left, ({ query }) => seen.has(familyOf(query.kind)));
    const roleTool = toolOfRole(role);
    if (roleTool !== null) return preferred(left, ({ query }) => familyOf(query.kind) === roleTool);
    if (signed || seen.size > 0) return left;
    // A tool that runs this text under a login of its own hardly runs it under this one too.
    return preferred(left, ({ query }) => !this.#runsElsewhere(fingerprint, familyOf(query.kind)));
  }

  #runsElsewhere(fingerprint: string, tool: string): boolean {
    let tools = this.#toolsOfText.get(fingerprint);
    if (!tools) {
      const rows = this.#rowsOfText.get(fingerprint) ?? [];
      tools = new Set(rows.map(({ row }) => this.#senders.get(row)?.signatures[0]?.tool ?? toolOfRole(row.role)));
      this.#toolsOfText.set(fingerprint, tools);
    }
    return tools.has(tool);
  }

  /**
   * The entries of a text that a dashboard may explain. An application may send the same text as a card: where only roles of other
   * purposes send it, the entries are the card's if they are analytical, which an application's own statement seldom is.
   */
  #eligibleRows(fingerprint: string): ReadonlySet<StatementStatistics> {
    const known = this.#eligible.get(fingerprint);
    if (known) return known;
    const all = this.#rowsOfText.get(fingerprint) ?? [];
    const likely = all.filter(({ row }) => !OTHER_PURPOSES.has(this.input.purposeOf(row.role).purpose));
    const eligible = likely.length > 0 ? likely : this.input.isAnalytical(all) ? all : [];
    const rows = new Set(eligible.map(({ row }) => row));
    this.#eligible.set(fingerprint, rows);
    return rows;
  }

  #claim(entry: JoinRow, sender: Sender, cards: readonly JoinCard[], { sameText, named }: { sameText: boolean; named: ReadonlyMap<JoinCard, string> }): [JoinCard, Claim][] {
    const names = [...new Set(cards.map(({ name }) => name))];
    const { role } = entry.row;
    const tools = this.#toolsOfRole.get(role);
    const [only] = tools ?? [];
    return cards.map((card): [JoinCard, Claim] => {
      const evidence: Evidence = {
        tool: familyOf(card.query.kind),
        sameText,
        named: named.get(card) ?? null,
        sharedWith: names.filter((name) => name !== card.name),
        sender,
        role,
        purpose: this.input.purposeOf(role).purpose,
        roleTool: toolOfRole(role),
        toolOfOthers: tools?.size === 1 ? (only ?? null) : null,
      };
      return [card, { row: entry.row, sameText, links: linksOf(evidence) }];
    });
  }
}

function senderOf({ text }: StatementStatistics, activity: readonly StatementActivity[]): Sender {
  const applications = activity
    .filter(({ application }) => application !== '')
    .map(({ application, seen }) => ({ name: application, seen }))
    .sort((a, b) => b.seen - a.seen || (a.name < b.name ? -1 : 1));
  return { signatures: text === null ? [] : signaturesOf(text), applications };
}

function fingerprintOf({ read }: JoinRow): string | null {
  return read?.parts[0]?.fingerprint ?? null;
}

/** Those that fit, or all where none does. */
function preferred<T>(values: readonly T[], fits: (value: T) => boolean): T[] {
  const fitting = values.filter(fits);
  return fitting.length > 0 ? fitting : [...values];
}

function append<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const known = lists.get(key);
  if (known === undefined) lists.set(key, [value]);
  else known.push(value);
}
