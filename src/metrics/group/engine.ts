import type { Catalog } from '../../model/catalog.js';
import type { MetricComparison } from '../../model/metric-verdict.js';
import { ScratchError } from '../../model/scratch-engine.js';
import type { Parse } from '../../sql/parse/front-end.js';
import { createPostgresParser } from '../../sql/parse/postgres.js';
import type { DialectId } from '../../sql/dialect.js';
import type { ComparisonLimits, MetricContext } from '../context.js';
import type { Definition, MetricSchema } from '../definition.js';
import { compareDefinitions, type SpaceSupplier } from '../verdict/index.js';
import { differenceByRows } from './by-rows.js';
import { turned } from './report.js';
import type { Compare, PreparedClaim } from './compared.js';
import type { ClaimGroup } from './group.js';
import { EMPTY, partOf, pathTo, withAsserted } from './group-schema.js';
import { ENGINES, Room } from './room.js';

/** What all groups of one analysis share. */
export interface Shared {
  /** What may still be done. */
  left: ComparisonLimits;
  /** What proofs use, by the relations that a group reads. */
  schemas: Map<string, MetricSchema>;
}

/** The comparison of what one group defines. */
export interface GroupComparison {
  compare: Compare;
  /** Closes the space of the engine, if one was opened. */
  close(): Promise<void>;
}

/** Dialects in which plain conditions on a row mean what they mean in PostgreSQL: texts are compared letter by letter, '' is not NULL. */
const PLAIN_ROWS = new Set<DialectId>(['postgres', 'redshift', 'duckdb', 'snowflake', 'bigquery', 'databricks', 'spark', 'trino', 'athena']);

/**
 * The comparison of definitions over the relations of one group: by proofs, in an engine of their dialect where proofs do not
 * tell all, and where there is none by the rows that conditions on one relation choose. All comparisons of the group share one space.
 */
export function comparisonIn({ group, claims, context, shared }: { group: ClaimGroup; claims: readonly PreparedClaim[]; context: MetricContext; shared: Shared }): GroupComparison {
  const relations = new Set(claims.flatMap(({ claim }) => (claim.store === group.store ? claim.relations : [])));
  const whole = context.catalogOf(group.store) ?? EMPTY;
  const { left } = shared;
  const room = new Room(group.store, context, { catalog: whole, relations: [...relations], path: pathTo(relations, whole) });
  const searches = left.searches > 0;
  let searched = false;
  const compare: Compare = async (definitions, { names }) => {
    const pairs = (definitions.length * (definitions.length - 1)) / 2;
    if (pairs > left.pairs) return notCompared();
    left.pairs -= pairs;
    const parse = await createPostgresParser();
    const [dialect = 'postgres', another] = new Set(definitions.map((definition) => definition.dialect));
    const schema = provedSchema({ relations, whole, dialect, store: group.store }, context, shared);
    const options = { names, ...(context.depth === 'replay' ? { depth: 'replay' as const, search: searches, milliseconds: REPLAY_MS } : {}) };
    const missing = missingEngine(context, dialect, another) ?? (left.spaces > 0 || room.isOpen ? null : '');
    if (missing === null) {
      try {
        const supplier = await supplierIn(room, dialect, context.depth);
        const compared = await compareDefinitions(definitions, schema, supplier, parse, options);
        searched ||= room.isOpen && anyPair(definitions.length, (a, b) => compared.pair(a, b).bound !== null);
        if (room.fault === null) return { ...compared, pair: (a, b) => room.doubted(compared.pair(a, b)) };
      } catch (error) {
        if (!(error instanceof ScratchError)) throw error;
        room.failed(error);
      }
    }
    return withoutEngine(await compareDefinitions(definitions, schema, null, parse, options), definitions, { schema, parse, names, missing: missing ?? room.fault ?? '' });
  };
  const close = async (): Promise<void> => {
    if (room.isOpen) left.spaces -= 1;
    if (searched) left.searches -= 1;
    await room.close();
  };
  return { compare, close };
}

