import { type ConsumerFacts, extractCard, extractRole } from '../facts/consumer.js';
import { type CostFacts, type StoreTotals, extract as extractCost, totalsOf } from '../facts/cost.js';
import { type StatementFacts, extract as extractStatement, extractUnparsed } from '../facts/statement.js';
import type { Sender } from '../facts/workload/identity.js';
import type { Role } from '../model/catalog.js';
import type { Configuration } from '../model/configuration.js';
import type { StoreSnapshot } from '../model/snapshot.js';
import type { StatementStatistics } from '../model/statement.js';
import type { Link } from '../model/finding.js';
import type { Rhythm } from '../model/workload.js';
import type { Parse } from '../sql/parse/front-end.js';
import { relationKey } from '../sql/schema-index.js';
import { consumerName } from './consumer-name.js';
import { type Distinctness, distinctnessOf } from './join/distinctness.js';
import { piecesOfWork } from './join/entries.js';
import { SHARED } from './join/evidence.js';
import { heardOf, linksOfClaims } from './join/heard.js';
import { type Claim, type Join, type JoinRow, joinCards } from './join/join.js';
import { toolOfApplication, toolOfRole } from './join/tools.js';
import { ownerOf } from './owner.js';
import type { PlacedQuery } from './placed-query.js';
import { type PurposeAssignment, type RoleActivity, type RoleTraits, purposeOf } from './role-purpose.js';
import { type ReadPart, type ReadText, type StatementReader, parseSearchPath } from './statement-reader.js';
import { readerOf } from './store-reader.js';
import { RhythmReader } from './rhythm.js';
import { NO_CLOCK, type UsageClock, lastUsedDays } from './usage.js';
import { type ZoneAssignment, zoneOf } from './zone.js';

/** One consumer sending one statement to one store: the edge that holds statement, card, relation and owner together. */
export interface Access {
  query: PlacedQuery | null;
  consumer: ConsumerFacts;
  statement: StatementFacts;
  cost: CostFacts;
  /** As it was read: a variant of the card, or the server's text. */
  text: string;
  /** Null for a text that could not be read. */
  part: ReadPart | null;
  /** The entries of the statistics that are this statement. */
  rows: StatementStatistics[];
  /** How it comes back; null where nothing tells. */
  rhythm: Rhythm | null;
  /** Why these entries are the card's, the strongest first; empty for a role's own and where there is no entry. */
  links: Link[];
  /** Of the entries, those of which it is in doubt that the tool sends them at all. */
  doubtful: StatementStatistics[];
}

/** Everything that is known about one store and those who read it. */
export interface StoreBoundary {
  store: StoreSnapshot;
  reader: StatementReader;
  zones: Map<string, ZoneAssignment>;
  totals: StoreTotals;
  roles: Map<string, PurposeAssignment>;
  activity: Map<string, RoleActivity>;
  accesses: Access[];
  /** Each piece of work in the statistics with its reading, for coverage. */
  readRows: JoinRow[];
}

/** A query with every variant read against the store it runs on. */
export interface ReadQuery {
  query: PlacedQuery;
  variants: ReadText[];
}

/**
 * Joins what the dashboards say with what the store ran. Pure; takes the queries that run on this store.
 *
 * @param clock by which it is counted when cards were last opened; without it that is not known
 * @param reader of the store's texts, where one is there that has read some of them
 */
export function buildBoundary(store: StoreSnapshot, queries: readonly PlacedQuery[], configuration: Configuration, parse: Parse, clock: UsageClock = NO_CLOCK, reader = readerOf(store, configuration, parse)): StoreBoundary {
  return new BoundaryBuilder(store, configuration, reader, clock).build(queries);
}

/** Every variant of a query, read. */
export function readQuery(query: PlacedQuery, reader: StatementReader): ReadQuery {
  return { query, variants: query.variants.map((variant) => reader.read(variant.sql, null)) };
}

class BoundaryBuilder {
  readonly #store: StoreSnapshot;
  readonly #configuration: Configuration;
  readonly #reader: StatementReader;
  readonly #zones = new Map<string, ZoneAssignment>();
  readonly #heap_bytes: ReadonlyMap<string, number>;
  readonly #totals: StoreTotals;
  readonly #roleSettings: Map<string, Role>;
  readonly #clock: UsageClock;
  readonly #functions: ReadonlySet<string>;
  readonly #pieces: ReturnType<typeof piecesOfWork>;
  readonly #rhythms: RhythmReader;

