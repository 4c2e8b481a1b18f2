import type { SyntaxNode } from '@lezer/common';
import { plainText } from '../text/plain-text.js';
import { operationSql } from './alembic-operations.js';
import { childrenOf, parsePython, textOf, valueOf, type PythonCall } from './python-values.js';
import { Reading, type GivenFile, type MigrationReader } from './reading.js';
import { addStatements } from './sql-steps.js';

/** Migrations of Alembic ("Operation Reference", Alembic 1.13): what `upgrade()` says is deployed. */
export const reader: MigrationReader = {
  recognises: ({ path, text }) => (path.endsWith('.py') && /from alembic import|import alembic\b/.test(text) && /def upgrade\s*\(/.test(text) ? 2 : 0),
  read(file, all) {
    const reading = new Reading(file.text);
    const upgrade = functionNamed(parsePython(file.text), 'upgrade', file.text);
    if (upgrade) runBody(upgrade, file, reading, null);
    else reading.problem('there is no function upgrade, so that nothing of it is known', 0);
    const order = chainPosition(file, all);
    return { version: revisionOf(file.text).own, ...(order === null ? {} : { order }), steps: reading.steps, problems: reading.problems };
  },
};

function functionNamed(top: SyntaxNode, name: string, text: string): SyntaxNode | null {
  for (let node = top.firstChild; node; node = node.nextSibling) {
    const named = node.name === 'FunctionDefinition' ? node.getChild('VariableName') : null;
    if (named && text.slice(named.from, named.to) === name) return node.getChild('Body');
  }
  return null;
}

function revisionOf(text: string): { own: string | null; before: string[] } {
  const own = /^revision\s*(?::[^=\n]*)?=\s*['"]([^'"]+)['"]/m.exec(text)?.[1] ?? null;
  const line = /^down_revision\s*(?::[^=\n]*)?=\s*(.*)$/m.exec(text)?.[1] ?? '';
  return { own, before: [...line.matchAll(/['"]([^'"]+)['"]/g)].map(([, name = '']) => name) };
}

/** How many revisions lie before it in the chain; null where the file does not say its own. */
function chainPosition(file: GivenFile, all: readonly GivenFile[]): string | null {
  const { own } = revisionOf(file.text);
  if (own === null) return null;
  const before = new Map(all.filter((other) => reader.recognises(other) > 0).map(({ text }) => revisionOf(text)).flatMap((revision) => (revision.own === null ? [] : [[revision.own, revision.before] as const])));
  const seen = new Set<string>([own]);
  for (const revision of seen) for (const earlier of before.get(revision) ?? []) if (before.has(earlier)) seen.add(earlier);
  return String(seen.size).padStart(8, '0');
}

/** @param table of `with op.batch_alter_table(…) as batch_op` */
function runBody(body: SyntaxNode, file: GivenFile, reading: Reading, table: string | null): void {
  for (let node = body.firstChild; node; node = node.nextSibling) {
    if (node.name === 'ExpressionStatement') statement(node, file, reading, table);
    else if (node.name === 'WithStatement') batch(node, file, reading);
    else if (node.name === 'AssignStatement') reading.problem('what is assigned here is worked out when it runs, and may change something', node.from);
    else if (node.name.endsWith('Statement') && node.name !== 'PassStatement') reading.problem(`Python's ${node.name.replace(/Statement$/, '').toLowerCase()} decides when it runs what is done`, node.from);
  }
}

function batch(node: SyntaxNode, file: GivenFile, reading: Reading): void {
  const called = node.getChild('CallExpression');
  const value = called ? valueOf(called, file.text) : null;
  const body = node.getChild('Body');
  if (value?.kind !== 'call' || !body) return reading.problem('a with statement whose effect is not known', node.from);
  if (value.name === 'op.get_context().autocommit_block' || value.name.endsWith('autocommit_block')) return runBody(body, file, reading, null);
  const table = value.name.endsWith('batch_alter_table') ? textOf(value.positional[0] ?? value.keywords.get('table_name')) : null;
  if (table === null) return reading.problem('a with statement whose effect is not known', node.from);
  const schema = textOf(value.keywords.get('schema'));
  runBody(body, file, reading, schema === null ? table : `${schema}.${table}`);
}

function statement(node: SyntaxNode, file: GivenFile, reading: Reading, table: string | null): void {
  const [first] = childrenOf(node);
  const value = first ? valueOf(first, file.text) : null;
  // A docstring, or dots.
  if (value?.kind === 'text' || value?.kind === 'other') return;
  if (value?.kind !== 'call') return reading.problem('a line of Python that is no operation of Alembic', node.from);
  operation(value, file, reading, table);
}

function operation(call: PythonCall, file: GivenFile, reading: Reading, table: string | null): void {
  const [receiver = '', name = ''] = [call.name.replace(/\.?[^.]*$/, ''), call.name.replace(/^.*\./, '')];
  if (receiver !== 'op' && table === null) return reading.problem(`${call.name || 'this'} is code of the application: what it changes is not known`, call.offset);
  if (name === 'execute') {
    const [sql] = call.positional;
    if (sql?.kind === 'text') return addStatements(sql.text, reading, sql.content);
    return reading.problem('the SQL that it executes is built when it runs', call.offset);
  }
  if (name === 'f') return;
  const statements = operationSql(name, call, table);
  if (statements === 'unknown') return reading.problem(`${name} is no operation that is known: what it does is not known`, call.offset);
  if (statements === null) return reading.problem(`an argument of ${name} cannot be read, so that what it does is not known`, call.offset);
  const written = plainText(file.text.slice(call.offset, Math.min(call.end, call.offset + 2000)), 160);
  for (const sql of statements) reading.step(sql, call.offset, written);
}
