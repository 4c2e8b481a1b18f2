import type { ReconcilePair, ReconcileSide } from '../../model/configuration.js';
import type { DescribedColumn, DescribedSource } from '../../stores/description.js';
import { expressionsOf } from '../../stores/expressions/index.js';
import { describe } from '../../stores/index.js';
import type { LiveSession } from '../../stores/live.js';
import { plainText } from '../../text/plain-text.js';
import { PairProblem, placeOf, problemOf } from '../problem.js';
import { chooseColumns, chooseKey, planned, requiredColumn, type Described } from './columns.js';
import { definitionsDeadline, relationNamed } from './definitions.js';
import { deletedMark } from './loader-columns.js';
import { planScan } from './scan-plan.js';
import type { DeletedRule, PairPlan, PlannedColumn, PlannedSide, Which } from './types.js';

/**
 * Looks up both sides of a pair and decides what is compared and how it is read. Reads definitions and the planner's figures,
 * no rows.
 * @throws PairProblem where the pair cannot be compared; StoreLost; an abort's reason.
 */
export async function planPair(pair: ReconcilePair, sessions: { source: LiveSession; target: LiveSession }): Promise<PairPlan> {
  const source = await describedSide(pair.source, sessions.source);
  const target = await describedSide(pair.target, sessions.target);
  const deleted = { source: deletedRule(pair.source, source), target: deletedRule(pair.target, target) };
  const { key, unique } = chooseKey(pair, source, target);
  const marks = [deleted.source, deleted.target].flatMap((rule) => (rule === null ? [] : [rule.column]));
  const { columns, leftOut } = chooseColumns(pair, source, target, key, marks);
  const order = key.length === 1 && key[0]?.sourceForm.kind === 'integer' && key[0].targetForm.kind === 'integer' ? 'range' : 'digest';
  const { notes, ...extra } = timesOf(pair, source, target);
  const side = (which: Which, described: Described): PlannedSide => unscanned(pair[which], which, described, deleted[which], sessions[which]);
  const plan: PairPlan = {
    pair,
    source: side('source', source),
    target: side('target', target),
    key,
    columns,
    leftOut,
    order,
    unique,
    watermark: pair.watermark,
    ...extra,
    notes: [...notes, ...notesOf(deleted), ...hiddenNotes(source, target)],
  };
  for (const which of ['target', 'source'] as const) {
    try {
      await planScan(plan, which, pair[which], sessions[which]);
    } catch (error) {
      throw problemOf(plan[which].place, sessions[which].identity().role, error);
    }
  }
  return plan;
}

async function describedSide(side: ReconcileSide, session: LiveSession): Promise<Described> {
  const place = placeOf(side.store, side.relation);
  const { version_min } = expressionsOf(session.engine);
  if (version_min !== undefined && session.version_num < version_min.num) {
    const { version } = session.identity();
    throw new PairProblem(`${place}: version ${plainText(version, 30)} lacks functions that digests need; ${version_min.name} or later has them`, 'Compare counts by business period only, or upgrade the store.');
  }
  const what: DescribedSource = side.query === null ? relationNamed(side.relation) : { query: side.query };
  let relation;
  try {
    relation = await describe(session, what, definitionsDeadline(session));
  } catch (error) {
    throw problemOf(place, session.identity().role, error);
  }
  if (relation === null && side.query !== null) throw new PairProblem(`${place}: the store does not tell the columns of a query`, 'Make it a view, and name that as the relation.');
  if (relation === null) throw new PairProblem(`${place} does not exist`, "Correct the pair's relation in tidemark.yaml; it is schema.name, letters by case.");
  if (relation.hidesRows) {
    throw new PairProblem(
      `${place} hides rows from tidemark by row-level security, so keys would seem to be missing`,
      'Let a role that sees all rows do the reconciliation (BYPASSRLS, or a policy with USING (true) for it).',
    );
  }
  return { place, store: side.store, engine: session.engine, relation };
}

