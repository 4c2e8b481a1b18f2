import type { ConnectionReference, Container } from '../../model/query.js';
import { wrapFragment } from '../../template/wrap.js';
import { titleOf } from '../common/words.js';
import { measureDeclaration } from './declaration.js';
import { wordsOf, type Explores } from './explore.js';
import { aggregateFrame, distinctStatement, measureSql } from './measure.js';
import { identifier } from './names.js';
import { repeated, type Part, type Property } from './part.js';
import { around, type Records, type Subject } from './records.js';
import { missingHead } from './references.js';
import { Trace } from './setting.js';
import type { QueryVariant } from '../../model/query.js';

/** Field keys that hold SQL of their own, besides `sql`. */
const OTHERS = ['sql_start', 'sql_end', 'sql_latitude', 'sql_longitude', 'sql_distinct_key', 'sql_case'];
const FIELDS = ['dimension', 'dimension_group', 'measure', 'filter'];

/** What the texts of one model belong to. */
export interface Home {
  /** Of ids: the project. */
  project: string;
  model: string;
  container: Container;
  connection: ConnectionReference | null;
}

/** Every SQL text of a view: its relation, its fields, what makes and refreshes its table. */
export class ViewReader {
  constructor(
    readonly explores: Explores,
    readonly home: Home,
    readonly records: Records,
  ) {}

  read(view: Part): void {
    this.#relation(view);
    const derived = view.parts.get('derived_table');
    if (derived !== undefined) this.#derived(view, derived);
    for (const field of view.named(...FIELDS)) this.#field(view, field);
  }

  #subject(view: Part, part: string, words: Part, schedule: string | null): Subject {
    const { title, description } = wordsOf(words);
    return {
      id: `${this.home.project}:view:${view.name}${part}`,
      title: titleOf((words === view ? title : `${view.name}.${words.name}`) + partWords(part)) ?? view.name,
      description,
      container: this.home.container,
      connection: this.home.connection,
      schedule,
    };
  }

  #relation(view: Part): void {
    const property = view.properties.get('sql_table_name');
    if (property === undefined || !this.#isOwn(view, property)) return;
    const trace = new Trace();
    const { variants, problems } = this.explores.alone.neutralised(property, view.name, trace);
    const wrapped = variants.map((variant) => wrapFragment(variant, 'relation', null, identifier(view.name)));
    const fragment = { role: 'relation', sqlKind: 'relation', pointer: `view:${view.name}/sql_table_name` } as const;
    this.records.stored(this.#subject(view, ':sql_table_name', view, null), fragment, property, wrapped, [...problems, ...trace.notes.problems], this.home.model);
  }

  #derived(view: Part, derived: Part): void {
    const schedule = scheduleOf(derived, this.explores.scope.datagroups);
    const subject = this.#subject(view, ':derived_table', view, schedule);
    const pointer = `view:${view.name}/derived_table`;
    const sql = derived.properties.get('sql');
    if (sql !== undefined && this.#isOwn(view, sql)) this.#statement(subject, 'relation', `${pointer}/sql`, sql, view.name);
    const [source] = derived.named('explore_source');
    if (source !== undefined && this.#isHome(view, source)) {
      const trace = new Trace();
      const text = this.explores.native(view, source, trace);
      this.records.rebuilt(subject, { role: 'relation', sqlKind: 'statement', pointer: `${pointer}/explore_source` }, source, text, trace, this.home.model);
      for (const column of source.named('derived_column')) this.#derivedColumn(view, column, text);
    }
    const steps = [...repeated(derived, 'sql_create'), ...(derived.parts.get('create_process') === undefined ? [] : repeatedSteps(derived))];
    for (const [index, property] of steps.entries()) {
      if (!this.#isOwn(view, property)) continue;
      const part = property.key === 'sql_create' ? ':sql_create' : `:create_process:${index + 1}`;
      this.#statement({ ...subject, id: this.#subject(view, part, view, null).id }, 'relation', `${pointer}/${property.key}`, property, view.name);
    }
    const trigger = derived.properties.get('sql_trigger_value');
    if (trigger !== undefined && this.#isOwn(view, trigger)) {
      this.#statement({ ...subject, id: this.#subject(view, ':sql_trigger_value', view, null).id }, 'hook', `${pointer}/sql_trigger_value`, trigger, view.name);
    }
  }

  #statement(subject: Subject, role: 'relation' | 'hook', pointer: string, property: Property, view: string): void {
    const trace = new Trace();
    const { variants, problems } = this.explores.alone.neutralised(property, view, trace);
    const whole = variants.map((variant) => (missingHead(variant.sql) === '' ? variant : around(variant, missingHead(variant.sql), '')));
    this.records.stored(subject, { role, sqlKind: 'statement', pointer }, property, whole, [...problems, ...trace.notes.problems], this.home.model);
  }

  #derivedColumn(view: Part, column: Part, relation: string | null): void {
    const property = column.properties.get('sql');
    if (property === undefined) return;
    const trace = new Trace();
    const { variants, problems } = this.explores.alone.neutralised(property, view.name, trace);
    const inner = relation === null ? null : `(\n${relation}\n)`;
    const wrapped = variants.map((variant) => wrapFragment(variant, 'expression', inner, identifier(view.name)));
    const fragment = { role: 'dimension', sqlKind: 'expression', pointer: `view:${view.name}/derived_table/explore_source/derived_column:${column.name}/sql` } as const;
    const subject = this.#subject(view, `:derived_column:${column.name}`, column, null);
    this.records.stored(subject, fragment, property, wrapped, [...problems, ...trace.notes.problems], this.home.model);
  }

  #field(view: Part, field: Part): void {
    const sql = field.properties.get('sql');
    if (sql !== undefined && this.#isOwn(view, sql)) this.#expression(view, field, sql, '');
    if (sql === undefined && field.key === 'measure') this.#count(view, field);
    for (const key of OTHERS) {
      const property = field.properties.get(key);
      if (property !== undefined && this.#isOwn(view, property)) this.#expression(view, field, property, `:${key}`);
    }
    for (const [index, when] of (field.parts.get('case')?.many.get('when') ?? []).entries()) {
      const property = when.properties.get('sql');
      if (property !== undefined && this.#isOwn(view, property)) this.#expression(view, field, property, `:case:${index + 1}`);
    }
  }

  #expression(view: Part, field: Part, property: Property, part: string): void {
    const { alone } = this.explores;
    const trace = new Trace();
    const isMeasure = field.key === 'measure' && part === '';
    const { variants, problems } = alone.neutralised(property, view.name, trace);
    const parts = isMeasure ? alone.measureParts(field, view.name, null, trace) : null;
    const frame = parts === null ? null : aggregateFrame(parts);
    const { relation, alias } = this.explores.standing(alone, view.name, trace, view.parts.size);
    const distinct = parts === null ? null : distinctStatement(parts, relation, alias);
    const isPredicate = field.key === 'filter' || part.startsWith(':case');
    const sqlKind = isPredicate ? 'predicate' : 'expression';
    const wrapped = variants.map((variant) => {
      if (distinct !== null) return withAssumptions(around(variant, distinct.before, `\n${distinct.after}`), trace);
      const whole = frame === null || frame.before === '' ? variant : around(variant, frame.before, frame.after);
      return withAssumptions(wrapFragment(whole, sqlKind, relation, alias), trace);
    });
    const role = field.key === 'measure' ? 'metric' : field.key === 'filter' ? 'filter' : 'dimension';
    const pointer = `view:${view.name}/${field.key}:${field.name}/${part === '' ? 'sql' : part.slice(1).replace(':', '/')}`;
    const named = this.#subject(view, `.${field.name}${part}`, field, null);
    const subject = isMeasure ? { ...named, declaration: measureDeclaration(view, field, alone) } : named;
    this.records.stored(subject, { role, sqlKind, pointer }, property, wrapped, [...problems, ...trace.notes.problems], this.home.model);
  }

  /** A measure without SQL of its own declares a metric all the same: the count of rows. */
  #count(view: Part, field: Part): void {
    const isCount = field.value('type') === 'count';
    if (!this.#isHome(view, field) || (!isCount && field.filters().length === 0 && !field.value('list_field'))) return;
    const trace = new Trace();
    const { alone } = this.explores;
    const sql = measureSql(alone.measureParts(field, view.name, null, trace));
    const { relation, alias } = this.explores.standing(alone, view.name, trace, view.parts.size);
    const statement = sql === null ? null : `SELECT ${sql} AS value FROM ${relation} AS ${alias}`;
    const fragment = { role: 'metric', sqlKind: 'expression', pointer: `view:${view.name}/measure:${field.name}` } as const;
    const subject = { ...this.#subject(view, `.${field.name}`, field, null), declaration: measureDeclaration(view, field, alone) };
    this.records.rebuilt(subject, fragment, field, statement, trace, this.home.model);
  }

  /** What a view takes over from one that it extends is a text of its own only where it is read from another relation. */
  #isOwn(view: Part, property: Property): boolean {
    return this.#isReadHere(view, property.home);
  }

  #isHome(view: Part, part: Part): boolean {
    return this.#isReadHere(view, part.home);
  }

  #isReadHere(view: Part, home: string): boolean {
    if (home === view.name) return true;
    const base = this.explores.scope.view(home);
    if (base === undefined || base.value('extension') === 'required') return true;
    const trace = new Trace();
    return this.explores.alone.relation(home, trace) !== this.explores.alone.relation(view.name, trace);
  }
}

