import { suggestion } from '../text/nearest-name.js';
import type { Field, GroupSchema } from '../facts/schema.js';
import { plainText } from '../text/plain-text.js';
import { formatQuantity } from '../text/quantity.js';
import type { Facts } from './facts.js';
import { sqlIdentifier, sqlRelation } from '../text/sql-name.js';
import { sqlLiteral } from './sql-text.js';

/**
 * A text with holes: `{group.field}` is the fact for people, `{group.field|text}` has `text` where the fact is unknown,
 * empty or zero, `{group.field:call/calls}` is a number with its noun, `{group.field:identifier}`,
 * `{group.field:relation}` (schema.name) and `{group.field:literal}` are written as SQL. `{{` and `}}` are braces.
 */
export interface Template {
  source: string;
  parts: readonly (string | Hole)[];
}

export interface Hole {
  group: string;
  field: string;
  schema: Field;
  /** Null for plain words. */
  sql: SqlForm | null;
  /** The noun of a number: for one, and for any other. */
  noun: { one: string; many: string } | null;
  otherwise: string | null;
}

type SqlForm = 'identifier' | 'relation' | 'literal';

const sqlForms: Record<SqlForm, (text: string) => string> = { identifier: sqlIdentifier, relation: sqlRelation, literal: sqlLiteral };

function isSqlForm(form: string): form is SqlForm {
  return Object.hasOwn(sqlForms, form);
}

export interface Filled {
  text: string;
  /** The holes that could not be filled, as `group.field`; the text then says `unknown` there. */
  missing: string[];
}

/** A template that does not fit its facts. Offsets are UTF-16 units of its source. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
  readonly start: number;
  readonly end: number;

  constructor(message: string, start: number, end: number) {
    super(message);
    this.start = start;
    this.end = end;
  }
}

/** Longer texts and lists are cut: a title may be a megabyte, a statement may read a thousand relations. */
const textLengthMax = 160;
const listLengthMax = 5;
const sqlListLengthMax = 40;

/** Reads a template and checks its holes against the facts. Throws TemplateError. */
export function parseTemplate(source: string, groups: Record<string, GroupSchema>): Template {
  const parts: (string | Hole)[] = [];
  let text = '';
  let at = 0;
  while (at < source.length) {
    const character = source.charAt(at);
    if ((character === '{' || character === '}') && source.charAt(at + 1) === character) {
      text += character;
      at += 2;
    } else if (character === '}') {
      throw new TemplateError('this brace closes nothing; write }} for a brace', at, at + 1);
    } else if (character === '{') {
      const end = source.indexOf('}', at);
      if (end === -1) throw new TemplateError('this hole is not closed; write {{ for a brace', at, at + 1);
      if (text !== '') parts.push(text);
      text = '';
      parts.push(parseHole(source.slice(at + 1, end), at + 1, groups));
      at = end + 1;
    } else {
      text += character;
      at += 1;
    }
  }
  if (text !== '') parts.push(text);
  // Folded scalars and wrapped lines end in blanks that are none of the text; what fills the holes is kept as it is.
  return { source, parts: parts.map((part) => (typeof part === 'string' ? part.replace(/\s+/g, ' ') : part)) };
}