function unscanned(side: ReconcileSide, which: Which, { place, relation }: Described, deleted: DeletedRule | null, session: LiveSession): PlannedSide {
  const x = expressionsOf(session.engine);
  const from = side.query === null ? `${x.relation(relationNamed(side.relation))} as t${relation.suffix}` : `(\n${side.query.replace(/[\s;]+$/, '')}\n) as t`;
  return {
    which,
    store: side.store,
    engine: session.engine,
    version_num: session.version_num,
    place,
    from,
    kind: relation.kind,
    deleted,
    living: deleted === null ? null : livingCondition(`t.${x.name(deleted.column)}`, deleted.by),
    indexed: false,
    file: null,
    rows_expected: null,
    scan: { by: 'whole' },
  };
}

/** The column that marks deleted rows: that of the configuration, or of a loader. @throws PairProblem */
function deletedRule(side: ReconcileSide, described: Described): DeletedRule | null {
  const found = side.deleted_column === null ? deletedMark(described.relation.columns) : { column: requiredColumn(described, side.deleted_column), convention: null };
  if (found === null) return null;
  const { column, convention } = found;
  const by = marksBy(described, column);
  if (by !== null) return { column: column.name, by, convention };
  if (convention !== null) return null;
  throw new PairProblem(`${described.place}: column ${plainText(column.name, 63)} is of type ${plainText(column.type, 63)}, which marks no deleted rows`, 'Name a boolean, or a time that is null for living rows, as `deleted_column`.');
}

function marksBy(described: Described, column: DescribedColumn): DeletedRule['by'] | null {
  const form = expressionsOf(described.engine).formOf(column.type);
  if (form === null) return null;
  // Airbyte writes the time of a delete as text in some destinations.
  if (form.kind === 'text') return /_at$/i.test(column.name) ? 'set' : 'text';
  const by: Partial<Record<typeof form.kind, DeletedRule['by']>> = { boolean: 'true', integer: 'nonzero', timestamp: 'set', date: 'set' };
  return by[form.kind] ?? null;
}

function livingCondition(column: string, by: DeletedRule['by']): string {
  if (by === 'true') return `coalesce(${column}, false) = false`;
  if (by === 'text') return `coalesce(lower(${column}), '') <> 'true'`;
  return by === 'nonzero' ? `coalesce(${column}, 0) = 0` : `${column} is null`;
}

function timesOf(pair: ReconcilePair, source: Described, target: Described): { changed: PlannedColumn | null; time: PlannedColumn | null; notes: string[] } {
  const notes: string[] = [];
  const { watermark } = pair;
  let changed: PlannedColumn | null = null;
  if (watermark?.source != null) {
    const column = planned(source, target, { source: watermark.source, target: watermark.target, decimals: null });
    if ('because' in column) notes.push(`${plainText(column.source, 63)} tells nothing of how far the target is: ${column.because}`);
    else changed = column;
  }
  let time: PlannedColumn | null = null;
  if (pair.source.time_column !== null && pair.target.time_column !== null) {
    const column = planned(source, target, { source: pair.source.time_column, target: pair.target.time_column, decimals: null });
    if (!('because' in column) && ['date', 'timestamp'].includes(column.sourceForm.kind) && ['date', 'timestamp'].includes(column.targetForm.kind)) time = column;
  }
  return { changed, time, notes };
}

function notesOf(deleted: Record<Which, DeletedRule | null>): string[] {
  const notes: string[] = [];
  for (const rule of [deleted.source, deleted.target]) {
    if (rule?.convention != null) notes.push(`rows that ${rule.convention} marks as deleted (${plainText(rule.column, 63)}) are left out`);
  }
  return notes;
}
function hiddenNotes(...sides: Described[]): string[] {
  return sides
    .filter(({ relation }) => relation.policiesUnknown === true)
    .map(({ store }) => `whether row policies of ${plainText(store, 60)} hide rows from tidemark could not be found out: keys that seem to be missing there may be hidden`);
}

export { statementsOf, type ExplainedStatement } from './explain.js';
