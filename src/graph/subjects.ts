import type { FactsOf } from '../facts/schema.js';
import type { ConsumerFacts } from '../facts/consumer.js';
import type { schema as relationSchema } from '../facts/relation.js';
import type { Subject } from '../facts/subjects.js';
import { extract as extractCost } from '../facts/cost.js';
import type { Access, StoreBoundary } from './boundary.js';
import { standIns } from './contracts.js';
import { exposureSubjects } from './exposure-subjects.js';
import { PresentValues } from './history.js';
import { InternalSources } from './internal-sources.js';
import { pressureSubjects } from './pressure-subjects.js';
import { reverseEtlWord } from './role-purpose.js';
import { roleSubjects } from './role-subjects.js';
import { type Facts, type SubjectInput, subject } from './subject.js';
import { WarehouseAuthority } from './warehouse-authority.js';

/** What is counted once over all statements of a store. */
interface Readers {
  /** How many cards read a relation by its name. */
  readers: ReadonlyMap<string, number>;
  columns: ReadonlyMap<string, ReadonlySet<string>>;
  /** How many statements each role, or each file of code, writes to internal relations by key. */
  writes: ReadonlyMap<string, number>;
  authority: WarehouseAuthority;
  present: PresentValues;
  hidden: InternalSources;
}

export function subjectsOf(input: SubjectInput): Subject[] {
  const { boundary } = input;
  const readers: Readers = {
    readers: directReaders(boundary), columns: columnsByConsumer(boundary), writes: operationalWrites(boundary),
    authority: new WarehouseAuthority(boundary, input.stores ?? [boundary.store]),
    present: new PresentValues(boundary),
    hidden: new InternalSources(boundary),
  };
  return [
    ...boundary.accesses.flatMap((access) => [
      accessSubject(access, input, readers),
      ...readingSubjects(access, input, readers),
      ...exposureSubjects(access, input, base(access, input, readers)),
    ]),
    ...cardSubjects(input),
    ...roleSubjects(input),
    ...pressureSubjects(input),
    subject('store', { store: input.facts }, { consumer: '', owner: null, store: boundary.store.name, relation: '', locations: [] }),
  ];
}

function base(access: Access, input: SubjectInput, { writes }: Readers): { facts: Facts; rest: Omit<Subject, 'subject' | 'facts' | 'relation'> } {
  const { statement, cost, query } = access;
  const consumer: ConsumerFacts = {
    ...access.consumer,
    role_purpose_reason: input.boundary.roles.get(access.consumer.role)?.reason ?? '',
    operational_writes: writes.get(writerOf(access)) ?? 0,
    reverse_etl: [access.consumer.role, ...access.consumer.applications].map(reverseEtlWord).find((word) => word !== '') ?? '',
  };
  return {
    facts: { statement, cost, consumer, store: input.facts },
    rest: {
      consumer: consumer.name,
      owner: consumer.owner === '' ? null : consumer.owner,
      store: input.boundary.store.name,
      locations: query ? [query.origin] : [],
      ...(access.links.length > 0 ? { links: access.links } : {}),
    },
  };
}

/** Who is taken for one writer: a role, and code of which no role is known by its file. */
function writerOf({ consumer, query }: Access): string {
  return consumer.role === '' && query ? `file ${query.origin.file}` : `role ${consumer.role}`;
}

function operationalWrites({ accesses }: StoreBoundary): Map<string, number> {
  const writes = new Map<string, number>();
  for (const access of accesses) {
    const { statement } = access;
    if (statement.class !== 'operational' || statement.internal_writes.length === 0) continue;
    writes.set(writerOf(access), (writes.get(writerOf(access)) ?? 0) + 1);
  }
  return writes;
}

function accessSubject(access: Access, input: SubjectInput, readers: Readers): Subject {
  const { facts, rest } = base(access, input, readers);
  return subject('access', facts, { ...rest, relation: heaviestRelation(access, input.boundary) });
}

/** One subject for each card: what it costs is the sum of what its statements cost, entries that two of them share counted once. */
function cardSubjects({ boundary, facts }: SubjectInput): Subject[] {
  const cards = new Map<string, Access[]>();
  for (const access of boundary.accesses) {
    if (access.query) cards.set(access.consumer.name, [...(cards.get(access.consumer.name) ?? []), access]);
  }
  return [...cards].flatMap(([name, accesses]) => {
    const [first] = accesses;
    if (!first?.query) return [];
    const seen = accesses.find(({ rows }) => rows.length > 0) ?? first;
    const rows = new Set(accesses.flatMap((access) => access.rows));
    const { consumer, query } = seen;
    const owner = consumer.owner === '' ? null : consumer.owner;
    const links = [...new Map(accesses.flatMap((access) => access.links).map((link) => [JSON.stringify(link), link])).values()];
    return [subject('card', { consumer, cost: extractCost([...rows], boundary.totals), store: facts }, {
      consumer: name, owner, store: boundary.store.name, relation: '', locations: query ? [query.origin] : [], ...(links.length > 0 ? { links } : {}),
    })];
  });
}