/** What tells the texts of one object apart; its table and a field's SQL are the object itself. */
function partWords(part: string): string {
  const words = part.slice(Math.max(0, part.indexOf(':'))).replaceAll(':', ' ');
  return part.includes(':') && part !== ':derived_table' && part !== ':sql_table_name' && !part.startsWith(':derived_column') ? words : '';
}

function repeatedSteps(derived: Part): Property[] {
  const steps = derived.parts.get('create_process');
  return steps === undefined ? [] : repeated(steps, 'sql_step');
}

function withAssumptions(variant: QueryVariant, trace: Trace): QueryVariant {
  return { ...variant, assumptions: [...new Set([...variant.assumptions, ...trace.notes.assumptions])] };
}

/** When Looker builds a derived table, in its words. */
export function scheduleOf(part: Part, datagroups: ReadonlyMap<string, Part>): string | null {
  const datagroup = part.value('datagroup_trigger');
  if (datagroup !== null) {
    const known = datagroups.get(datagroup);
    const details = ['interval_trigger', 'max_cache_age'].flatMap((key) => {
      const value = known?.value(key) ?? null;
      return value === null ? [] : [`${key} ${value}`];
    });
    return [`datagroup ${datagroup}`, ...details].join(', ').slice(0, 200);
  }
  if (part.value('interval_trigger') !== null) return `interval_trigger ${part.value('interval_trigger') ?? ''}`;
  if (part.properties.has('sql_trigger_value')) return 'sql_trigger_value';
  if (part.value('persist_for') !== null) return `persist_for ${part.value('persist_for') ?? ''}`;
  return part.isSet('materialized_view') ? 'materialized_view' : 'live';
}
