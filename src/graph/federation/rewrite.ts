import type { ParsedStatement, TableReference } from '../../model/syntax-tree.js';
import { walkStatement } from '../../sql/walk.js';

/** A name of up to three parts, each bare or in the quotes of some dialect. */
const NAME = /(?:"[^"]{0,200}"|`[^`]{0,200}`|\[[^\]]{0,200}\]|[\p{L}_][\p{L}\p{N}_$]{0,200})(?:\s{0,8}\.\s{0,8}(?:"[^"]{0,200}"|`[^`]{0,200}`|\[[^\]]{0,200}\]|[\p{L}_][\p{L}\p{N}_$]{0,200})){0,2}/uy;

/** A text with other names for some relations; null where a name does not stand where the parser says. */
export function withNames(text: string, changes: readonly { reference: TableReference; name: [schema: string | null, name: string] }[]): string | null {
  let changed = text;
  for (const { reference, name } of [...changes].sort((a, b) => b.reference.span.start - a.reference.span.start)) {
    NAME.lastIndex = reference.span.start;
    const written = NAME.exec(text)?.[0];
    if (written === undefined || !written.toLowerCase().includes(reference.name.toLowerCase())) return null;
    const other = name.filter((part) => part !== null).map((part) => `"${part.replaceAll('"', '""')}"`).join('.');
    // What refers to the relation goes on by the name that it had.
    const alias = reference.alias === null && name[1] !== reference.name ? ` AS "${reference.name}"` : '';
    changed = `${changed.slice(0, reference.span.start)}${other}${alias}${changed.slice(reference.span.start + written.length)}`;
  }
  return changed;
}

/** Which of the columns of a relation statements mention, as a list for SELECT; `*` where they take all or no name fits. */
export function columnsRead(statements: readonly ParsedStatement[], columns: readonly string[]): string {
  const mentioned = new Set<string>();
  let all = false;
  for (const { statement } of statements) {
    walkStatement(statement, {
      expression: (expression) => {
        if (expression.type === 'star') all = true;
        if (expression.type === 'column') mentioned.add((expression.parts.at(-1) ?? '').toLowerCase());
      },
    });
  }
  const read = columns.filter((column) => mentioned.has(column.toLowerCase()));
  return all || read.length === 0 ? '*' : read.map((column) => (/^[a-z_][a-z0-9_$]*$/.test(column) ? column : `"${column.replaceAll('"', '""')}"`)).join(', ');
}