/** Whose writes into the application's tables are a finding, whatever they read. */
const ANALYSTS: ReadonlySet<string> = new Set(['reporting', 'loader', 'person']);

/** The largest relation that a statement reads: what its cost is about. Of one that writes where it must not, what it writes. */
function heaviestRelation({ part, statement, consumer }: Access, boundary: StoreBoundary): string {
  const [written] = statement.internal_writes;
  if (written !== undefined && ANALYSTS.has(consumer.role_purpose)) return wholeTable(written, boundary);
  const sizes = [...(part?.resolution.base ?? [])].map((key) => ({ key, size_bytes: boundary.reader.index.get(key)?.size_bytes ?? 0 }));
  sizes.sort((a, b) => b.size_bytes - a.size_bytes || (a.key < b.key ? -1 : 1));
  const heaviest = sizes[0]?.key ?? statement.writes[0] ?? '';
  return wholeTable(heaviest, boundary);
}

/** How many cards read each relation by its name. */
function directReaders({ accesses }: StoreBoundary): Map<string, number> {
  const readers = new Map<string, Set<string>>();
  for (const { part, consumer } of accesses) {
    if (consumer.kind !== 'card') continue;
    for (const key of part?.resolution.direct.keys() ?? []) readers.set(key, (readers.get(key) ?? new Set()).add(consumer.name));
  }
  return new Map([...readers].map(([key, names]) => [key, names.size]));
}

/** The columns that each consumer refers to of each relation, over all its statements and variants. */
function columnsByConsumer({ accesses }: StoreBoundary): Map<string, Set<string>> {
  const columns = new Map<string, Set<string>>();
  for (const { part, consumer } of accesses) {
    for (const [key, names] of part?.resolution.direct ?? []) {
      const known = columns.get(`${consumer.name}\n${key}`) ?? new Set();
      for (const name of names) known.add(name);
      columns.set(`${consumer.name}\n${key}`, known);
    }
  }
  return columns;
}

function readingSubjects(access: Access, input: SubjectInput, counted: Readers): Subject[] {
  const { boundary, contracts } = input;
  const { readers, columns, authority, present, hidden } = counted;
  const { facts, rest } = base(access, input, counted);
  return [...(access.part?.resolution.direct.keys() ?? [])].flatMap((key) => {
    const relation = boundary.reader.index.get(key);
    const zone = boundary.zones.get(key);
    if (!relation || !zone) return [];
    const used = [...(columns.get(`${access.consumer.name}\n${key}`) ?? [])].sort();
    // A contract is a view of the whole table; its partitions are how the table is stored.
    const stand = standIns(wholeTable(key, boundary), used, contracts);
    const { sources, risks, confidence } = authority.sourcesOf(key);
    const foreign = authority.foreignTable(key);
    const overwritten = present.groupsOf(access, key);
    const relationFacts: FactsOf<typeof relationSchema> = {
      name: key,
      zone: zone.zone,
      zone_reason: zone.reason,
      kind: relation.kind.replaceAll('_', ' '),
      rows: relation.rows ?? Number.NaN,
      size_bytes: relation.size_bytes ?? Number.NaN,
      columns_used: used,
      contracts: stand.whole,
      partial_contracts: stand.partial,
      missing_columns: stand.missing,
      internal_sources: hidden.of(key),
      foreign_server: foreign?.server ?? '',
      foreign_host: foreign?.host ?? '',
      warehouse_sources: sources,
      authority_risks: risks,
      authority_confidence: sources.length > 0 ? confidence : Number.NaN,
      readers: readers.get(key) ?? 0,
      overwritten_groups: overwritten.map(({ column }) => column),
      overwritten_by: [...new Set(overwritten.flatMap(({ writers }) => writers))].toSorted(),
    };
    return [subject('reading', { ...facts, relation: relationFacts }, { ...rest, relation: wholeTable(key, boundary) })];
  });
}

/** The partitioned table of a partition. A report that reads this month's partition is the same finding next month. */
function wholeTable(key: string, { reader }: StoreBoundary): string {
  let table = key;
  for (let parent = reader.index.get(key)?.partitionOf; parent; parent = reader.index.get(parent)?.partitionOf) table = parent;
  return table;
}
