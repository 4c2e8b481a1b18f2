import { plainText } from '../../text/plain-text.js';
import { sqlIdentifier, sqlQualified } from '../../text/sql-name.js';
import type { Definition, MetricSchema, World } from '../definition.js';
import { freezeClock } from '../search/clock.js';
import { splice } from '../search/splice.js';
import { insertOrder } from './insert-order.js';
import { insertStatement, rowGroups } from './world-rows.js';

/** In UTF-16 units. */
const NAME_LENGTH_MAX = 120;

export interface ReproductionOptions {
  /** As it was given to `replay`. */
  instant?: string | null;
  /** Rows that only the schema after its late statements admits, as `replay` told them. */
  afterLate?: World;
}

/**
 * A script that shows the answers of definitions on the rows of a world. It runs by itself on an empty database.
 *
 * @param names of the definitions, as comments above each
 */
export function reproductionSql(schema: MetricSchema, world: World, definitions: readonly Definition[], names: readonly string[], options: ReproductionOptions = {}): string {
  const { circular } = insertOrder(Object.keys(world), schema.catalog.constraints);
  const inserted = (rows: World): string => rowGroups(rows, schema.catalog).map((group) => insertStatement(group)).join('');
  const after = options.afterLate ?? {};
  const parts = [
    schema.ddl,
    ...circular.map((key) => `alter table ${sqlQualified({ schema: key.schema, name: key.relation })} alter constraint ${sqlIdentifier(key.name)} deferrable initially deferred;\n`),
    circular.length > 0 ? `begin;\n${inserted(without(world, after))}commit;\n` : inserted(without(world, after)),
    schema.late,
    inserted(after),
    ...schema.catalog.relations.flatMap((relation) => (relation.kind === 'materialized_view' ? [`refresh materialized view ${sqlQualified(relation)};\n`] : [])),
    schema.searchPath.join() === 'public' ? '' : `set search_path to ${schema.searchPath.map((name) => sqlIdentifier(name)).join(', ')};\n`,
  ];
  const queries = definitions.map((definition, index) => query(definition, names[index] ?? '', options.instant ?? null));
  return [...parts.filter((part) => part !== ''), ...queries].join('\n');
}

function query({ text, statement, timeZone }: Definition, name: string, instant: string | null): string {
  const frozen = instant === null ? text : (splice(text, freezeClock(text, statement, instant) ?? []) ?? text);
  const title = plainText(name, NAME_LENGTH_MAX);
  return `${title === '' ? '' : `-- ${title}\n`}set time zone '${(timeZone ?? 'UTC').replaceAll("'", "''")}';\n${ended(frozen.trim())}\n`;
}

/** A comment at the end would swallow the semicolon. */
function ended(text: string): string {
  return text.slice(text.lastIndexOf('\n') + 1).includes('--') ? `${text}\n;` : `${text};`;
}

/** Rows of a world that are not among others. */
function without(world: World, others: World): World {
  return Object.fromEntries(
    Object.entries(world).map(([name, rows]) => {
      const left = (others[name] ?? []).map((row) => rowKey(row));
      return [name, rows.filter((row) => {
        const at = left.indexOf(rowKey(row));
        if (at >= 0) left.splice(at, 1);
        return at < 0;
      })];
    }),
  );
}

/** Columns that are NULL and columns that are left out are the same. */
function rowKey(row: Record<string, string | null>): string {
  return JSON.stringify(Object.entries(row).filter(([, value]) => value !== null).sort(([a], [b]) => (a < b ? -1 : 1)));
}