function anyPair(count: number, is: (a: number, b: number) => boolean): boolean {
  for (let b = 1; b < count; b += 1) for (let a = 0; a < b; a += 1) if (is(a, b)) return true;
  return false;
}

/** Of all that is replayed for one group, the start of an engine on a busy machine among it. */
const REPLAY_MS = 15_000;

/** In full every pair is searched, so that the space is made before any time runs; else it is made when something must be run. */
async function supplierIn(room: Room, dialect: DialectId, depth: MetricContext['depth']): Promise<SpaceSupplier> {
  if (depth !== 'replay') await room.workspace(dialect);
  return () => room.workspace(dialect);
}

/** One for all groups that read the same, so that what is worked out of it once is known. */
function provedSchema({ relations, whole, dialect, store }: { relations: ReadonlySet<string>; whole: Catalog; dialect: DialectId; store: string }, context: MetricContext, { schemas }: Shared): MetricSchema {
  const key = JSON.stringify([store, dialect, ...[...relations].toSorted()]);
  const known = schemas.get(key);
  if (known !== undefined) return known;
  const schema = withAsserted({ catalog: partOf(whole, relations), searchPath: pathTo(relations, whole)(dialect), ddl: '', late: '', failures: [] }, context.assertedOf?.(store) ?? []);
  schemas.set(key, schema);
  return schema;
}

/** Why nothing is searched, '' where nobody asked for it; null where an engine can be asked for. */
function missingEngine({ scratch }: MetricContext, dialect: DialectId, another: DialectId | undefined): string | null {
  if (another !== undefined) return 'They are written for different engines, so that nothing was searched.';
  if (!ENGINES.has(dialect)) return `Nothing was searched, since no engine of ${dialect} can be started here.`;
  return scratch === undefined ? '' : null;
}

function notCompared(): Awaited<ReturnType<Compare>> {
  const comparison: MetricComparison = { verdict: 'undecided', kind: null, cosmetic: false, restsOn: [], underAsserted: [], witness: null, region: null, bound: null, by: 'none', why: 'not compared' };
  return { unsupported: [], partial: 'its definitions were not compared, since an audit compares those that most consumers show: tidemark metrics compares all', pair: () => comparison };
}

/** What proofs leave open, told by the rows that conditions on one relation choose. */
async function withoutEngine(compared: Awaited<ReturnType<Compare>>, definitions: readonly Definition[], { schema, parse, names, missing }: { schema: MetricSchema; parse: Parse; names: readonly string[]; missing: string }): Promise<Awaited<ReturnType<Compare>>> {
  const told = new Map<string, MetricComparison>();
  for (const [a, first] of definitions.entries()) {
    for (const [b, second] of definitions.entries()) {
      if (a >= b || told.size >= TOLD_MAX || first.dialect !== second.dialect || !PLAIN_ROWS.has(first.dialect) || compared.pair(a, b).verdict !== 'undecided') continue;
      const difference = await differenceByRows(first, second, [names[a] ?? 'A', names[b] ?? 'B'], schema, parse);
      if (difference !== null) told.set(`${a},${b}`, { ...difference, underAsserted: compared.pair(a, b).underAsserted });
    }
  }
  const pair = (a: number, b: number): MetricComparison => {
    const known = told.get(`${Math.min(a, b)},${Math.max(a, b)}`);
    if (known !== undefined) return a < b ? known : turned(known);
    const proved = compared.pair(a, b);
    return proved.verdict === 'undecided' ? { ...proved, why: `${names[a] ?? 'A'} and ${names[b] ?? 'B'} could not be compared: ${[proved.why, missing].filter((text) => text !== '').join(' ')}` } : proved;
  };
  return { ...compared, pair };
}

/** Pairs of one group that are looked at without an engine. */
const TOLD_MAX = 100;
