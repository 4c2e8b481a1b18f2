import { type Classification, classify } from './facts/workload/classify.js';
import { verdictOfUnparsed } from './facts/workload/truncated.js';
import type { ReadPart, ReadStatus, ReadText } from './graph/statement-reader.js';
import type { Thresholds } from './model/thresholds.js';
import type { Diagnostic, Span, SqlStatement } from './model/syntax-tree.js';
import type { DialectId } from './sql/dialect.js';
import type { Flows, MaskLevel, Transformation } from './sql/flow.js';
import { normalConditions } from './sql/predicate.js';
import type { Use } from './sql/resolution.js';
import { relationKey, type SchemaIndex } from './sql/schema-index.js';
import type { Slot } from './sql/scope.js';
import type { StatementKind } from './sql/shape.js';
import { LineIndex } from './text/line-index.js';

/** One use of a stored column: shown in an output, grouping, or a condition. */
export interface InspectedUse {
  /** `schema.table.column`. */
  column: string;
  kind: 'shown' | Use['kind'];
  /** `output` for what is shown. */
  role: 'output' | Use['role'];
  transformation: Transformation;
  mask: MaskLevel;
  /** In the whole text; null for a use inside a view or function. */
  span: Span | null;
}

export interface InspectedOutput {
  name: string;
  /** Sorted. */
  sources: string[];
  /** By source: how much of it is left. */
  mask: Record<string, MaskLevel>;
  transformation: Record<string, Transformation>;
}

/** What one text was understood to be. The fields up to `diagnostics` are a contract; fields may be added, never changed. */
export interface Inspection {
  status: ReadStatus;
  kind: StatementKind | 'unparsed';
  /** The relation that is written, and only there. */
  target?: string;
  /** What the text names and reads. */
  relations: string[];
  /** What is shown; for a statement that writes columns, what is written; for DELETE, what it gives back. */
  outputs: InspectedOutput[];
  grouping: string[];
  condition: string[];
  /** Of a text of several statements, that of the heaviest. */
  workload: { class: string; confidence: number; evidence: string[] };
  fingerprint: string | null;
  diagnostics: (Diagnostic & { line: number | null; column: number | null })[];
  /** What a writing statement gives back by RETURNING; only there. */
  returning?: InspectedOutput[];
  /** The tables that are read in the end, through views. */
  tables: string[];
  /** What must hold of the rows, in a normal form: one text a condition, sorted. */
  predicates: string[];
  /** Names of relations that the catalogue does not have. */
  unknown: string[];
  uses: InspectedUse[];
  /** False where there is no catalogue: names are then taken as they are written. */
  catalogued: boolean;
  dialect: string;
  frontEnd: string | null;
  confidence: 'high' | 'low';
  /** How many statements the text has; where it has several, relations and uses are those of all, outputs those of the last that shows or writes. */
  statements: number;
  /** Which of them that is, from 1; 0 where there is none. */
  statement: number;
}

/** What is needed besides the reading. */
export interface InspectContext {
  index: SchemaIndex;
  thresholds: Thresholds;
  dialect: DialectId;
}

/** Says what was understood of a text. Pure. */
export function inspect(read: ReadText, { index, thresholds, dialect }: InspectContext): Inspection {
  const { parts, status, frontEnd, confidence } = read;
  const main = parts.findLast(({ resolution }) => resolution.outputs.length > 0 || resolution.writes.size > 0) ?? parts.at(-1);
  const uses = sortedUses(parts.flatMap(usesOf));
  const columnsOf = (kind: Use['kind']): string[] => sorted(uses.filter((use) => use.kind === kind).map(({ column }) => column));
  return {
    status,
    kind: main?.shape.kind ?? 'unparsed',
    ...written(main),
    relations: sorted(parts.flatMap((part) => [...part.resolution.direct.keys(), ...namedBy(part.statement, index)])),
    outputs: outputsOf(main),
    grouping: columnsOf('grouping'),
    condition: columnsOf('condition'),
    workload: workloadOf(main, parts, read.text, index, thresholds),
    fingerprint: main?.fingerprint ?? null,
    diagnostics: diagnosticsOf(read),
    tables: sorted(parts.flatMap(({ resolution }) => [...resolution.base])),
    predicates: main ? normalConditions(main.statement, dialect) : [],
    unknown: sorted(parts.flatMap(({ resolution }) => [...resolution.unknownRelations])),
    uses,
    catalogued: index.relations().next().done !== true,
    dialect,
    frontEnd,
    confidence,
    statements: parts.length,
    statement: main ? parts.indexOf(main) + 1 : 0,
  };
}

