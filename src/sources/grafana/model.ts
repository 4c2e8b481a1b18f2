import type { Owner, QueryRole } from '../../model/query.js';
import type { SourceFile } from '../common/source-file.js';
import type { GrafanaVariable } from '../../template/grafana.js';
import type { ResolvedDataSource } from './data-sources.js';
import { isObject } from '../common/json.js';
import { conditionShape, targetShape } from './shapes.js';
import { builtQuery } from './builder.js';

/** A dashboard of either model, reduced to what it asks of databases. */
export interface DashboardModel {
  uid: string;
  title: string | null;
  /** The folder that it lies in; null where nothing tells. */
  folder: { id: string; title: string | null } | null;
  owners: Owner[];
  isPublic: boolean;
  variables: ReadonlyMap<string, GrafanaVariable>;
  /** True in files of provisioning, which write `$$` for a dollar. */
  escapedDollars?: boolean | undefined;
  targets: DashboardTarget[];
}

/** One query of a dashboard. `text` is null where only its name is known: a library panel that is not in the export. */
export interface DashboardTarget {
  /** `panel:4:A`, `variable:team` … */
  part: string;
  role: QueryRole;
  title: string | null;
  description: string | null;
  /** Leads to the query within its file. */
  pointer: string;
  /** Where the query stands, if not in the file of its dashboard: a library panel's own. */
  file: SourceFile | null;
  text: SqlText | null;
  dataSource: ResolvedDataSource;
  hidden: boolean;
  schedule: string | null;
  /** What the plugin puts in for names that its query fields define. */
  constants?: ReadonlyMap<string, GrafanaVariable> | undefined;
  /** Why there is no text. */
  missing: string | null;
}

export interface SqlText {
  sql: string;
  /** Where it stands, below the query; '' where it was built from the query builder's parts. */
  pointer: string;
  built: boolean;
}

/** The queries of a panel, by `refId`, that its expressions compute with: these run even where they are hidden. */
export function usedByExpressions(targets: readonly unknown[]): Set<string> {
  const used = new Set<string>();
  for (const value of targets) {
    if (!isObject(value)) continue;
    const { refId, expression, conditions } = targetShape.parse(value);
    for (const word of (expression ?? '').slice(0, HEAD_LENGTH).match(/\w+/g) ?? []) if (word !== refId) used.add(word);
    for (const name of watchedBy(conditions ?? [])) used.add(name);
  }
  return used;
}

/** The queries that the conditions of an alert look at, by `refId`. */
export function watchedBy(conditions: readonly unknown[]): string[] {
  return conditions.flatMap((value) => {
    const [name] = conditionShape.catch({ query: null }).parse(value).query?.params ?? [];
    return typeof name === 'string' ? [name] : [];
  });
}

/** How much of a text is looked at to tell whether it is SQL. */
const HEAD_LENGTH = 4_000;
const STARTS_LIKE_SQL = /^(\s|--[^\n]*\n|\/\*[^*]*\*\/|\()*(select|with|show|explain|values|table|call|exec|insert|update|delete|merge)\b/i;

/** InfluxQL begins like SQL; these are the words that its dashboards do not do without. */
function isInfluxQl(text: string): boolean {
  const head = text.slice(0, HEAD_LENGTH);
  return /\$timeFilter\b.*\bgroup by\s+time\(|^\s*show\s+(tag|field|measurements|series|retention)\b/is.test(head);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '';
}

/**
 * The SQL of a query object, or null where it holds none. `rawSql` and its spellings count for every data source that is
 * not known to speak another language; other keys only where they read like SQL.
 */
export function sqlOf(value: Record<string, unknown>, language: ResolvedDataSource['language'], typeIsSure: boolean): SqlText | null {
  const target = targetShape.parse(value);
  if (language === 'none') return target.type === 'sql' && isText(target.expression) ? { sql: target.expression, pointer: '/expression', built: false } : null;
  for (const name of ['rawSql', 'rawSQL', 'queryText', 'rawQuery', 'query', 'sql'] as const) {
    const text = target[name];
    if (!isText(text)) continue;
    const looksLikeSql = STARTS_LIKE_SQL.test(text.slice(0, HEAD_LENGTH));
    if (language === 'raw-sql' && name !== 'rawSql') continue;
    if (language === 'unknown' && isInfluxQl(text)) continue;
    if (language === 'other' && (typeIsSure || !looksLikeSql || !name.toLowerCase().startsWith('rawsql'))) continue;
    if (language === 'unknown' && !name.toLowerCase().startsWith('rawsql') && !looksLikeSql) continue;
    return { sql: text, pointer: `/${name}`, built: false };
  }
  if (language === 'other' || language === 'raw-sql' || !isObject(target.sql)) return null;
  const sql = builtQuery(target.sql, target.dataset ?? null, target.table ?? null);
  return sql === null ? null : { sql, pointer: '', built: true };
}
