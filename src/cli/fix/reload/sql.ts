import type { PairReport } from '../../../model/reconciliation.js';
import type { Engine } from '../../../model/store.js';
import type { DeletedRule, PairPlan, PlannedColumn } from '../../../reconcile/keys/types.js';
import type { EngineExpressions } from '../../../stores/expressions/expression.js';
import { conditionOf, type Scope } from './scope.js';
import { exported, imported, RELOAD_ENGINES } from './engines.js';
import { keptColumns } from './kept.js';

/** What a person would run to make one target hold what its source holds. Nothing of it is run. */
export interface ReloadScript {
  scope: Scope['by'];
  /** Confirmed keys that it mends. */
  keys: number;
  source: { store: string; engine: Engine; /** In their order; each without its semicolon. */ statements: string[] };
  target: { store: string; engine: Engine; statements: string[] };
  /** What to know before it is run; one line each. */
  notes: string[];
}

/** How the two sides are written. */
export interface Spelling {
  source: EngineExpressions;
  target: EngineExpressions;
}

/** The name of the stage: nobody's table is called so. */
const STAGE = 'tidemark_reload';

/**
 * Extraction from the source and, on the target, delete and insert in one transaction where the engine has one. Rows that are only too
 * many are marked deleted where the target marks its deletes.
 */
export function reloadScript(report: PairReport, plan: PairPlan, scope: Scope, spelling: Spelling, targetColumns: readonly string[]): ReloadScript {
  const [source, target] = [plan.source.engine, plan.target.engine];
  const file = `${fileName(plan.pair.name)}.csv`;
  const filled = [...plan.key, ...plan.columns];
  const fills = scope.by !== 'keys' || scope.fill.length > 0;
  const known = new Set(filled.map((column) => column.target.toLowerCase()));
  const unfilled = fills ? targetColumns.filter((column) => !known.has(column.toLowerCase()) && (plan.target.deleted?.by === 'set' || column.toLowerCase() !== plan.target.deleted?.column.toLowerCase())) : [];
  const keys = scope.by === 'keys' ? new Set(scope.remove.map((key) => JSON.stringify(key))).size : report.counts.reduce((sum, one) => sum + (one.standing === 'confirmed' ? one.keys : 0), 0);
  return {
    scope: scope.by,
    keys,
    source: { store: plan.source.store, engine: source, statements: fills ? [RELOAD_ENGINES[source].extract(selectOf(plan, scope, filled, spelling), file)] : [] },
    target: { store: plan.target.store, engine: target, statements: targetStatements({ plan, scope, filled, unfilled, spelling, file, fills }) },
    notes: notesOf({ report, plan, scope, fills, unfilled, file }),
  };
}

function selectOf(plan: PairPlan, scope: Scope, filled: readonly PlannedColumn[], { source }: Spelling): string {
  const engines = { source: plan.source.engine, target: plan.target.engine };
  const columns = filled.map((column) => {
    const value = exported(column, engines, source);
    const name = source.name(column.target);
    return value === name ? value : `${value} AS ${name}`;
  });
  const condition = conditionOf(scope, scope.by === 'keys' ? scope.fill : [], 'source', plan, source);
  return `SELECT ${columns.join(', ')} FROM ${fromOf(plan, 'source', source)}${where([condition, plan.source.living])}`;
}

/** Without the alias that the comparison needs: its conditions are written for it, so it is kept. */
function fromOf(plan: PairPlan, which: 'source' | 'target', expressions: EngineExpressions): string {
  return which === 'source' ? plan.source.from : relationOf(plan, expressions);
}

function relationOf({ pair }: PairPlan, expressions: EngineExpressions): string {
  const { relation } = pair.target;
  const point = relation.indexOf('.');
  return expressions.relation({ schema: relation.slice(0, point), name: relation.slice(point + 1) });
}

function where(conditions: readonly (string | null)[]): string {
  const all = conditions.filter((condition) => condition !== null && condition !== '');
  return all.length === 0 ? '' : `\nWHERE ${all.map((condition) => (all.length > 1 ? `(${condition})` : condition)).join('\n  AND ')}`;
}

interface TargetInput {
  plan: PairPlan;
  scope: Scope;
  filled: readonly PlannedColumn[];
  /** Columns of the target that the file does not have. */
  unfilled: readonly string[];
  spelling: Spelling;
  file: string;
  fills: boolean;
}

function targetStatements({ plan, scope, filled, unfilled, spelling: { target }, file, fills }: TargetInput): string[] {
  const engines = { source: plan.source.engine, target: plan.target.engine };
  const engine = RELOAD_ENGINES[engines.target];
  const relation = relationOf(plan, target);
  const columns = filled.map((column) => target.name(column.target));
  const stage = fills ? engine.stage(STAGE, relation, columns, file) : [];
  const values = filled.map((column) => imported(column, engines, target));
  const kept = keptColumns(plan, scope, { stage: STAGE, unfilled, target });
  const mark = notDeleted(plan, target);
  const insertion = (others: readonly string[], from: string): string => `INSERT INTO ${relation} (${[...columns, ...mark.columns, ...others].join(', ')})\nSELECT ${[...values, ...mark.values, ...others].join(', ')} FROM ${from}`;
  const insert = !fills ? [] : kept === null ? [insertion([], STAGE)] : [insertion(kept.columns, kept.from), insertion([], kept.others)];
  const changes = [...removals(plan, scope, relation, target), ...insert];
  const { transaction } = engine;
  const drop = fills ? [engines.target === 'databricks' ? `DROP VIEW ${STAGE}` : `DROP TABLE ${STAGE}`, ...(kept === null ? [] : [kept.drop])] : [];
  // Before the transaction: a CREATE ends one in Snowflake.
  return [...stage, ...(kept === null ? [] : [kept.create]), ...(transaction === null ? changes : [transaction.begin, ...changes, transaction.commit]), ...drop];
}