function diagnosticsOf({ text, diagnostics }: ReadText): Inspection['diagnostics'] {
  const lines = new LineIndex(text);
  return diagnostics.map((diagnostic) => ({ ...diagnostic, ...(diagnostic.offset === null ? { line: null, column: null } : lines.at(diagnostic.offset)) }));
}

function written(part: ReadPart | undefined): Pick<Inspection, 'target' | 'returning'> {
  if (!part || part.resolution.writes.size === 0) return {};
  const target = targetOf(part);
  // A SELECT over a writing WITH item shows its own outputs and gives nothing back.
  const returning = part.statement.type === 'query_statement' ? [] : part.resolution.outputs.map(outputOf);
  return { ...(target === undefined ? {} : { target }), ...(returning.length > 0 ? { returning } : {}) };
}

/** A statement may write to several relations: WITH items write beside it. */
function targetOf({ statement, resolution }: ReadPart): string | undefined {
  const keys = [...resolution.writes.keys()];
  const named = 'target' in statement ? statement.target.name : null;
  return keys.findLast((key) => key === named || key.endsWith(`.${named}`)) ?? keys.at(-1);
}

/** The relations that a utility statement names: TRUNCATE, REFRESH, LOCK, ALTER TABLE … */
function namedBy(statement: SqlStatement, index: SchemaIndex): string[] {
  if (statement.type !== 'utility') return [];
  return statement.relations.map(({ schema, name }) => {
    const found = index.find(schema, name, []);
    return found ? relationKey(found) : schema === null ? name : `${schema}.${name}`;
  });
}

/** What DELETE gives back is all that it shows: it writes no column. */
function outputsOf(part: ReadPart | undefined): InspectedOutput[] {
  if (!part) return [];
  const target = part.statement.type === 'query_statement' ? undefined : targetOf(part);
  const written = target === undefined ? [] : (part.resolution.writes.get(target) ?? []);
  return (written.length > 0 ? written : part.resolution.outputs).map(outputOf);
}

function outputOf({ name, flows }: Slot): InspectedOutput {
  const sources = [...flows].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    name,
    sources: sources.map(([column]) => column),
    mask: Object.fromEntries(sources.map(([column, { mask }]) => [column, mask])),
    transformation: Object.fromEntries(sources.map(([column, { transformation }]) => [column, transformation])),
  };
}

function usesOf({ resolution }: ReadPart): InspectedUse[] {
  const shown = [...resolution.outputs, ...[...resolution.writes.values()].flat()].flatMap(({ flows }) => shownUses(flows));
  return [...shown, ...resolution.uses.map(({ column, kind, role, transformation, mask, span }) => ({ column, kind, role, transformation, mask, span }))];
}

function shownUses(flows: Flows): InspectedUse[] {
  return [...flows].flatMap(([column, { transformation, mask, spans }]) => {
    const places: readonly (Span | null)[] = spans.length > 0 ? spans : [null];
    return places.map((span): InspectedUse => ({ column, kind: 'shown', role: 'output', transformation, mask, span }));
  });
}

/** By place, then by name; each once. */
function sortedUses(uses: readonly InspectedUse[]): InspectedUse[] {
  const key = ({ span, column, kind, role }: InspectedUse): string => `${span ? `${String(span.start).padStart(9, '0')}-${span.end}` : '~'} ${kind} ${role} ${column}`;
  const once = new Map(uses.map((use) => [key(use), use]));
  return [...once].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, use]) => use);
}

const WEIGHT: Record<Classification['class'], number> = { unknown: 0, operational: 1, mixed: 2, analytical: 3 };

/** The work of a text as a whole is that of its heaviest statement; of several that are as heavy, of the one that is shown. */
function workloadOf(main: ReadPart | undefined, others: readonly ReadPart[], text: string, index: SchemaIndex, thresholds: Thresholds): Inspection['workload'] {
  const parts = main ? [main, ...others.filter((part) => part !== main)] : [];
  const verdicts = parts.map((part): Classification => classify({ ...part, text, index, thresholds, cost: null, rhythm: null, sender: null }));
  const [heaviest = verdictOfUnparsed(text)] = verdicts.sort((a, b) => WEIGHT[b.class] - WEIGHT[a.class]);
  return { class: heaviest.class, confidence: Math.round(heaviest.confidence * 100) / 100, evidence: heaviest.reasons };
}

function sorted(names: readonly string[]): string[] {
  return [...new Set(names)].sort();
}
