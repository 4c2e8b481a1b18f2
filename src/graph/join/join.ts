import type { Link } from '../../model/finding.js';
import type { CollectedQuery } from '../../model/query.js';
import type { StatementActivity } from '../../model/snapshot.js';
import type { StatementStatistics } from '../../model/statement.js';
import type { RolePurpose } from '../../model/store.js';
import type { ReadText } from '../statement-reader.js';
import { type Match, bySamples, identityOf, textsOf } from './candidates.js';
import { type Evidence, judge } from './evidence.js';
import { type Signature, identifiersOf, keysOf, signaturesOf } from './signature.js';
import { familyOf, toolOfApplication, toolOfRole } from './tools.js';

/** A query with its name in reports and the fingerprints of everything that it may send. */
export interface JoinCard {
  query: CollectedQuery;
  name: string;
  fingerprints: ReadonlySet<string>;
  /** What it reads, by key; empty where that is not known. */
  relations: ReadonlySet<string>;
}

export interface JoinRow {
  row: StatementStatistics;
  /** Every number under which it was entered; that of the row by default. */
  queryIds?: readonly string[];
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
  /** Whether a function is the database's own. */
  isKnownFunction?: (name: readonly string[]) => boolean;
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
  /** False where its text is another one: of a cursor, of a chart or table that is made of it, or edited since. */
  sameText: boolean;
  /** Nothing makes it likely that this card, or another one of its tool, sends it. */
  doubtful: boolean;
}

export interface Join {
  /** The entries of each card. */
  claims: Map<CollectedQuery, Claim[]>;
  senders: Map<StatementStatistics, Sender>;
}

