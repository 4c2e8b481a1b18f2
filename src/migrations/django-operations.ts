import { plainText } from '../text/plain-text.js';
import { classOf, conditionOf, definitionOf, fieldOf, isManyToMany, modelName, type DjangoField } from './django-fields.js';
import { constraintName } from './django-names.js';
import { OPERATIONS } from './django-table.js';
import type { DjangoModel, DjangoState } from './django-state.js';
import { isTrue, textOf, textsOf, type PythonCall, type PythonValue } from './python-values.js';
import type { GivenFile, Reading } from './reading.js';
import { list, quotedPart } from './sql-text.js';
import { addStatements } from './sql-steps.js';

/** One migration of Django as SQL (django/db/backends/base/schema.py and postgresql/schema.py, 5.1). */
export class DjangoMigration {
  readonly #file: GivenFile;
  readonly #app: string;
  readonly #state: DjangoState;
  readonly #reading: Reading;

  constructor(file: GivenFile, app: string, state: DjangoState, reading: Reading) {
    this.#file = file;
    this.#app = app;
    this.#state = state;
    this.#reading = reading;
  }

  run(operations: PythonValue): void {
    if (operations.kind !== 'list') return this.#reading.problem('the operations are put together when the migration runs', operations.offset);
    for (const operation of operations.items) {
      if (operation.kind !== 'call') {
        this.#reading.problem('an operation is worked out when the migration runs', operation.offset);
        continue;
      }
      const kind = classOf(operation);
      const change = Object.hasOwn(OPERATIONS, kind) ? OPERATIONS[kind] : undefined;
      if (change) change.call(this, operation);
      else this.problem(`${kind} is no operation that is known: what it does is not known`, operation);
    }
  }

  problem(message: string, { offset }: { offset: number }): void {
    this.#reading.problem(message, offset);
  }

