import { nameOf, namesOf } from './rails-columns.js';
import type { RailsContext } from './rails-context.js';
import type { RubyCall } from './ruby-parser.js';
import { literal, quoted, quotedPart } from './sql-text.js';

/** Types, schemas, extensions, and the views of the gem scenic (README of scenic 1.8). */

/** The statements of a method that is about no table; null where an argument is not known, `unknown` for any other method. */
export function ofDatabase(call: RubyCall, context: RailsContext): string[] | null | 'unknown' {
  const [first, second, third] = call.positional;
  const name = nameOf(first);
  const cascade = nameOf(call.options.get('force')) === 'cascade' ? ' CASCADE' : '';
  switch (call.name) {
    case 'create_enum': {
      const values = namesOf(second);
      return name === null || values === null ? null : [`CREATE TYPE ${quoted(name)} AS ENUM (${values.map(literal).join(', ')})`];
    }
    case 'drop_enum':
      return name === null ? null : [`DROP TYPE ${isTrue(call, 'if_exists') ? 'IF EXISTS ' : ''}${quoted(name)}`];
    case 'rename_enum': {
      const to = nameOf(second) ?? nameOf(call.options.get('to'));
      return name === null || to === null ? null : [`ALTER TYPE ${quoted(name)} RENAME TO ${quotedPart(to)}`];
    }
    case 'add_enum_value': {
      const value = nameOf(second);
      const [before, after] = [nameOf(call.options.get('before')), nameOf(call.options.get('after'))];
      const place = before !== null ? ` BEFORE ${literal(before)}` : after !== null ? ` AFTER ${literal(after)}` : '';
      return name === null || value === null ? null : [`ALTER TYPE ${quoted(name)} ADD VALUE ${isTrue(call, 'if_not_exists') ? 'IF NOT EXISTS ' : ''}${literal(value)}${place}`];
    }
    case 'rename_enum_value': {
      const [from, to] = [nameOf(call.options.get('from')) ?? nameOf(second), nameOf(call.options.get('to')) ?? nameOf(third)];
      return name === null || from === null || to === null ? null : [`ALTER TYPE ${quoted(name)} RENAME VALUE ${literal(from)} TO ${literal(to)}`];
    }
    case 'enable_extension':
      return name === null ? null : [`CREATE EXTENSION IF NOT EXISTS ${quotedPart(name)}`];
    case 'disable_extension':
      return name === null ? null : [`DROP EXTENSION IF EXISTS ${quotedPart(name)}`];
    case 'create_schema':
      return name === null ? null : [`CREATE SCHEMA ${isTrue(call, 'if_not_exists') ? 'IF NOT EXISTS ' : ''}${quotedPart(name)}`];
    case 'drop_schema':
      return name === null ? null : [`DROP SCHEMA ${isTrue(call, 'if_exists') ? 'IF EXISTS ' : ''}${quotedPart(name)} CASCADE`];
    case 'drop_view':
      return name === null ? null : [`DROP ${isMaterialized(call) ? 'MATERIALIZED ' : ''}VIEW ${quoted(name)}${cascade}`];
    case 'create_view':
    case 'update_view':
    case 'replace_view':
      return name === null ? null : view(name, call, context);
    default:
      return 'unknown';
  }
}

function isTrue({ options }: RubyCall, name: string): boolean {
  const value = options.get(name);
  return value?.kind === 'boolean' && value.value;
}

function isMaterialized({ options }: RubyCall): boolean {
  const value = options.get('materialized');
  return value !== undefined && !(value.kind === 'boolean' && !value.value);
}

/** scenic keeps the text of a view in `db/views/NAME_vNN.sql`. */
function view(name: string, call: RubyCall, context: RailsContext): string[] | null {
  const given = nameOf(call.options.get('sql_definition'));
  const version = call.options.get('version');
  const number = version?.kind === 'number' ? version.text : '1';
  const file = `db/views/${name.replace('.', '_')}_v${number.padStart(2, '0')}.sql`;
  const text = given ?? context.all.find(({ path }) => path === file || path.endsWith(`/${file}`))?.text;
  if (text === undefined) {
    context.problem(`the text of the view ${name} is in ${file}, which was not given`, call.start);
    return [];
  }
  const kind = isMaterialized(call) ? 'MATERIALIZED VIEW' : 'VIEW';
  const query = text.trim().replace(/;\s*$/, '');
  if (call.name === 'replace_view') return [`CREATE OR REPLACE VIEW ${quoted(name)} AS ${query}`];
  return [...(call.name === 'update_view' ? [`DROP ${kind} ${quoted(name)}`] : []), `CREATE ${kind} ${quoted(name)} AS ${query}`];
}
