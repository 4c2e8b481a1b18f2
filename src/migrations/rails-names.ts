import { createHash } from 'node:crypto';

/** The names that Rails gives (activerecord 8.0, connection_adapters/abstract/schema_statements.rb). */

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 10);
}

export function foreignKeyName(table: string, column: string): string {
  return `fk_rails_${digest(`${table}_${column}_fk`)}`;
}

export function checkName(table: string, expression: string): string {
  return `chk_rails_${digest(`${table}_${expression}_chk`)}`;
}

/** Of PostgreSQL's 63 bytes Rails uses 62. */
const INDEX_NAME_MAX = 62;

export function indexName(table: string, columns: readonly string[]): string {
  const name = `index_${table.replaceAll('.', '_')}_on_${columns.join('_and_')}`;
  if (name.length <= INDEX_NAME_MAX) return name;
  const short = `idx_on_${columns.join('_')}`;
  const ending = `_${digest(name)}`;
  return short.slice(0, INDEX_NAME_MAX - ending.length) + ending;
}

const IRREGULAR: Record<string, string> = { person: 'people', man: 'men', woman: 'women', child: 'children', mouse: 'mice', datum: 'data', medium: 'media', move: 'moves', octopus: 'octopi', ox: 'oxen', quiz: 'quizzes', status: 'statuses', alias: 'aliases', bus: 'buses', axis: 'axes', analysis: 'analyses', crisis: 'crises' };
const UNCOUNTABLE = new Set(['equipment', 'information', 'rice', 'money', 'species', 'series', 'fish', 'sheep', 'jeans', 'police', 'news', 'data', 'media', 'metadata', 'staff']);

/** The plural of a name's last word, by the common rules of ActiveSupport's inflections. */
export function plural(name: string): string {
  const [, head = '', last = ''] = /^(.*?_)?([^_]*)$/.exec(name) ?? [];
  if (UNCOUNTABLE.has(last)) return name;
  const irregular = IRREGULAR[last];
  if (irregular !== undefined) return head + irregular;
  if (/[^aeiou]y$/.test(last)) return `${head}${last.slice(0, -1)}ies`;
  if (/(?:s|x|z|ch|sh)$/.test(last)) return `${name}es`;
  if (/(?:[^aeiou]f|fe)$/.test(last) && /(?:l|r|i|kni|wi|li)fe?$/.test(last)) return `${head}${last.replace(/fe?$/, 'ves')}`;
  return `${name}s`;
}

const SINGULARS = new Map(Object.entries(IRREGULAR).map(([one, many]) => [many, one]));

export function singular(name: string): string {
  const [, head = '', last = ''] = /^(.*[_.])?([^_.]*)$/.exec(name) ?? [];
  const irregular = SINGULARS.get(last);
  if (irregular !== undefined) return head + irregular;
  if (UNCOUNTABLE.has(last)) return head + last;
  if (last.endsWith('ies')) return `${head}${last.slice(0, -3)}y`;
  if (/(?:ss|x|ch|sh|us)es$/.test(last)) return head + last.slice(0, -2);
  return head + (last.endsWith('ss') ? last : last.replace(/s$/, ''));
}