  add(sql: string, call: PythonCall): void {
    const written = plainText(this.#file.text.slice(call.offset, Math.min(call.end, call.offset + 2000)), 160);
    this.#reading.step(sql, call.offset, written.replace(/\(\s+/g, '('));
  }

  addSql(value: PythonValue & { kind: 'text' }): void {
    addStatements(value.text, this.#reading, value.content);
  }

  /** The argument of a name, or at its place; a problem where it is no text. */
  argument(call: PythonCall, name: string, at: number): string | null {
    const text = textOf(call.keywords.get(name) ?? call.positional[at]);
    if (text === null) this.problem(`${name} of ${classOf(call)} is worked out when it runs`, call);
    return text;
  }

  model(call: PythonCall, name = 'model_name', at = 0): DjangoModel | null {
    const text = this.argument(call, name, at);
    return text === null ? null : this.#state.model(this.#app, text);
  }

  field(name: string, value: PythonValue | undefined, call: PythonCall): DjangoField | null {
    const field = value?.kind === 'call' ? fieldOf(name, value, (model) => this.#state.keyType(this.#app, model)) : null;
    if (!field) this.problem(`of the field ${name} it is not known what column it makes${value?.kind === 'call' ? `: ${classOf(value)} is no field of Django` : ''}`, value ?? call);
    return field;
  }

  /** ` CONSTRAINT … REFERENCES …` of a field that refers to another model. */
  reference(table: string, field: DjangoField): string {
    if (field.refersTo === null) return '';
    const target = this.#state.referred(this.#app, field.refersTo);
    const key = this.#state.keyColumn(this.#app, field.refersTo);
    const name = constraintName(table, [field.column], `_fk_${target.table}_${key}`);
    return `CONSTRAINT ${quotedPart(name)} REFERENCES ${quotedPart(target.table)} (${quotedPart(key)}) DEFERRABLE INITIALLY DEFERRED`;
  }

  createModel(call: PythonCall): void {
    const name = this.argument(call, 'name', 0);
    const fields = call.keywords.get('fields') ?? call.positional[1];
    if (name === null) return;
    const options = optionsOf(call.keywords.get('options') ?? call.positional[2]);
    const isTable = !isTrue(options.get('proxy')) && !(options.get('managed')?.kind === 'boolean' && !isTrue(options.get('managed')));
    const model = this.#state.add(this.#app, name, textOf(options.get('db_table')));
    if (fields?.kind !== 'list') return this.problem(`the fields of ${name} are put together when the migration runs`, call);
    const relations: [string, PythonCall][] = [];
    for (const item of fields.items) {
      const [fieldName, value] = item.kind === 'list' ? item.items : [];
      const written = textOf(fieldName);
      if (written === null || !value) this.problem('a field is worked out when the migration runs', item);
      else if (value.kind === 'call' && isManyToMany(value)) relations.push([written, value]);
      else {
        const field = this.field(written, value, call);
        if (field) model.fields.set(written, field);
      }
    }
    if (!isTable) return;
    const unique = together(options.get('unique_together'));
    model.uniqueTogether = unique.map((names) => ({ fields: names, name: this.uniqueName(model, names) }));
    const columns = [...model.fields.values()];
    const lines = [
      ...columns.map(definitionOf),
      ...columns.flatMap((field) => (field.refersTo === null ? [] : [this.reference(model.table, field).replace(' REFERENCES', ` FOREIGN KEY (${quotedPart(field.column)}) REFERENCES`)])),
      ...unique.map((names) => this.uniqueTogether(model, names)),
    ];
    this.add(`CREATE TABLE ${quotedPart(model.table)} (${lines.join(', ')})`, call);
    for (const [field, value] of relations) this.manyToMany(model, name, field, value, call);
    for (const key of ['constraints', 'indexes']) {
      const more = options.get(key);
      for (const item of more?.kind === 'list' ? more.items : []) this.constraint(model, item, call);
    }
  }

  uniqueTogether(model: DjangoModel, names: readonly string[]): string {
    const columns = names.map((name) => model.fields.get(name)?.column ?? name);
    return `CONSTRAINT ${quotedPart(this.uniqueName(model, names))} UNIQUE ${list(columns)}`;
  }

  uniqueName(model: DjangoModel, names: readonly string[]): string {
    return constraintName(model.table, names.map((name) => model.fields.get(name)?.column ?? name), '_uniq');
  }

  /** A table of its own, with a key to each side; none where the model between is named. */
  manyToMany(model: DjangoModel, name: string, field: string, value: PythonCall, call: PythonCall): void {
    if (value.keywords.has('through')) return;
    const to = modelName(value.keywords.get('to') ?? value.positional[0]);
    if (to === null) return this.problem(`to which model ${field} leads is worked out when it runs`, value);
    const table = textOf(value.keywords.get('db_table')) ?? `${model.table}_${field}`;
    const target = this.#state.referred(this.#app, to);
    const last = to.replace(/^.*\./, '').toLowerCase();
    const isSelf = target === model;
    const sides: [string, DjangoModel, string][] = [[isSelf ? `from_${name.toLowerCase()}_id` : `${name.toLowerCase()}_id`, model, `${model.app}.${name}`], [isSelf ? `to_${last}_id` : `${last}_id`, target, to]];
    const keys = sides.map(([column, side, named]) => `${quotedPart(column)} ${this.#state.keyType(this.#app, named)} NOT NULL REFERENCES ${quotedPart(side.table)} (${quotedPart(this.#state.keyColumn(this.#app, named))}) DEFERRABLE INITIALLY DEFERRED`);
    this.add(`CREATE TABLE ${quotedPart(table)} ("id" bigint GENERATED BY DEFAULT AS IDENTITY NOT NULL PRIMARY KEY, ${keys.join(', ')}, UNIQUE ${list(sides.map(([column]) => column))})`, call);
  }

  constraint(model: DjangoModel, value: PythonValue | undefined, call: PythonCall): void {
    const columnOf = (field: string): string => model.fields.get(field)?.column ?? field;
    const kind = value?.kind === 'call' ? classOf(value) : '';
    const name = value?.kind === 'call' ? textOf(value.keywords.get('name')) : null;
    if (value?.kind !== 'call' || name === null) return this.problem('a constraint or an index is worked out when it runs', value ?? call);
    const head = `ALTER TABLE ${quotedPart(model.table)} ADD CONSTRAINT ${quotedPart(name)}`;
    if (kind === 'CheckConstraint') {
      const condition = conditionOf(value.keywords.get('condition') ?? value.keywords.get('check'), columnOf);
      return condition === null ? this.problem(`what the constraint ${name} demands cannot be read`, value) : this.add(`${head} CHECK ${condition}`, call);
    }
    const fields = textsOf(value.keywords.get('fields'));
    const where = value.keywords.get('condition');
    const condition = where ? conditionOf(where, columnOf) : null;
    if (fields === null || (where && condition === null)) return this.problem(`over what ${name} goes cannot be read`, value);
    const columns = fields.map((field) => columnOf(field.replace(/^-/, '')));
    if (kind === 'UniqueConstraint' && condition === null) return this.add(`${head} UNIQUE ${list(columns)}`, call);
    if (kind === 'UniqueConstraint') model.indexed.add(name);
    this.add(`CREATE ${kind === 'UniqueConstraint' ? 'UNIQUE ' : ''}INDEX ${quotedPart(name)} ON ${quotedPart(model.table)} ${list(columns)}${condition === null ? '' : ` WHERE ${condition}`}`, call);
  }

  addField(call: PythonCall): void {
    const model = this.model(call);
    const name = this.argument(call, 'name', 1);
    const value = call.keywords.get('field') ?? call.positional[2];
    if (!model || name === null) return;
    if (value?.kind === 'call' && isManyToMany(value)) return this.manyToMany(model, textOf(call.keywords.get('model_name') ?? call.positional[0]) ?? '', name, value, call);
    const field = this.field(name, value, call);
    if (!field) return;
    model.fields.set(name, field);
    this.add(`ALTER TABLE ${quotedPart(model.table)} ADD COLUMN ${definitionOf(field)} ${this.reference(model.table, field)}`.trim(), call);
  }

  /** It says how the field is now; what that changes is seen where it is applied. */
  alterField(call: PythonCall): void {
    const model = this.model(call);
    const name = this.argument(call, 'name', 1);
    const value = call.keywords.get('field') ?? call.positional[2];
    if (!model || name === null || (value?.kind === 'call' && isManyToMany(value))) return;
    const before = model.fields.get(name);
    const field = this.field(name, value, call);
    if (!field) return;
    model.fields.set(name, field);
    const table = `ALTER TABLE ${quotedPart(model.table)}`;
    if (before && before.column !== field.column) this.add(`${table} RENAME COLUMN ${quotedPart(before.column)} TO ${quotedPart(field.column)}`, call);
    const column = `${table} ALTER COLUMN ${quotedPart(field.column)}`;
    if (before?.type !== field.type) this.add(`${column} TYPE ${field.type} USING ${quotedPart(field.column)}::${field.type}`, call);
    if (before?.nullable !== field.nullable && !field.primary) this.add(`${column} ${field.nullable ? 'DROP' : 'SET'} NOT NULL`, call);
    if (before ? before.default !== field.default : field.default !== null) this.add(`${column} ${field.default === null ? 'DROP DEFAULT' : `SET DEFAULT ${field.default}`}`, call);
    if (before && before.unique !== field.unique) {
      const key = field.unique ? `ADD CONSTRAINT ${quotedPart(constraintName(model.table, [field.column], '_uniq'))} UNIQUE (${quotedPart(field.column)})` : null;
      if (key !== null) this.add(`${table} ${key}`, call);
      else this.problem(`${name} is no longer unique: the name of the constraint that goes is known to the database only`, call);
    }
    if (before && before.refersTo !== field.refersTo) this.problem(`${name} refers to another model: the foreign key that goes is known to the database only`, call);
  }

  removeField(call: PythonCall): void {
    const model = this.model(call);
    const name = this.argument(call, 'name', 1);
    if (!model || name === null) return;
    this.add(`ALTER TABLE ${quotedPart(model.table)} DROP COLUMN ${quotedPart(model.fields.get(name)?.column ?? name)} CASCADE`, call);
    model.fields.delete(name);
  }

  renameField(call: PythonCall): void {
    const model = this.model(call);
    const [from, to] = [this.argument(call, 'old_name', 1), this.argument(call, 'new_name', 2)];
    if (!model || from === null || to === null) return;
    const field = model.fields.get(from);
    const isReference = field?.refersTo !== null && field !== undefined;
    const column = field && field.column !== (isReference ? `${from}_id` : from) ? field.column : isReference ? `${to}_id` : to;
    const before = field?.column ?? from;
    if (before !== column) this.add(`ALTER TABLE ${quotedPart(model.table)} RENAME COLUMN ${quotedPart(before)} TO ${quotedPart(column)}`, call);
    for (const { fields } of model.uniqueTogether) for (const [at, name] of fields.entries()) if (name === from) fields[at] = to;
    model.fields.delete(from);
    if (field) model.fields.set(to, { ...field, column });
  }

  renameModel(call: PythonCall): void {
    const [from, to] = [this.argument(call, 'old_name', 0), this.argument(call, 'new_name', 1)];
    if (from === null || to === null) return;
    const model = this.#state.model(this.#app, from);
    this.#state.rename(this.#app, from, to);
    // A table that was named stays.
    if (model.table === `${this.#app}_${from.toLowerCase()}`) this.rename(model, `${this.#app}_${to.toLowerCase()}`, call);
  }

  rename(model: DjangoModel, to: string, call: PythonCall): void {
    if (model.table !== to) this.add(`ALTER TABLE ${quotedPart(model.table)} RENAME TO ${quotedPart(to)}`, call);
    model.table = to;
  }

  deleteModel(call: PythonCall): void {
    const name = this.argument(call, 'name', 0);
    if (name === null) return;
    this.add(`DROP TABLE ${quotedPart(this.#state.model(this.#app, name).table)} CASCADE`, call);
    this.#state.remove(this.#app, name);
  }

  alterTogether(call: PythonCall): void {
    const model = this.model(call, 'name');
    if (!model) return;
    const wanted = together(call.keywords.get('unique_together') ?? call.positional[1]);
    const before = model.uniqueTogether;
    const isIn = (sets: readonly (readonly string[])[], one: readonly string[]): boolean => sets.some((other) => other.join() === one.join());
    for (const { name } of before.filter(({ fields }) => !isIn(wanted, fields))) this.add(`ALTER TABLE ${quotedPart(model.table)} DROP CONSTRAINT ${quotedPart(name)}`, call);
    for (const made of wanted.filter((one) => !isIn(before.map(({ fields }) => fields), one))) this.add(`ALTER TABLE ${quotedPart(model.table)} ADD ${this.uniqueTogether(model, made)}`, call);
    if (wanted.length === 0 && before.length === 0) this.problem('what was unique together before is not known from the files that were given', call);
    model.uniqueTogether = wanted.map((fields) => before.find((one) => one.fields.join() === fields.join()) ?? { fields, name: this.uniqueName(model, fields) });
  }

  runSql(call: PythonCall): void {
    const sql = call.keywords.get('sql') ?? call.positional[0];
    const items = sql?.kind === 'list' ? sql.items : sql ? [sql] : [];
    for (const item of items) {
      // A statement may come with its parameters.
      const [first, parameters] = item.kind === 'list' ? item.items : [item];
      if (first?.kind === 'text' && (parameters === undefined || parameters.kind === 'none')) this.addSql(first);
      else if (!(first?.kind === 'name' && first.name.endsWith('noop'))) this.problem('the SQL is built when the migration runs', item);
    }
    if (items.length === 0) this.problem('RunSQL has no SQL', call);
  }
}

function optionsOf(value: PythonValue | undefined): Map<string, PythonValue> {
  return new Map((value?.kind === 'dict' ? value.entries : []).flatMap(([key, item]) => (key.kind === 'text' ? [[key.text, item] as const] : [])));
}

/** `{('a', 'b')}`, `[['a', 'b']]`, and `set()`, which is a call; one tuple alone is allowed too. */
function together(value: PythonValue | undefined): string[][] {
  if (value?.kind !== 'list') return [];
  const only = textsOf(value);
  if (only !== null && only.length > 0) return [only];
  return value.items.flatMap((item) => {
    const names = textsOf(item);
    return names === null ? [] : [names];
  });
}
