import type { Expression } from '../../../model/syntax-tree.js';
import type { Context } from './context.js';
import { type Fields, fieldsOf, isAbsent, listOf, taggedOf, type Tagged, textOf } from './data.js';
import { expressions, lowerExpression, optionalExpression } from './expression.js';
import { literal } from './literal.js';
import { call, composite, named, opaque, operation } from './make.js';
import { writtenAs } from './operator.js';
import { typeOfText, typeText } from './types.js';

/** Lowers what has a syntax of its own: casts, CASE, constructors, lambdas …; null for nodes of other kinds. */
export function lowerForm(node: Tagged, context: Context): Expression | null {
  const { kind, fields } = node;
  switch (kind) {
    case 'paren':
    case 'annotated':
    case 'variadic':
    case 'ignore_nulls':
    case 'respect_nulls':
    case 'format_phrase':
    case 'return_stmt':
    case 'pivot_alias':
      return lowerExpression(fields['this'], context);
    case 'alias':
      return lowerInnerAlias(fields, context);
    case 'named_argument':
      return named(context.name(fields['name']), lowerExpression(fields['value'], context));
    case 'cast':
    case 'try_cast':
    case 'safe_cast':
    case 'cast_to_str_type':
      return lowerCast(fields, context);
    case 'case':
      return lowerCase(fields, context);
    case 'coalesce': {
      const name = textOf(fields['original_name'])?.toLowerCase() ?? 'coalesce';
      const operands = expressions(fields['expressions'], context);
      return name === 'coalesce' ? operation(name, operands) : call([name], operands);
    }
    case 'apply':
      // `* APPLY f`: which columns come out is known by the catalogue only.
      return opaque('apply', [lowerExpression(fields['this'], context)]);
    case 'filter':
      return lowerFilter(fields, context);
    default:
      return lowerConstructor(node, context) ?? lowerTextFunction(node, context);
  }
}

/** `sum(a AS z)` (ClickHouse): z is a name of the query around it. Elsewhere it is the name of a field. */
function lowerInnerAlias(fields: Fields, context: Context): Expression {
  const expression = lowerExpression(fields['this'], context);
  const alias = context.name(fields['alias']);
  if (context.dialect.id !== 'clickhouse') return named(alias, expression);
  context.inlineNames.at(-1)?.push({ expression, alias, span: context.spans.of(fields['alias']) });
  return expression;
}

function lowerCast(fields: Fields, context: Context): Expression {
  const operand = lowerExpression(fields['this'], context);
  const node = taggedOf(fields['to']);
  const type = node?.kind === 'literal' ? textOf(node.fields['value']) : null;
  return { type: 'cast', operand, target: type === null ? typeText(node?.kind === 'data_type' && node.fields['data_type'] !== undefined ? node.fields : fields['to'], context.dialect.id) : typeOfText(type), span: operand.span };
}

function lowerCase(fields: Fields, context: Context): Expression {
  const branches = listOf(fields['whens']).flatMap((pair) => {
    const [when, then] = expressions(pair, context);
    return when && then ? [{ when, then }] : [];
  });
  const operand = optionalExpression(fields['operand'], context);
  const otherwise = optionalExpression(fields['else_'], context);
  const inner = [operand, ...branches.flatMap(({ when, then }) => [when, then]), otherwise].filter((value) => value !== null);
  return { type: 'case', operand, branches, otherwise, span: context.spanOf(...inner) };
}

function lowerFilter(fields: Fields, context: Context): Expression {
  const inner = lowerExpression(fields['this'], context);
  const condition = taggedOf(fields['expression']);
  const filter = lowerExpression(condition?.kind === 'where' ? condition.fields['this'] : fields['expression'], context);
  return inner.type === 'call' ? { ...inner, filter } : opaque('filter', [inner, filter]);
}

function lowerConstructor({ kind, fields }: Tagged, context: Context): Expression | null {
  switch (kind) {
    case 'array':
    case 'array_func':
      return composite('array', expressions(fields['expressions'], context));
    case 'tuple':
      return composite('row', expressions(fields['expressions'], context));
    case 'struct':
    case 'struct_func': {
      const fieldList = listOf(fields['fields']).map((pair) => {
        const [name, value] = listOf(pair);
        return named(context.name(name) ?? textOf(name), lowerExpression(value, context));
      });
      return composite('row', fieldList);
    }
    case 'map_func':
      return lowerMap(fields, context);
    case 'lambda':
      return lowerLambda(fields, context);
    case 'comprehension':
      return lowerComprehension(fields, context);
    default:
      return null;
  }
}

