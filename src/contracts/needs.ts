import type { StoreBoundary } from '../graph/boundary.js';
import type { ReadPart } from '../graph/statement-reader.js';
import type { Relation } from '../model/catalog.js';
import type { PersonalClass } from '../model/personal-column.js';
import type { Expression, SqlStatement } from '../model/syntax-tree.js';
import { expressionText } from '../sql/expression-text.js';
import { rank } from '../sql/flow.js';
import { conjuncts, walkExpression, walkStatement } from '../sql/walk.js';
import { bare } from './existing.js';
import { type Place, placesOf } from './places.js';
import { type Reader, wholeTable } from './readers.js';

/** What a column holds, as far as it is personal: `schema.table.column` → kind and class. */
export type PersonalColumns = ReadonlyMap<string, { kind: string; class: PersonalClass }>;

/** What one reader needs of one relation. */
export interface Need {
  reader: Reader;
  /** The relation; the whole table where a partition of it is read. */
  relation: string;
  /** Columns that a contract may give, in the order of the relation. */
  columns: string[];
  /** Why the query cannot be moved onto a contract; null where it can. */
  blocked: string | null;
  /** Conditions on single rows of the relation that it sets wherever it reads it, over bare columns, by their text. */
  conditions: ReadonlyMap<string, Expression>;
  /** It names all columns by `*`. */
  star: boolean;
  /** Of the columns, those that it shows as they are. */
  shows: string[];
  /** What it uses and a contract does not give. */
  withheld: { column: string; kind: string; secret: boolean }[];
}

/** What remains of a person's value so that a consumer is taken to show it. */
const SHOWN = rank('reversible');

/** Columns that identify a person and that some reader shows as they are: `schema.table.column`. */
export function shownColumns(readers: readonly Reader[], personal: PersonalColumns): Set<string> {
  const parts = readers.flatMap(({ texts }) => texts.flatMap((text) => text.parts));
  const direct = [...personal].flatMap(([source, known]) => (known.class === 'direct' ? [source] : []));
  return new Set(direct.filter((source) => parts.some((part) => isShown(source, part))));
}

/** @param shown columns that a contract must give since somebody shows them */
export function needsOf(reader: Reader, boundary: StoreBoundary, personal: PersonalColumns, shown: ReadonlySet<string>): Need[] {
  return reader.relations.map((key) => {
    const relation = boundary.reader.index.get(key);
    const whole = wholeTable(key, boundary);
    const parts = reader.texts.flatMap((text) => text.parts);
    const used = new Set(parts.flatMap(({ resolution }) => [...(resolution.direct.get(key) ?? [])]));
    const withheld = withheldOf(key, used, personal, shown);
    const held = new Set(withheld.map(({ column }) => column));
    const places = parts.flatMap((part) => placesOf(part.statement, part.resolution.direct.keys()).filter((place) => place.relation === key).map((place) => ({ part, place })));
    const stars = parts.some(({ shape }) => shape.selectsStar);
    return {
      reader,
      relation: whole,
      columns: (relation?.columns ?? []).flatMap(({ name }) => (used.has(name) && !held.has(name) ? [name] : [])),
      blocked: blockOf({ key, whole, relation, used, parts, places: places.map(({ place }) => place), withheld, reader }),
      conditions: sharedConditions(places.map(({ part, place }) => conditionsOf(part, place))),
      star: stars && used.size === (relation?.columns.length ?? 0),
      shows: [...used].filter((column) => parts.some((part) => isShown(`${key}.${column}`, part))),
      withheld,
    };
  });
}

/** Secrets, and what identifies a person without being shown: neither goes into a contract. */
function withheldOf(key: string, used: ReadonlySet<string>, personal: PersonalColumns, shown: ReadonlySet<string>): Need['withheld'] {
  return [...used].toSorted().flatMap((column) => {
    const source = `${key}.${column}`;
    const known = personal.get(source);
    if (known === undefined || known.class === 'quasi' || (known.class === 'direct' && shown.has(source))) return [];
    return [{ column, kind: known.kind, secret: known.class === 'secret' }];
  });
}

function isShown(source: string, { resolution }: ReadPart): boolean {
  const slots = [...resolution.outputs, ...[...resolution.writes.values()].flat()];
  return slots.some(({ flows }) => {
    const flow = flows.get(source);
    return flow !== undefined && flow.transformation !== 'aggregation' && rank(flow.mask) <= SHOWN;
  });
}

interface Looked {
  key: string;
  whole: string;
  relation: Relation | null | undefined;
  used: ReadonlySet<string>;
  parts: readonly ReadPart[];
  places: readonly Place[];
  withheld: Need['withheld'];
  reader: Reader;
}