function parseHole(hole: string, start: number, groups: Record<string, GroupSchema>): Hole {
  const match = /^([a-z_]+)\.([a-z0-9_]+)(?::([^/|]+)(?:\/([^/|]+))?)?(?:\|(.*))?$/s.exec(hole);
  const end = start + hole.length;
  if (match === null) {
    throw new TemplateError('a hole names one fact: {group.field}, {group.field|otherwise} or {group.field:call/calls}', start, end);
  }
  const [, group = '', field = '', one, many, otherwise = null] = match;
  const noun = one !== undefined && many !== undefined ? { one, many } : null;
  const form = noun === null ? one : undefined;
  const schemas = Object.hasOwn(groups, group) ? groups[group] : undefined;
  if (schemas === undefined) {
    const hint = suggestion(group, Object.keys(groups)) || `; this rule sees ${Object.keys(groups).join(', ')}`;
    throw new TemplateError(`unknown group of facts '${group}'${hint}`, start, start + group.length);
  }
  const fieldStart = start + group.length + 1;
  const schema = Object.hasOwn(schemas, field) ? schemas[field] : undefined;
  if (schema === undefined) {
    const message = `unknown fact '${group}.${field}'${suggestion(field, Object.keys(schemas))}`;
    throw new TemplateError(message, fieldStart, fieldStart + field.length);
  }
  if (form !== undefined && !isSqlForm(form)) {
    const message = `a hole is written :identifier, :relation, :literal or with a noun as :call/calls, not :${form}`;
    throw new TemplateError(message, start, end);
  }
  if (form !== undefined && schema.type !== 'string' && schema.type !== 'list') {
    throw new TemplateError(`:${form} is for texts and lists, and ${group}.${field} is a ${schema.type}`, start, end);
  }
  if (noun !== null && (schema.type !== 'number' || schema.unit !== undefined)) {
    const unit = schema.unit === undefined ? '' : ` in ${schema.unit}`;
    throw new TemplateError(`a noun goes with a plain number, and ${group}.${field} is a ${schema.type}${unit}`, start, end);
  }
  return { group, field, schema, sql: form ?? null, noun, otherwise };
}

/** Fills the holes. Texts come out as one line without controls, cut where they are long; lists joined and counted. */
export function fill(template: Template, facts: Facts): Filled {
  const missing: string[] = [];
  const pieces = template.parts.map((part) => {
    if (typeof part === 'string') return part;
    const value = facts[part.group]?.[part.field];
    if (part.otherwise !== null && value === 0) return part.otherwise;
    const text = value === undefined ? null : formatFact(value, part);
    if (text !== null) return text;
    if (part.otherwise !== null) return part.otherwise;
    missing.push(`${part.group}.${part.field}`);
    return 'unknown';
  });
  return { text: pieces.join('').trim(), missing };
}

/** The first of several wordings whose holes can all be filled; the last one where none can. */
export function fillFirst(templates: readonly Template[], facts: Facts): string {
  let last = '';
  for (const template of templates) {
    const { text, missing } = fill(template, facts);
    if (missing.length === 0) return text;
    last = text;
  }
  return last;
}

/** Lines of evidence: those with a hole that cannot be filled are dropped; a lone list gives a line for each entry. */
export function fillLines(templates: readonly Template[], facts: Facts): string[] {
  return templates.flatMap((template) => {
    const [only] = template.parts;
    if (template.parts.length === 1 && typeof only === 'object' && only.schema.type === 'list' && only.sql === null) {
      const entries = facts[only.group]?.[only.field];
      return Array.isArray(entries) ? capped(entries.map(cleaned).filter((entry) => entry !== '')) : [];
    }
    const { text, missing } = fill(template, facts);
    return missing.length === 0 && text !== '' ? [text] : [];
  });
}

function formatFact(value: Facts[string][string], hole: Hole): string | null {
  if (typeof value === 'number') {
    const quantity = formatQuantity(value, hole.schema.unit ?? 'count');
    if (quantity === null || hole.noun === null) return quantity;
    return `${quantity} ${value === 1 ? hole.noun.one : hole.noun.many}`;
  }
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  const texts = (typeof value === 'string' ? [value] : value).filter((text) => cleaned(text) !== '');
  if (texts.length === 0) return null;
  if (hole.sql === null) return joined(texts.map(cleaned));
  const sql = texts.map(sqlForms[hole.sql]);
  if (sql.length <= sqlListLengthMax) return sql.join(', ');
  return `${sql.slice(0, sqlListLengthMax).join(', ')} /* and ${sql.length - sqlListLengthMax} more */`;
}

function cleaned(text: string): string {
  return plainText(text, textLengthMax);
}

function joined(texts: readonly string[]): string {
  const shown = capped(texts);
  return shown.length <= listLengthMax ? shown.join(', ') : `${shown.slice(0, -1).join(', ')} ${shown.at(-1) ?? ''}`;
}

/** At most five entries, and how many there are besides. */
function capped(entries: readonly string[]): string[] {
  if (entries.length <= listLengthMax) return [...entries];
  return [...entries.slice(0, listLengthMax), `and ${entries.length - listLengthMax} more`];
}
