import type { Problem } from '../../model/query.js';
import type { Hole } from '../../template/holes.js';
import type { RedashDataSource } from './shapes.js';

/** Types of Redash's query runners whose text is no SQL; newer releases say so themselves (`syntax`). */
const OTHER_TYPES =
  /^(elasticsearch\w*|amazon_elasticsearch_service|mongodb|prometheus|influxdb|graphite|google_analytics\w*|google_spreadsheets|google_search_console|jql|python|insecure_script|script|url|json|csv|excel|cloudwatch\w*|salesforce|yandex_\w+|arangodb|cass|cassandra|scylla|zabbix|tidbdata|axibasetsd|uptycs|graphql|trello|rocketchat)$/;

/** Why a text is no SQL, in words; null where it is, or where nothing is known of its data source. */
export function notSql({ type, syntax }: RedashDataSource): Problem | null {
  const isOther = syntax === undefined ? OTHER_TYPES.test(type ?? '') : syntax !== 'sql';
  return isOther ? { code: 'unsupported', message: `its data source speaks ${(type ?? syntax ?? '').slice(0, 40)}, not SQL` } : null;
}

/** `query_12`, `cached_query_12`, `param_query_12_{a=b}` of the data source Query Results: tables that hold what a query gave. */
const RESULT = /\b((?:cached_|param_)?query_(\d{1,12}))(?:_\{(?:[^{}]|\{\{[^{}]*\}\})*\})?/g;

/** The tables with arguments, which no parser reads: each becomes its name. */
export function resultHoles(text: string): Hole[] {
  return [...text.matchAll(RESULT)].flatMap(([whole, name = ''], index, all) => {
    const start = all[index]?.index ?? 0;
    return whole === name ? [] : [{ start, end: start + whole.length, name, text: name }];
  });
}

/** The queries whose results a text reads. */
export function resultsRead(text: string): number[] {
  return [...new Set([...text.matchAll(RESULT)].map(([, , id]) => Number(id)))];
}
