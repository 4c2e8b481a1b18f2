import { changeStatements } from './liquibase-changes.js';
import { readFormatted } from './liquibase-formatted.js';
import { runsOnPostgres } from './liquibase-dbms.js';
import { type ChangeNode, fromXml, fromYaml } from './liquibase-tree.js';
import { Reading, type GivenFile, type MigrationReader } from './reading.js';
import { addStatements } from './sql-steps.js';

/** Changelogs of Liquibase: formatted SQL, XML, YAML and JSON ("Changelog formats", Liquibase 4.29). */
const FORMATTED = /^\s*--\s*liquibase\s+formatted\s+sql/i;

export const reader: MigrationReader = {
  recognises({ path, text }) {
    const head = text.slice(0, 20_000);
    if (/\.sql$/i.test(path)) return FORMATTED.test(head) ? 2 : 0;
    if (/\.xml$/i.test(path)) return /<databaseChangeLog\b/.test(head) ? 2 : 0;
    return /\.(?:ya?ml|json)$/i.test(path) && /["']?databaseChangeLog["']?\s*:/.test(head) ? 2 : 0;
  },
  read(file, all) {
    const reading = new Reading(file.text);
    if (/\.sql$/i.test(file.path)) readFormatted(file.text, reading);
    else readTree(file, all, reading);
    return { version: null, steps: reading.steps, problems: reading.problems };
  },
};

function readTree(file: GivenFile, all: readonly GivenFile[], reading: Reading): void {
  const { root, error } = /\.xml$/i.test(file.path) ? fromXml(file.text) : fromYaml(file.text);
  if (error) reading.problem(error.message, error.offset);
  for (const node of root?.children ?? []) {
    if (node.name === 'changeSet') changeSet(node, file, all, reading);
    else if (node.name === 'include' || node.name === 'includeAll') include(node, all, reading);
    else if (node.name === 'preConditions') reading.problem('preconditions of the changelog decide whether it runs at all', node.offset);
    else if (node.name !== 'property' && node.name !== 'removeChangeSetProperty') reading.problem(`${node.name} is no part of a changelog that is known`, node.offset);
  }
}

function include(node: ChangeNode, all: readonly GivenFile[], reading: Reading): void {
  const wanted = node.attributes.get('file') ?? node.attributes.get('path') ?? '';
  const isGiven = all.some(({ path }) => (node.name === 'include' ? path === wanted || path.endsWith(`/${wanted.replace(/^(?:\.?\/|classpath:)+/, '')}`) : path.includes(wanted.replace(/^(?:\.?\/|classpath:)+/, ''))));
  if (!isGiven) reading.problem(`${wanted} is included and was not given: what it does is not known`, node.offset);
}

const OF_NO_ACCOUNT = new Set(['rollback', 'comment', 'validCheckSum', 'tagDatabase', 'empty', 'output', 'modifySql']);

function changeSet(node: ChangeNode, file: GivenFile, all: readonly GivenFile[], reading: Reading): void {
  const dbms = node.attributes.get('dbms');
  // For another engine only.
  if (dbms !== undefined && !runsOnPostgres(dbms)) return;
  const context = node.attributes.get('context') ?? node.attributes.get('contextFilter') ?? node.attributes.get('labels');
  if (context !== undefined) reading.problem(`the change set ${node.attributes.get('id') ?? ''} runs in the context or under the label ${context} only`, node.offset);
  // YAML and JSON have the changes in a list of their own.
  const changes = node.children.flatMap((child) => (child.name === 'changes' ? child.children : [child]));
  for (const change of changes) {
    if (change.name === 'preConditions') reading.problem(`preconditions decide whether the change set ${node.attributes.get('id') ?? ''} runs`, change.offset);
    else if (change.name === 'sqlFile') sqlFile(change, file, all, reading);
    else if (change.name === 'sql') sql(change, reading);
    else if (!OF_NO_ACCOUNT.has(change.name)) changeStatements(change, reading);
  }
}

function sql(change: ChangeNode, reading: Reading): void {
  const dbms = change.attributes.get('dbms');
  if (dbms !== undefined && !runsOnPostgres(dbms)) return;
  const text = change.attributes.get('sql') ?? change.text;
  if (change.attributes.get('splitStatements') === 'false') reading.step(text.trim().replace(/;\s*$/, ''), change.textOffset + Math.max(text.search(/\S/), 0));
  else addStatements(text, reading, change.textOffset);
}

/** A file of SQL that a changelog names; its statements stand at the line that names it. */
function sqlFile(change: ChangeNode, { path }: GivenFile, all: readonly GivenFile[], reading: Reading): void {
  const wanted = (change.attributes.get('path') ?? '').replace(/^(?:\.?\/|classpath:)+/, '');
  const folder = path.replace(/[^/]*$/, '');
  const found = all.find((file) => file.path === folder + wanted || file.path === wanted || file.path.endsWith(`/${wanted}`));
  if (!found) return reading.problem(`the SQL is in ${wanted}, which was not given`, change.offset);
  const inner = new Reading(found.text);
  addStatements(found.text, inner);
  for (const step of inner.steps) reading.step(step.sql, change.offset, `sqlFile ${wanted}, line ${step.line}`);
  for (const { message, line } of inner.problems) reading.problem(`${wanted}, line ${line}: ${message}`, change.offset);
}