  constructor(store: StoreSnapshot, configuration: Configuration, reader: StatementReader, clock: UsageClock) {
    this.#clock = clock;
    this.#store = store;
    this.#heap_bytes = new Map((store.relationStatistics ?? []).flatMap(({ schema, name, heap_bytes }) => (heap_bytes === null ? [] : [[`${schema}.${name}`, heap_bytes] as const])));
    this.#configuration = configuration;
    this.#roleSettings = new Map(store.catalog.roles.map((role) => [role.name, role]));
    this.#reader = reader;
    for (const relation of store.catalog.relations) this.#zones.set(relationKey(relation), zoneOf(relation, store, configuration));
    this.#functions = new Set(store.catalog.functions.flatMap(({ schema, name }) => [name, `${schema}.${name}`]));
    this.#pieces = piecesOfWork(store.statements);
    this.#rhythms = new RhythmReader(store, new Map(this.#pieces.map(({ row, queryIds }) => [row, queryIds])));
    // The work of what a function runs is in the entry of the statement that calls it.
    this.#totals = totalsOf(this.#pieces.map(({ row }) => row).filter(({ toplevel }) => toplevel), store.statementWindow?.block_bytes ?? 8192);
  }

  build(queries: readonly PlacedQuery[]): StoreBoundary {
    const cards = queries.map((query) => readQuery(query, this.#reader));
    const readRows = this.#pieces.map(({ row, queryIds }): JoinRow => ({ row, queryIds, read: this.#readRow(row) }));
    // What an application sends too tells nothing of dashboards.
    const ofCode = new Set(cards.filter(({ query }) => query.kind === 'appcode').flatMap(fingerprintsOf));
    const cardFingerprints = new Set(cards.flatMap(fingerprintsOf).filter((fingerprint) => !ofCode.has(fingerprint)));
    const activity = this.#activity(readRows, cardFingerprints);
    const roles = new Map([...activity].map(([role, counts]) => [role, purposeOf(role, this.#traits(role), counts, this.#configuration)]));
    const looked = readRows.filter(({ row }) => this.#looksAt(row));
    const join = joinCards({
      cards: cards.map((card) => ({ query: card.query, name: consumerName(card.query), fingerprints: new Set(fingerprintsOf(card)), relations: relationsOf(card) })),
      rows: looked,
      purposeOf: (role) => roles.get(role) ?? { purpose: 'unknown', reason: '' },
      isAnalytical: (rows) => this.#isAnalytical(rows),
      activity: this.#store.activity ?? [],
      isKnownFunction: (name) => this.#functions.has(name.join('.')),
    });
    const reads = new Map(readRows.map(({ row, read }) => [row, read]));
    const claimed = new Set([...join.claims.values()].flatMap((claims) => claims.map(({ row }) => row)));
    const accesses = [
      ...cards.flatMap((card) => this.#cardAccesses(card, join.claims.get(card.query) ?? [], reads, { roles, join })),
      ...this.#roleAccesses(looked.filter(({ row }) => !claimed.has(row)), roles, join),
    ];
    return { store: this.#store, reader: this.#reader, zones: this.#zones, totals: this.#totals, roles, activity, accesses, readRows };
  }

  #readRow(row: StatementStatistics): ReadText | null {
    if (row.text === null || row.textState === 'hidden' || row.textState === 'lost' || !this.#looksAt(row)) return null;
    const path = parseSearchPath(this.#roleSettings.get(row.role)?.settings['search_path'] ?? this.#store.catalog.settings['search_path'], row.role);
    return this.#reader.read(row.text, path);
  }

  #looksAt({ text }: StatementStatistics): boolean {
    return text === null || this.#store.looksAt === undefined || this.#store.looksAt(text);
  }

  #traits(name: string): RoleTraits {
    const { grants, relations } = this.#store.catalog;
    const role = this.#roleSettings.get(name);
    const holders = new Set([name]);
    for (const holder of holders) for (const group of this.#roleSettings.get(holder)?.memberOf ?? []) holders.add(group);
    const holdsRelations = grants.some(({ grantee }) => holders.has(grantee)) || relations.some(({ owner }) => owner !== null && holders.has(owner));
    return { superuser: role?.superuser ?? false, replication: role?.replication ?? false, memberOf: role?.memberOf ?? [], holdsRelations };
  }

  #activity(readRows: StoreBoundary['readRows'], cardFingerprints: ReadonlySet<string>): Map<string, RoleActivity> {
    const activity = new Map<string, RoleActivity>(this.#store.catalog.roles.map((role) => [role.name, noActivity()]));
    const ownLogins = this.#ownLogins(readRows);
    for (const { row, read } of readRows) {
      const counts = activity.get(row.role) ?? noActivity();
      activity.set(row.role, counts);
      counts.statements++;
      const [part] = read?.parts ?? [];
      if (!part) continue;
      if (part.resolution.base.size > 0) counts.readingRelations++;
      const facts = this.#statementFacts(part, read, row.calls > 0 ? [row] : []);
      if (cardFingerprints.has(part.fingerprint) && facts.class === 'analytical' && row.toplevel && this.#distinctness(part) === 'enough') {
        // What a tool sends under a login of its own, a person may have copied.
        if (toolOfRole(row.role) !== null || !ownLogins.has(part.fingerprint)) counts.cards++;
      }
      if (facts.class === 'analytical') counts.analytical++;
      if (facts.class === 'operational' && facts.writes.length > 0) counts.operationalWrites++;
    }
    return activity;
  }

  /** Texts that roles which are named after a tool send. */
  #ownLogins(readRows: StoreBoundary['readRows']): Set<string> {
    return new Set(readRows.flatMap(({ row, read }) => (toolOfRole(row.role) === null ? [] : (read?.parts[0]?.fingerprint ?? []))));
  }

  #distinctness({ statement }: ReadPart): Distinctness {
    return distinctnessOf(statement, (name) => this.#functions.has(name.join('.')));
  }

  #isAnalytical(entries: readonly JoinRow[]): boolean {
    const [part] = entries[0]?.read?.parts ?? [];
    return part !== undefined && this.#statementFacts(part, null, entries.map(({ row }) => row)).class === 'analytical';
  }

  #cardAccesses(
    { query, variants }: ReadQuery,
    claims: readonly Claim[],
    reads: ReadonlyMap<StatementStatistics, ReadText | null>,
    around: Around,
  ): Access[] {
    const done = new Set<string>();
    const stored = variants.flatMap((read): Access[] => {
      if (read.parts.length === 0) return [this.#cardAccess(query, read, null, [], around)];
      return read.parts.flatMap((part): Access[] => {
        if (done.has(part.fingerprint)) return [];
        done.add(part.fingerprint);
        const own = claims.filter(({ row, sameText }) => sameText && reads.get(row)?.parts[0]?.fingerprint === part.fingerprint);
        return [this.#cardAccess(query, read, part, own, around)];
      });
    });
    return [...stored, ...this.#renderedAccesses(query, claims.filter(({ sameText }) => !sameText), reads, around)];
  }

  /** What a comment names a card for although its text is another one: a model that is built, an edit since. */
  #renderedAccesses(query: PlacedQuery, claims: readonly Claim[], reads: ReadonlyMap<StatementStatistics, ReadText | null>, around: Around): Access[] {
    const groups = new Map<string, Claim[]>();
    for (const claim of claims) {
      const key = reads.get(claim.row)?.parts[0]?.fingerprint ?? claim.row.text ?? '';
      groups.set(key, [...(groups.get(key) ?? []), claim]);
    }
    return [...groups.values()].flatMap((own) => {
      const read = own[0] ? reads.get(own[0].row) : null;
      return read ? [this.#cardAccess(query, read, read.parts[0] ?? null, own, around)] : [];
    });
  }

  #cardAccess(query: PlacedQuery, read: ReadText, part: ReadPart | null, claims: readonly Claim[], around: Around): Access {
    const rows = claims.map(({ row }) => row);
    const name = consumerName(query);
    const role = rows[0] ? this.#role(rows[0].role, around.roles) : null;
    const consumer = extractCard({ query, name, owner: ownerOf(query, name, this.#configuration), role, seen: claims.some(isSure), last_used_days: lastUsedDays(query, this.#clock) });
    const rhythm = this.#rhythms.of(rows, query.schedule);
    const applications = heardOf(rows.flatMap((row) => around.join.senders.get(row) ?? [])).applications;
    const sender: Sender = { role: role?.name ?? '', purpose: role?.purpose ?? 'unknown', applications, card: name, tool: query.kind };
    const statement = part ? this.#statementFacts(part, read, rows, { rhythm, sender }) : extractUnparsed(read.text);
    return { query, consumer, text: read.text, statement, cost: extractCost(rows, this.#totals), part, rows, rhythm, links: linksOfClaims(claims), doubtful: claims.filter(({ doubtful }) => doubtful).map(({ row }) => row) };
  }

  #roleAccesses(unclaimed: StoreBoundary['readRows'], roles: ReadonlyMap<string, PurposeAssignment>, { senders }: Join): Access[] {
    const groups = new Map<string, StoreBoundary['readRows']>();
    for (const entry of unclaimed) {
      const key = `${entry.row.role}\n${entry.read?.parts[0]?.fingerprint ?? entry.row.queryId ?? ''}`;
      groups.set(key, [...(groups.get(key) ?? []), entry]);
    }
    return [...groups.values()].flatMap((entries) => {
      const [first] = entries;
      if (!first) return [];
      const rows = entries.map(({ row }) => row);
      const [part] = first.read?.parts ?? [];
      const role = this.#role(first.row.role, roles);
      const heard = heardOf(rows.flatMap((row) => senders.get(row) ?? []));
      const rhythm = this.#rhythms.of(rows, null);
      const [application] = heard.applications;
      const sender: Sender = { role: role.name, purpose: role.purpose, applications: heard.applications, card: null, tool: application === undefined ? toolOfRole(role.name) : toolOfApplication(application) };
      const statement = part ? this.#statementFacts(part, first.read, rows, { rhythm, sender }) : extractUnparsed(first.row.text ?? '');
      return [{ query: null, consumer: extractRole(role, heard), text: first.row.text ?? '', statement, cost: extractCost(rows, this.#totals), part: part ?? null, rows, rhythm, links: [], doubtful: [] }];
    });
  }

  #role(name: string, roles: ReadonlyMap<string, PurposeAssignment>): { name: string; purpose: PurposeAssignment['purpose']; owner: string | null } {
    const known = roles.get(name);
    return { name, purpose: known?.purpose ?? 'unknown', owner: known?.owner ?? null };
  }

  /** Purposes of roles are guessed from classes: these are worked out without anything about the sender, and once more with it. */
  #statementFacts(part: ReadPart, read: ReadText | null, rows: readonly StatementStatistics[], { rhythm, sender }: { rhythm: Rhythm | null; sender: Sender | null } = ANYBODY): StatementFacts {
    const cost = extractCost(rows, this.#totals);
    return extractStatement({
      ...part,
      text: read?.text ?? '',
      status: read?.status ?? 'parsed',
      index: this.#reader.index,
      thresholds: this.#configuration.thresholds,
      cost,
      heap_bytes: this.#heap_bytes,
      rhythm,
      sender,
      isInternal: (relation) => this.#store.role !== 'warehouse' && this.#zones.get(relation)?.zone === 'internal',
    });
  }
}

const ANYBODY = { rhythm: null, sender: null };

/** What the accesses of all cards share. */
interface Around {
  roles: ReadonlyMap<string, PurposeAssignment>;
  join: Join;
}

const noActivity = (): RoleActivity => ({ cards: 0, analytical: 0, operationalWrites: 0, statements: 0, readingRelations: 0 });

function fingerprintsOf({ variants }: ReadQuery): string[] {
  return variants.flatMap((read) => read.parts.map((part) => part.fingerprint));
}

/** Neither in doubt nor shared with cards that it may be as well. */
function isSure({ doubtful, links: [first] }: Claim): boolean {
  return !doubtful && first !== undefined && first.confidence > SHARED;
}

function relationsOf({ variants }: ReadQuery): Set<string> {
  return new Set(variants.flatMap(({ parts }) => parts.flatMap(({ resolution }) => [...resolution.base])));
}