/** What the sources of these read is sent as it stands: nothing is built around it. */
const SENT_WHOLE: ReadonlySet<string> = new Set(['appcode', 'sql-files']);

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
      const seen = (entry.queryIds ?? [entry.row.queryId ?? '']).flatMap((queryId) => activity.get(`${queryId} ${entry.row.role}`) ?? []);
      this.#senders.set(entry.row, senderOf(entry.row, seen));
    }
  }

  join(): Join {
    const claims = new Map<CollectedQuery, Claim[]>();
    for (const entry of this.input.rows) for (const [card, claim] of this.#claimsOf(entry)) append(claims, card.query, claim);
    return { claims, senders: this.#senders };
  }

  #claimsOf(entry: JoinRow): [JoinCard, Claim][] {
    const sender = this.#senders.get(entry.row) ?? { signatures: [], applications: [] };
    const named = this.#named(sender, entry);
    const texts = textsOf(entry, this.input.isKnownFunction ?? (() => false));
    for (const text of texts) {
      const both = (this.#byFingerprint.get(text.fingerprint) ?? []).filter((card) => named.has(card));
      if (both.length > 0) return this.#claim(entry, sender, { ...text, cards: both }, named);
    }
    const found = this.#byText(entry, sender, texts);
    const [first] = named.keys();
    if (!first || new Set([...named.keys()].map(identityOf)).size > 1) return found ? this.#claim(entry, sender, found, named) : [];
    // The comment is that of the first execution: another card of the tool has this text by now.
    const rivals = (found?.cards ?? []).filter((card) => identityOf(card) !== identityOf(first));
    const other: Match = { cards: [first], match: null, distinctness: 'enough', fingerprint: '' };
    const names = [...rivals, first].map(({ name }) => name);
    return [...this.#claim(entry, sender, other, named, names), ...(found && rivals.length > 0 ? this.#claim(entry, sender, { ...found, cards: rivals }, named, names) : [])];
  }

  /** The cards that its comments name, with the word that does. */
  #named({ signatures }: Sender, { read }: JoinRow): Map<JoinCard, Named> {
    const named = new Map<JoinCard, Named>();
    const relations = read?.parts[0]?.resolution.base;
    for (const signature of signatures) {
      for (const key of keysOf(signature)) {
        const word = key.slice(key.indexOf('\n') + 1);
        const byNumber = /^\d+$/.test(word);
        for (const card of this.#byIdentifier.get(key) ?? []) {
          // Every instance of a tool has a query 12; after an edit it still reads something of what it read.
          if (byNumber && relations && card.relations.size > 0 && ![...card.relations].some((relation) => relations.has(relation))) continue;
          named.set(card, { words: `${signature.sender} names ${word}`, byNumber });
        }
      }
    }
    return named;
  }

  /** The cards with its text, or with a query that it is made of: the outermost counts. */
  #byText(entry: JoinRow, sender: Sender, texts: readonly Omit<Match, 'cards'>[]): Match | null {
    for (const text of texts) {
      const { match, distinctness, fingerprint } = text;
      const cards = (this.#byFingerprint.get(fingerprint) ?? []).filter(({ query }) => match === 'same' || match === 'portions' || !SENT_WHOLE.has(query.kind));
      if (cards.length === 0 || distinctness === 'nothing' || (distinctness === 'little' && match !== 'same' && match !== 'portions')) continue;
      const left = this.#narrowed(entry, text, sender, cards);
      if (left.length > 0) return { ...text, cards: left };
    }
    return null;
  }

  #narrowed(entry: JoinRow, { fingerprint, distinctness }: Omit<Match, 'cards'>, sender: Sender, candidates: readonly JoinCard[]): JoinCard[] {
    const { role } = entry.row;
    const { purpose } = this.input.purposeOf(role);
    const signed = new Set(sender.signatures.map(({ tool }) => tool ?? 'appcode'));
    let left = [...candidates];
    // Of a tool without this text, or of an application: then nobody here sends it.
    if (signed.size > 0) left = left.filter(({ query }) => signed.has(familyOf(query.kind)));
    left = preferred(left, ({ query }) => (query.kind === 'appcode') === OTHER_PURPOSES.has(purpose));
    const roleTool = toolOfRole(role);
    left = left.filter(({ query }) => query.kind === 'appcode' || familyOf(query.kind) === roleTool || signed.has(familyOf(query.kind)) || this.#isEligible(entry, fingerprint));
    left = bySamples(left, sender, roleTool);
    const isSeen = sender.applications.some(({ name }) => left.some(({ query }) => toolOfApplication(name) === familyOf(query.kind)));
    if (roleTool !== null && left.some(({ query }) => familyOf(query.kind) === roleTool)) return left.filter(({ query }) => familyOf(query.kind) === roleTool);
    if (signed.size > 0 || isSeen) return left;
    // Without anything that names the tool, a text that anybody may have written tells nothing of a role for other things.
    if (distinctness === 'little' && purpose !== 'reporting') left = left.filter(({ query }) => query.kind === 'appcode' && OTHER_PURPOSES.has(purpose));
    // A tool that runs this text under a login of its own hardly runs it under this one too, and not under that of a person.
    const elsewhere = left.filter(({ query }) => this.#runsElsewhere(fingerprint, familyOf(query.kind)));
    if (elsewhere.length < left.length) return left.filter((card) => !elsewhere.includes(card));
    return purpose === 'person' ? [] : left;
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
  #isEligible({ row }: JoinRow, fingerprint: string): boolean {
    if (!OTHER_PURPOSES.has(this.input.purposeOf(row.role).purpose)) return true;
    const known = this.#eligible.get(fingerprint);
    if (known) return known.has(row);
    const all = this.#rowsOfText.get(fingerprint) ?? [];
    const likely = all.filter(({ row }) => !OTHER_PURPOSES.has(this.input.purposeOf(row.role).purpose));
    const eligible = likely.length > 0 ? likely : this.input.isAnalytical(all) ? all : [];
    const rows = new Set(eligible.map((entry) => entry.row));
    this.#eligible.set(fingerprint, rows);
    return rows.has(row);
  }

  #claim(entry: JoinRow, sender: Sender, { cards, match, distinctness, fingerprint }: Match, named: ReadonlyMap<JoinCard, Named>, among: readonly string[] = []): [JoinCard, Claim][] {
    const identities = new Map(cards.map((card) => [identityOf(card), card.name]));
    const { role } = entry.row;
    const tools = this.#toolsOfRole.get(role);
    const [only] = tools ?? [];
    return cards.map((card): [JoinCard, Claim] => {
      const evidence: Evidence = {
        tool: familyOf(card.query.kind),
        match,
        distinctness,
        named: named.get(card)?.words ?? null,
        namedByNumber: named.get(card)?.byNumber ?? false,
        sharedWith: [...new Set([...[...identities].flatMap(([identity, name]) => (identity === identityOf(card) ? [] : [name])), ...among.filter((name) => name !== card.name)])],
        sender,
        role,
        purpose: this.input.purposeOf(role).purpose,
        roleTool: toolOfRole(role),
        toolOfOthers: tools?.size === 1 ? (only ?? null) : null,
        elsewhere: match !== null && this.#runsElsewhere(fingerprint, familyOf(card.query.kind)),
      };
      return [card, { row: entry.row, sameText: match === 'same', ...judge(evidence) }];
    });
  }
}

interface Named {
  words: string;
  byNumber: boolean;
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