/** Who reads `WHERE NOT _fivetran_deleted` does not see a row in which it is NULL. */
function notDeleted({ target: { deleted } }: PairPlan, expressions: EngineExpressions): { columns: string[]; values: string[] } {
  if (deleted === null || deleted.by === 'set') return { columns: [], values: [] };
  return { columns: [expressions.name(deleted.column)], values: [{ true: 'false', text: "'false'", nonzero: '0' }[deleted.by]] };
}

/** What is filled anew goes first; what is only too many goes too, or is marked. */
function removals(plan: PairPlan, scope: Scope, relation: string, target: EngineExpressions): string[] {
  const { deleted, engine } = plan.target;
  if (scope.by !== 'keys') {
    const condition = conditionOf(scope, [], 'target', plan, target);
    return [`DELETE FROM ${relation}${where([condition ?? (engine === 'postgres' || engine === 'duckdb' ? null : '1 = 1')])}`];
  }
  if (deleted === null) return [`DELETE FROM ${relation}${where([conditionOf(scope, scope.remove, 'target', plan, target)])}`];
  const filled = new Set(scope.fill.map((key) => JSON.stringify(key)));
  const marked = scope.remove.filter((key) => !filled.has(JSON.stringify(key)));
  return [
    ...(scope.fill.length === 0 ? [] : [`DELETE FROM ${relation}${where([conditionOf(scope, scope.fill, 'target', plan, target)])}`]),
    ...(marked.length === 0 ? [] : [markedDeleted(relation, deleted, conditionOf(scope, marked, 'target', plan, target) ?? '1 = 0', plan, target)]),
  ];
}

function markedDeleted(relation: string, { column, by }: DeletedRule, condition: string, { target: { engine } }: PairPlan, expressions: EngineExpressions): string {
  const value = { true: 'true', text: "'true'", nonzero: '1', set: RELOAD_ENGINES[engine].now }[by];
  return engine === 'clickhouse'
    ? `ALTER TABLE ${relation} UPDATE ${expressions.name(column)} = ${value} WHERE ${condition}`
    : `UPDATE ${relation} SET ${expressions.name(column)} = ${value}${where([condition])}`;
}

interface NotesInput {
  report: PairReport;
  plan: PairPlan;
  scope: Scope;
  fills: boolean;
  unfilled: readonly string[];
  file: string;
}

const COLUMNS_MAX = 12;

function notesOf({ report, plan, scope, fills, unfilled, file }: NotesInput): string[] {
  const open = report.counts.reduce((sum, one) => sum + (one.standing === 'candidate' ? one.keys : 0), 0);
  const { note, place } = RELOAD_ENGINES[plan.target.engine];
  const from = RELOAD_ENGINES[plan.source.engine].place(file);
  return [
    ...(fills ? [...new Set([from, place(file)])] : []),
    ...(note === null ? [] : [note]),
    ...(fills && plan.target.engine === 'clickhouse' && [...plan.key, ...plan.columns].some(({ form }) => form.kind === 'timestamp') ? ['times stand in the file in UTC, and ClickHouse reads them in the time zone of their column: convert those of another zone'] : []),
    ...(plan.target.kind === 'table' ? [] : [`${plan.pair.target.relation} is a ${plan.target.kind.replace('_', ' ')}: run it on the table behind it`]),
    ...(unfilled.length === 0 ? [] : [unfilledNote(unfilled, scope)]),
    ...(scope.by === 'keys' ? [] : ['rows that arrive meanwhile may be loaded twice: stop the loader of this target first, and let it go on afterwards']),
    ...(open === 0 ? [] : [`${open} more ${open === 1 ? 'key differs and is' : 'keys differ and are'} not confirmed: not in here`]),
  ];
}

/** What becomes of columns that are not compared. */
function unfilledNote(unfilled: readonly string[], scope: Scope): string {
  const names = `${unfilled.slice(0, COLUMNS_MAX).join(', ')}${unfilled.length > COLUMNS_MAX ? ` and ${unfilled.length - COLUMNS_MAX} more` : ''}`;
  if (scope.by !== 'keys') return `what the target has in columns that are not compared is lost, as rows are loaded without them: ${names}`;
  return scope.keep === undefined ? `columns of the target that are not compared get their defaults: ${names}` : `columns of the target that are not compared stay as they are in rows that it has, and get their defaults in others: ${names}`;
}

function fileName(pair: string): string {
  const plain = pair.normalize('NFKD').replaceAll(/[^\w-]+/g, '_').slice(0, 60);
  return plain === '' || plain === '_' ? 'reload' : plain;
}
