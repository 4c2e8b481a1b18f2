import type { DjangoMigration } from './django-operations.js';
import { textOf, type PythonCall } from './python-values.js';
import { quoted, quotedPart } from './sql-text.js';

/** What each operation of Django does ("Migration Operations", Django 5.1). */
type Operation = (this: DjangoMigration, call: PythonCall) => void;

const EXTENSIONS: Record<string, string> = {
  TrigramExtension: 'pg_trgm', UnaccentExtension: 'unaccent', HStoreExtension: 'hstore', CITextExtension: 'citext', BtreeGinExtension: 'btree_gin', BtreeGistExtension: 'btree_gist', CryptoExtension: 'pgcrypto',
};

export const OPERATIONS: Record<string, Operation> = {
  CreateModel(call) { this.createModel(call); },
  DeleteModel(call) { this.deleteModel(call); },
  AddField(call) { this.addField(call); },
  AlterField(call) { this.alterField(call); },
  RemoveField(call) { this.removeField(call); },
  RenameField(call) { this.renameField(call); },
  RenameModel(call) { this.renameModel(call); },
  AlterModelTable(call) {
    const model = this.model(call, 'name');
    const table = this.argument(call, 'table', 1);
    if (model && table !== null) this.rename(model, table, call);
  },
  AddConstraint(call) {
    const model = this.model(call);
    if (model) this.constraint(model, call.keywords.get('constraint') ?? call.positional[1], call);
  },
  RemoveConstraint(call) {
    const model = this.model(call);
    const name = this.argument(call, 'name', 1);
    if (model && name !== null) this.add(model.indexed.has(name) ? `DROP INDEX ${quotedPart(name)}` : `ALTER TABLE ${quotedPart(model.table)} DROP CONSTRAINT ${quotedPart(name)}`, call);
  },
  AddIndex(call) {
    const model = this.model(call);
    if (model) this.constraint(model, call.keywords.get('index') ?? call.positional[1], call);
  },
  RemoveIndex(call) {
    const name = this.argument(call, 'name', 1);
    if (name !== null) this.add(`DROP INDEX IF EXISTS ${quotedPart(name)}`, call);
  },
  RenameIndex(call) {
    const [to, from] = [this.argument(call, 'new_name', 1), textOf(call.keywords.get('old_name'))];
    if (to !== null && from !== null) this.add(`ALTER INDEX ${quotedPart(from)} RENAME TO ${quotedPart(to)}`, call);
  },
  AlterUniqueTogether(call) { this.alterTogether(call); },
  RunSQL(call) { this.runSql(call); },
  SeparateDatabaseAndState(call) {
    const operations = call.keywords.get('database_operations') ?? call.positional[0];
    if (operations) this.run(operations);
  },
  RunPython(call) {
    const [code] = call.positional;
    if (!(code?.kind === 'name' && code.name.endsWith('noop'))) this.problem('RunPython runs code of the application: which rows it changes is not known', call);
  },
  AddIndexConcurrently(call) { OPERATIONS['AddIndex']?.call(this, call); },
  RemoveIndexConcurrently(call) { OPERATIONS['RemoveIndex']?.call(this, call); },
  AddConstraintNotValid(call) { OPERATIONS['AddConstraint']?.call(this, call); },
  ValidateConstraint(call) {
    const model = this.model(call);
    const name = this.argument(call, 'name', 1);
    if (model && name !== null) this.add(`ALTER TABLE ${quotedPart(model.table)} VALIDATE CONSTRAINT ${quotedPart(name)}`, call);
  },
  // Of these the database knows nothing.
  AlterModelOptions() {}, AlterModelManagers() {}, AlterOrderWithRespectTo() {}, AlterModelTableComment() {}, AlterIndexTogether() {},
};
for (const extension of ['TrigramExtension', 'UnaccentExtension', 'HStoreExtension', 'CITextExtension', 'BtreeGinExtension', 'BtreeGistExtension', 'CryptoExtension', 'CreateExtension']) {
  OPERATIONS[extension] = function (call) {
    const name = textOf(call.positional[0]) ?? EXTENSIONS[extension] ?? '';
    this.add(`CREATE EXTENSION IF NOT EXISTS ${quoted(name)}`, call);
  };
}
