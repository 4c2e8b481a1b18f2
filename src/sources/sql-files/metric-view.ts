import { parse, YAMLParseError } from 'yaml';
import { z } from 'zod';
import { Scanner, Token } from '../../sql/lexer.js';
import type { SemanticMetric, SemanticView } from './semantic-view.js';

const HEAD = /^create\s+(?:or\s+replace\s+)?view\s+(?:if\s+not\s+exists\s+)?((?:`[^`]+`|[\w$]+)(?:\s*\.\s*(?:`[^`]+`|[\w$]+)){0,3})/i;
const METRICS = /\bwith\s+metrics\b[^$]{0,2000}\blanguage\s+yaml\b/i;
const LENGTH_MAX = 200_000;
const DEPTH_MAX = 20;
/** Fields that stand for each other twice double at every level. */
const STEPS_MAX = 2_000;

const text = z.string().nullish().catch(null);
const word = z.union([z.string(), z.number()]).transform(String).nullish().catch(null);
const list = z.array(z.unknown()).nullish().catch(null);
const field = z.object({ name: text, expr: word, comment: text, display_name: text, synonyms: z.array(z.string()).nullish().catch(null), window: z.unknown().optional() });
const shape = z.object({ source: text, filter: text, comment: text, joins: list, dimensions: list, fields: list, measures: list });

/** The metric view of Databricks (YAML specification 0.1 and 1.1); null for any other statement. */
export function metricView(statement: string): SemanticView | null {
  const name = HEAD.exec(statement.slice(0, 1_000))?.[1];
  if (name === undefined || !METRICS.test(statement.slice(0, 5_000))) return null;
  const body = dollarBody(statement);
  const value = body === null ? null : shape.safeParse(read(body)).data;
  if (value === null || value === undefined) return null;
  const dimensions = fieldsOf([...(value.fields ?? []), ...(value.dimensions ?? [])]);
  const measures = fieldsOf(value.measures ?? []);
  const joins = (value.joins ?? []).flatMap((join) => z.object({ name: z.string() }).safeParse(join).data?.name ?? []);
  const metrics = measures.map((measure): SemanticMetric => {
    const expanded = expand(measure.expr, new Map([...dimensions, ...measures].map((one) => [one.name.toLowerCase(), one.expr])), measure.name);
    const where = value.filter?.trim() ? ` WHERE ${value.filter.trim()}` : '';
    const joined = joins.find((join) => new RegExp(String.raw`\b${join.replace(/\W/g, '')}\s*\.`, 'i').test(`${expanded ?? ''} ${where}`));
    const incomplete = expanded === null ? 'it is made of too many others' : measure.isWindow ? 'it is taken over a window, which the SQL leaves out' : joined !== undefined ? `it reads ${joined} as well, whose join the SQL leaves out` : value.source ? null : 'the view names no source';
    const from = /^\s*(?:select|with)\b/i.test(value.source ?? '') ? `(${value.source ?? ''}\n)` : (value.source ?? '');
    return {
      name: measure.name, expression: measure.expr, start: -1, comment: measure.comment, synonyms: measure.synonyms, isPrivate: false, incomplete,
      dimensions: dimensions.map((dimension) => dimension.name),
      sql: incomplete === null ? `SELECT ${expanded ?? ''} AS ${aliasOf(measure.name)} FROM ${from} AS source${where}` : null,
    };
  });
  return { name, comment: value.comment ?? null, metrics };
}

interface Field {
  name: string;
  expr: string;
  comment: string | null;
  synonyms: string[];
  isWindow: boolean;
}

function fieldsOf(values: readonly unknown[]): Field[] {
  return values.slice(0, 2_000).flatMap((value) => {
    const found = field.safeParse(value).data;
    if (!found?.name || !found.expr) return [];
    return [{ name: found.name, expr: found.expr, comment: found.comment ?? found.display_name ?? null, synonyms: found.synonyms ?? [], isWindow: found.window !== undefined && found.window !== null }];
  });
}

function dollarBody(statement: string): string | null {
  const match = /\$\$([^]*?)\$\$/.exec(statement);
  return match?.[1] === undefined || match[1].length > LENGTH_MAX ? null : match[1];
}

function read(body: string): unknown {
  try {
    const value: unknown = parse(body, { maxAliasCount: 100 });
    return value;
  } catch (error) {
    if (error instanceof YAMLParseError || error instanceof ReferenceError || error instanceof RangeError) return null;
    throw error;
  }
}

/** `MEASURE(x)` and the names of fields stand for their expressions; null for what would not end. */
function expand(expression: string, fields: ReadonlyMap<string, string>, self: string): string | null {
  let steps = 0;
  const within = (written: string, path: readonly string[]): string => {
    const calls = written.replace(/\bmeasure\s*\(\s*(`[^`]+`|\w+)\s*\)/gi, '$1');
    const scanner = new Scanner(calls);
    let sql = '';
    let copied = 0;
    for (let kind = scanner.next(); kind !== Token.End; kind = scanner.next()) {
      if (kind !== Token.Word && kind !== Token.Backtick) continue;
      const name = calls.slice(scanner.start, scanner.end).replaceAll('`', '').toLowerCase();
      const found = fields.get(name);
      const isPart = calls.charAt(scanner.start - 1) === '.' || /^\s*[.(]/.test(calls.slice(scanner.end));
      if (found === undefined || isPart || path.includes(name) || path.length > DEPTH_MAX || ++steps > STEPS_MAX) continue;
      sql += `${calls.slice(copied, scanner.start)}(${within(found, [...path, name])})`;
      copied = scanner.end;
    }
    return sql + calls.slice(copied);
  };
  const sql = within(expression, [self.toLowerCase()]);
  return steps > STEPS_MAX ? null : sql;
}

function aliasOf(name: string): string {
  return /^[a-z_]\w*$/i.test(name) ? name : `\`${name.replaceAll('`', '')}\``;
}
