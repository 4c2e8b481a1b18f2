import { changeStatement } from './rails-changes.js';
import { RailsContext } from './rails-context.js';
import { Reading, type GivenFile, type MigrationReader, type ReadMigration } from './reading.js';
import { parseRuby, type RubyStatement } from './ruby-parser.js';
import { addStatements } from './sql-steps.js';
import type { RailsVersion } from './rails-columns.js';

/** Migrations of Ruby on Rails: `db/migrate/20260314101500_add_note.rb` ("Active Record Migrations", Rails Guides 8.0). */
const NAME = /(?:^|\/)(\d{8,})_[\w.]*\.rb$/;
/** Without a number in brackets a migration means what it meant to Rails 4.2. */
const VERSION_DEFAULT: RailsVersion = [4, 2];

export const reader: MigrationReader = {
  recognises: ({ path, text }) => (path.endsWith('.rb') && /ActiveRecord::(?:Migration|Schema)|<\s*\w*Migration\b/.test(text) ? 2 : 0),
  read(file, all) {
    const reading = new Reading(file.text);
    for (const statement of parseRuby(file.text)) topLevel(statement, file, all, reading);
    const version = NAME.exec(file.path)?.[1] ?? null;
    return { version, steps: reading.steps, problems: reading.problems } satisfies ReadMigration;
  },
};

function topLevel(statement: RubyStatement, file: GivenFile, all: readonly GivenFile[], reading: Reading): void {
  if (statement.kind === 'class') {
    // A model that a migration brings along makes no change by itself.
    if (/Migration/.test(statement.parent)) readClass(statement.parent, statement.body, new RailsContext(file, all, reading, versionOf(statement.parent)));
    else for (const inner of statement.body) if (inner.kind === 'class') topLevel(inner, file, all, reading);
    return;
  }
  // db/schema.rb: ActiveRecord::Schema[8.0].define(version: …) do … end.
  if (statement.kind === 'other' && /ActiveRecord::Schema/.test(file.text.slice(statement.start, statement.start + 40))) {
    reading.problem('schema.rb is what Rails makes of migrations; give the migrations themselves, or structure.sql', statement.start);
  } else if (statement.kind !== 'definition' && !(statement.kind === 'call' && /^(?:require|require_relative|module)$/.test(statement.name))) {
    reading.problem('stands outside of a migration: whether it changes something is not known', statement.start);
  }
}

function versionOf(parent: string): RailsVersion {
  const [, major, minor] = /\[(\d+)\.(\d+)\]/.exec(parent) ?? [];
  return major === undefined ? VERSION_DEFAULT : [Number(major), Number(minor)];
}

function readClass(parent: string, body: readonly RubyStatement[], context: RailsContext): void {
  const run = body.filter((statement) => statement.kind === 'definition' && (statement.name === 'change' || statement.name === 'up'));
  for (const statement of body) {
    if (statement.kind === 'other') context.problem(`${statement.what === 'this' ? 'a line of Ruby' : `Ruby's ${statement.what}`} stands in the class: whether it changes something is not known`, statement.start);
  }
  const [first] = run;
  if (!first) context.problem(`the class (${parent}) has neither change nor up, so that what it does is not known`, body[0]?.start ?? 0);
  for (const definition of run) if (definition.kind === 'definition') runStatements(definition.body, context);
}

/** Calls around others that say how they run, and not what. */
const AROUND = new Set(['safety_assured', 'up_only', 'transaction', 'suppress_messages', 'say_with_time', 'disable_statement_timeout', 'with_lock_retries', 'without_statement_timeout']);
const OF_NO_ACCOUNT = new Set(['say', 'puts', 'p', 'raise', 'return', 'sleep', 'validate_indices', 'stash_indexes', 'set_lock_timeout', 'set_statement_timeout', 'disable_ddl_transaction!', 'disable_validate']);

function runStatements(body: readonly RubyStatement[], context: RailsContext): void {
  for (const statement of body) {
    if (statement.kind !== 'call') {
      const what = statement.kind === 'other' ? statement.what : statement.kind;
      context.problem(what === 'this' ? 'a line of Ruby that is no call of a migration: what it does is not known' : `Ruby's ${what} decides when it runs what is done`, statement.start);
      continue;
    }
    const { receiver, name, block } = statement;
    if (block && (AROUND.has(name) || (receiver !== '' && name === 'transaction'))) runStatements(block, context);
    else if (name === 'reversible' && block) runStatements(block, context);
    else if (name === 'up' && block) runStatements(block, context);
    else if ((name === 'down' && block) || OF_NO_ACCOUNT.has(name)) continue;
    else if (name === 'revert') context.problem('it takes back what another migration did: what that is is not followed', statement.start);
    else if (name === 'execute' && (receiver === '' || receiver === 'connection' || receiver === 'ActiveRecord::Base.connection' || receiver.endsWith('.connection'))) executeText(statement, context);
    else if (receiver !== '' && receiver !== 'connection') context.problem(`${receiver}.${name} runs code of the application: which rows or tables it changes is not known`, statement.start);
    else changeStatement(statement, context);
    if (statement.condition !== null) context.problem(`runs only ${statement.condition}; whether it does is decided when it runs`, statement.start);
  }
}

function executeText(call: RubyStatement & { kind: 'call' }, context: RailsContext): void {
  const [argument] = call.positional;
  if (argument?.kind !== 'text') return context.problem('the SQL that it executes is built when it runs', call.start);
  if (argument.open) return context.problem('the text of SQL has no end in this file', call.start);
  if (argument.dynamic) return context.problem('the SQL that it executes has parts that are put in when it runs (#{…})', call.start);
  addStatements(argument.text, context.reading, argument.offset);
}
