import { closingParenthesis } from '../shared/expression.js';

/** DuckDB prints some definitions as SQL text only; these read the little that is needed of them. */

/** Reads an identifier, quoted or not, and returns its end; null where none stands. */
function identifierAt(text: string, at: number): { name: string; end: number } | null {
  const match = /"(?:[^"]|"")*"|[^\s."(),;]+/y;
  match.lastIndex = at;
  const found = match.exec(text)?.[0];
  if (found === undefined) return null;
  const name = found.startsWith('"') ? found.slice(1, -1).replaceAll('""', '"') : found;
  return { name, end: match.lastIndex };
}

/** A name with its qualifiers, e.g. `analytics."case load"`. */
function qualifiedNameAt(text: string, at: number): { parts: string[]; end: number } | null {
  const parts: string[] = [];
  for (let next = at; ; next++) {
    const part = identifierAt(text, next);
    if (!part) return null;
    parts.push(part.name);
    next = part.end;
    if (text.charAt(next) !== '.') return { parts, end: next };
  }
}

/** `CREATE VIEW analytics.v (a, b) AS SELECT …;` → `SELECT …`; null where the text has another form. */
export function viewQuery(sql: string): string | null {
  const head = /^\s*create\s+(?:or\s+replace\s+)?view\s+(?:if\s+not\s+exists\s+)?/i.exec(sql);
  const name = head ? qualifiedNameAt(sql, head[0].length) : null;
  if (!name) return null;
  let at = skipBlanks(sql, name.end);
  if (sql.charAt(at) === '(') {
    const end = closingParenthesis(sql, at);
    if (end < 0) return null;
    at = skipBlanks(sql, end + 1);
  }
  const as = /as\s+/iy;
  as.lastIndex = at;
  if (!as.test(sql)) return null;
  return sql.slice(as.lastIndex).trim().replace(/;$/, '');
}

/** The schema of the table that a FOREIGN KEY's text references; null where the text does not say. */
export function referencedSchema(constraint: string): string | null {
  const at = constraint.lastIndexOf(' REFERENCES ');
  const name = at < 0 ? null : qualifiedNameAt(constraint, at + ' REFERENCES '.length);
  return name?.parts.at(-2) ?? null;
}

/** `ENUM('OPEN', 'CLOSED')` → its members; null for other types. */
export function enumMembers(type: string): string[] | null {
  if (!type.startsWith('ENUM(')) return null;
  return Array.from(type.matchAll(/'((?:[^']|'')*)'/g), ([, member]) => (member ?? '').replaceAll("''", "'"));
}

/** `[case_id, lower(status)]` → `case_id` and null for the expression. */
export function indexColumns(expressions: string, columns: ReadonlySet<string>): (string | null)[] {
  const inner = expressions.replace(/^\[|\]$/g, '');
  if (inner.includes('(')) return [null];
  return inner.split(', ').map((text) => {
    const name = text.replace(/^["']+|["']+$/g, '');
    return columns.has(name) ? name : null;
  });
}

function skipBlanks(text: string, at: number): number {
  let next = at;
  while (/\s/.test(text.charAt(next))) next++;
  return next;
}