/** `{'k': v}` is a row of named fields in DuckDB and a map elsewhere. */
function lowerMap(fields: Fields, context: Context): Expression {
  const keys = expressions(fields['keys'], context);
  const values = expressions(fields['values'], context);
  if (context.dialect.id === 'duckdb' && fields['curly_brace_syntax'] === true && fields['with_map_keyword'] !== true) {
    return composite('row', values.map((value, index) => {
      const key = keys[index];
      return named(key?.type === 'literal' ? key.value : key?.type === 'column' ? (key.parts.at(-1) ?? null) : null, value);
    }));
  }
  return call(['map'], keys.flatMap((key, index) => { const value = values[index]; return value ? [key, value] : [key]; }));
}

/** DuckDB: `[f(x) FOR x, i IN list IF c]` is `list_transform(list_filter(list, (x, i) -> c), (x, i) -> f(x))`. */
function lowerComprehension(fields: Fields, context: Context): Expression {
  const variables = [fields['expression'], fields['position']].map((variable) => optionalExpression(variable, context));
  const parameters = variables.flatMap((variable) => (variable?.type === 'column' ? variable.parts.slice(-1) : []));
  const lambda = (value: unknown): Expression => {
    const body = lowerExpression(value, context);
    return { type: 'lambda', parameters, body, span: body.span };
  };
  const list = lowerExpression(fields['iterator'], context);
  const kept = isAbsent(fields['condition']) ? list : call(['list_filter'], [list, lambda(fields['condition'])]);
  return call(['list_transform'], [kept, lambda(fields['this'])]);
}

/** A lambda, or in DuckDB the arrow of JSON, which looks the same: a constant body makes no lambda. */
function lowerLambda(fields: Fields, context: Context): Expression {
  const body = lowerExpression(fields['body'], context);
  const parameters = context.names(listOf(fields['parameters']));
  const [only] = listOf(fields['parameters']);
  if (body.type === 'literal' && parameters.length === 1) {
    return operation('->', [{ type: 'column', parts: parameters, span: context.spans.of(only) }, body]);
  }
  return { type: 'lambda', parameters, body, span: body.span };
}

/** Functions of the standard with words between their arguments, as PostgreSQL's catalogue calls them. */
function lowerTextFunction({ kind, fields }: Tagged, context: Context): Expression | null {
  const operands = (...keys: string[]): Expression[] => keys.flatMap((key) => (isAbsent(fields[key]) ? [] : [lowerExpression(fields[key], context)]));
  switch (kind) {
    case 'trim': {
      const names: Record<string, string> = { Leading: 'ltrim', Trailing: 'rtrim' };
      return call(['pg_catalog', names[textOf(fields['position']) ?? ''] ?? 'btrim'], operands('this', 'characters'));
    }
    case 'substring': {
      const inner = operands('this', 'start', 'length');
      const name = fields['from_for_syntax'] === true ? null : (writtenAs(inner, ['substring', 'substr', 'mid'], context) ?? 'substring');
      return call(name === null ? ['pg_catalog', 'substring'] : [name], inner);
    }
    case 'overlay':
      return call(['pg_catalog', 'overlay'], operands('this', 'replacement', 'from', 'length'));
    case 'extract':
      return call(['pg_catalog', 'extract'], [literal('string', extractField(fields['field'])), ...operands('this')]);
    case 'str_position':
      return lowerPosition(operands('this'), operands('substr'), operands('position', 'occurrence'), context);
    default:
      return null;
  }
}

/** Fields that the parser calls otherwise than they are written. */
const EXTRACT_FIELDS: Record<string, string> = { DayOfWeek: 'dow', DayOfYear: 'doy', TimezoneHour: 'timezone_hour', TimezoneMinute: 'timezone_minute' };

function extractField(field: unknown): string {
  const name = textOf(field) ?? textOf(Object.values(fieldsOf(field) ?? {})[0]) ?? '';
  return EXTRACT_FIELDS[name] ?? name.toLowerCase();
}

function lowerPosition(text: Expression[], part: Expression[], rest: Expression[], context: Context): Expression {
  const name = writtenAs([...text, ...part, ...rest], ['position', 'strpos', 'instr', 'locate', 'charindex', 'positioncaseinsensitive'], context);
  if (name === 'locate' || name === 'charindex') return call([name], [...part, ...text, ...rest]);
  // ClickHouse has it as a plain function.
  const isPlain = context.dialect.id === 'clickhouse' || (name !== 'position' && name !== null);
  return call(isPlain ? [name ?? 'position'] : ['pg_catalog', 'position'], [...text, ...part, ...rest]);
}