function blockOf({ key, whole, relation, used, parts, places, withheld, reader }: Looked): string | null {
  const [secret] = withheld.filter((column) => column.secret);
  if (secret !== undefined) return `it uses the secret ${key}.${secret.column}, and secrets never go into a contract`;
  const [hidden] = withheld;
  if (hidden !== undefined) return `it uses ${key}.${hidden.column} (${words(hidden.kind)}) without showing it, so that the contract does not give it: ${hidden.kind === 'date_of_birth' ? 'its year, as a column of the view, would do for counting' : 'a keyed pseudonym would do for comparing and counting'}`;
  if (reader.query?.federation !== undefined) return `it reaches this store through another one (${reader.query.federation.via}), whose text names the relation`;
  if (key !== whole) return `it names ${key}, a partition of ${whole}: read the contract of the whole table with the range of the partition as a condition`;
  if (reader.texts.every((text) => text.parts.length === 0)) return 'its text could not be read';
  const foreign = [...used].find((column) => column !== '*' && relation?.columns.every(({ name }) => name !== column));
  if (foreign !== undefined) return `it uses ${foreign}, which is no column of ${key}`;
  if (places.length === 0) return 'the place where it names the relation could not be told';
  if (places.some(({ reference }) => reference.only)) return 'it reads ONLY the table itself';
  if (places.some(({ reference }) => reference.columnAliases.length > 0)) return `it gives the columns of ${key} other names by their position`;
  if (parts.some(({ statement }) => locksRows(statement))) return 'it locks the rows that it reads';
  if (reader.texts.some(({ text }) => /\btablesample\b/i.test(text))) return 'it takes rows by chance (TABLESAMPLE), which no view allows';
  return parts.some((part) => readsWholeRows(part.statement, places)) ? `it uses whole rows of ${key} as values` : null;
}

/** `full_name` in words. */
export function words(kind: string): string {
  return kind.replaceAll('_', ' ');
}

function locksRows(statement: SqlStatement): boolean {
  let found = false;
  walkStatement(statement, {
    query: ({ locks }) => {
      found ||= locks.length > 0;
    },
  });
  return found;
}

/** `count(c)`, `row_to_json(c)`, `count(c.*)`: the row of the view has other columns. */
function readsWholeRows(statement: SqlStatement, places: readonly Place[]): boolean {
  const names = new Set(places.map(({ reference }) => reference.alias ?? reference.name));
  const listed = new Set<Expression>();
  let found = false;
  walkStatement(statement, {
    query: ({ body }) => {
      if (body.type === 'select') for (const { expression } of body.projections) if (expression.type === 'star') listed.add(expression);
    },
    expression: (inner) => {
      if (inner.type === 'star' && !listed.has(inner) && names.has(inner.qualifier.at(-1) ?? '')) found = true;
      const [only, another] = inner.type === 'column' ? inner.parts : [];
      if (only !== undefined && another === undefined && names.has(only)) found = true;
    },
  });
  return found;
}

/** What is asked of single rows of the relation at one place, inner joins around it among it. */
function conditionsOf(part: ReadPart, { relation, select, optional, joinConditions }: Place): Map<string, Expression> {
  if (select === null || optional) return new Map();
  const owners = new Map(part.resolution.uses.flatMap(({ span, column }) => (span === null ? [] : [[`${span.start} ${span.end}`, column] as const])));
  const isOwn = (condition: Expression): boolean => {
    let columns = 0;
    let plain = true;
    walkExpression(condition, {
      expression: (inner) => {
        if (inner.type === 'column') {
          columns += 1;
          plain &&= owners.get(`${inner.span.start} ${inner.span.end}`) === `${relation}.${inner.parts.at(-1) ?? ''}`;
        } else plain &&= PLAIN.has(inner.type) && !(inner.type === 'literal' && isMasked(inner.value));
      },
    });
    return plain && columns > 0;
  };
  const conditions = [select.where, ...joinConditions].flatMap(conjuncts).filter(isOwn).map(bare);
  return new Map(conditions.map((condition) => [expressionText(condition), condition]));
}

/** The same for every session at every time: no call, no parameter, no sub-query. */
const PLAIN: ReadonlySet<Expression['type']> = new Set(['literal', 'operation', 'cast', 'composite']);

/** A literal that was hidden when the statement was collected says nothing of the rows. */
function isMasked(value: string | null): boolean {
  return value === '?' || (value ?? '').startsWith('tm#');
}

function sharedConditions(all: readonly ReadonlyMap<string, Expression>[]): Map<string, Expression> {
  const [first, ...others] = all;
  return new Map([...(first ?? [])].filter(([text]) => others.every((other) => other.has(text))));
}
