import { wrapFragment } from '../../template/wrap.js';
import { titleOf } from '../common/words.js';
import { aliasesOf, wordsOf, type Explores } from './explore.js';
import { identifier } from './names.js';
import type { Part, Property } from './part.js';
import type { QueryRequest } from './query.js';
import { around, type Records, type Subject } from './records.js';
import type { Resolver } from './resolver.js';
import { ALONE, Trace } from './setting.js';
import { scheduleOf, type Home } from './view-records.js';
import type { QueryRole } from '../../model/query.js';

const NOTHING: QueryRequest = { fields: [], filters: [], sorts: [], limit: null, custom: new Map() };

/** Every SQL text of an explore, and the queries that Looker builds of it by itself. */
export class ExploreReader {
  constructor(
    readonly explores: Explores,
    readonly home: Home,
    readonly records: Records,
  ) {}

  read(explore: Part): void {
    const aliases = aliasesOf(explore, this.explores.scope);
    const [base = explore.name] = aliases.keys();
    const resolver = this.explores.resolver({ ...ALONE, explore: explore.name, aliases });
    this.#fragment(explore, resolver, 'sql_always_where', base, explore, '');
    this.#having(explore, resolver, base);
    this.#table(explore, resolver, base, explore, '');
    const preamble = explore.properties.get('sql_preamble');
    if (preamble !== undefined && this.#isOwn(explore, preamble)) this.#statement(explore, preamble, resolver, base);
    for (const join of explore.named('join')) this.#join(explore, join, resolver, base);
    if (explore.value('extension') === 'required') return;
    const trace = new Trace();
    const sql = this.explores.query(explore.name, { ...NOTHING, everyJoin: true }, trace);
    this.records.rebuilt(this.#subject(explore, '', null), { role: 'query', sqlKind: 'statement', pointer: `explore:${explore.name}` }, explore, sql, trace, this.home.model);
    for (const table of explore.named('aggregate_table')) this.#built(explore, table, 'relation');
    for (const query of explore.named('query')) this.#built(explore, query, 'query');
  }

  /** What a test of LookML asks for. */
  test(test: Part): void {
    for (const source of test.named('explore_source')) {
      const columns = source.named('column').map((column) => column.value('field') ?? `${source.name}.${column.name}`);
      const trace = new Trace();
      const sql = this.explores.query(source.name, { ...NOTHING, fields: columns, filters: source.filters() }, trace);
      const subject: Subject = {
        id: `${this.home.project}:test:${test.name}`,
        title: titleOf(test.name) ?? 'test',
        description: null,
        container: this.home.container,
        connection: this.home.connection,
        schedule: null,
      };
      this.records.rebuilt(subject, { role: 'quality-check', sqlKind: 'statement', pointer: `test:${test.name}` }, test, sql, trace, this.home.model);
    }
  }

  #subject(explore: Part, part: string, schedule: string | null): Subject {
    const { title, description } = wordsOf(explore);
    return {
      id: `${this.home.project}:explore:${explore.name}${part}`,
      title: titleOf(part === '' ? title : `${title}: ${part.slice(1).replaceAll(':', ' ')}`) ?? explore.name,
      description,
      container: { kind: 'explore', id: explore.name, title: titleOf(title) },
      connection: this.home.connection,
      schedule,
    };
  }

  #join(explore: Part, join: Part, resolver: Resolver, base: string): void {
    const part = `:join:${join.name}`;
    this.#fragment(join, resolver, 'sql_on', join.name, explore, part, 'join');
    this.#fragment(join, resolver, 'sql_where', join.name, explore, part);
    this.#table(join, resolver, join.name, explore, part);
    const whole = join.properties.get('sql');
    if (whole === undefined || !this.#isOwn(explore, whole)) return;
    const trace = new Trace();
    const { variants, problems } = resolver.neutralised(whole, join.name, trace);
    trace.touched.delete(join.name);
    const { relation, alias } = this.explores.standing(resolver, base, trace);
    const wrapped = variants.map((variant) => around(variant, `SELECT 1 FROM ${relation} AS ${alias}\n`, ''));
    const pointer = `explore:${explore.name}/join:${join.name}/sql`;
    this.records.stored(this.#subject(explore, `${part}:sql`, null), { role: 'join', sqlKind: 'statement', pointer }, whole, wrapped, [...problems, ...trace.notes.problems], this.home.model);
  }

  #fragment(part: Part, resolver: Resolver, key: string, alias: string, explore: Part, id: string, role: QueryRole = 'filter'): void {
    const property = part.properties.get(key);
    if (property === undefined || !this.#isOwn(explore, property)) return;
    const trace = new Trace();
    const { variants, problems } = resolver.neutralised(property, alias, trace);
    const standing = this.explores.standing(resolver, alias, trace);
    const wrapped = variants.map((variant) => wrapFragment(variant, 'predicate', standing.relation, standing.alias));
    const pointer = `explore:${explore.name}/${part === explore ? '' : `join:${part.name}/`}${key}`;
    this.records.stored(this.#subject(explore, `${id}:${key}`, null), { role, sqlKind: 'predicate', pointer }, property, wrapped, [...problems, ...trace.notes.problems], this.home.model);
  }

  /** A condition on aggregates stands in HAVING. */
  #having(explore: Part, resolver: Resolver, base: string): void {
    const property = explore.properties.get('sql_always_having');
    if (property === undefined || !this.#isOwn(explore, property)) return;
    const trace = new Trace();
    const { variants, problems } = resolver.neutralised(property, base, trace);
    const { relation, alias } = this.explores.standing(resolver, base, trace);
    const wrapped = variants.map((variant) => around(variant, `SELECT 1 FROM ${relation} AS ${alias} HAVING (\n`, '\n)'));
    const pointer = `explore:${explore.name}/sql_always_having`;
    this.records.stored(this.#subject(explore, ':sql_always_having', null), { role: 'filter', sqlKind: 'predicate', pointer }, property, wrapped, [...problems, ...trace.notes.problems], this.home.model);
  }

  #table(part: Part, resolver: Resolver, alias: string, explore: Part, id: string): void {
    const property = part.properties.get('sql_table_name');
    if (property === undefined || !this.#isOwn(explore, property)) return;
    const trace = new Trace();
    const { variants, problems } = resolver.neutralised(property, alias, trace);
    const wrapped = variants.map((variant) => wrapFragment(variant, 'relation', null, identifier(alias)));
    const pointer = `explore:${explore.name}/${part === explore ? '' : `join:${part.name}/`}sql_table_name`;
    this.records.stored(this.#subject(explore, `${id}:sql_table_name`, null), { role: 'relation', sqlKind: 'relation', pointer }, property, wrapped, [...problems, ...trace.notes.problems], this.home.model);
  }

  #statement(explore: Part, property: Property, resolver: Resolver, base: string): void {
    const trace = new Trace();
    const { variants, problems } = resolver.neutralised(property, base, trace);
    const fragment = { role: 'hook', sqlKind: 'statement', pointer: `explore:${explore.name}/sql_preamble` } as const;
    this.records.stored(this.#subject(explore, ':sql_preamble', null), fragment, property, variants, [...problems, ...trace.notes.problems], this.home.model);
  }

  /** An aggregate table, or a query that an explore offers. */
  #built(explore: Part, built: Part, role: 'relation' | 'query'): void {
    const asked = role === 'relation' ? built.parts.get('query') : built;
    const materialization = built.parts.get('materialization');
    const schedule = materialization === undefined ? null : scheduleOf(materialization, this.explores.scope.datagroups);
    const pointer = `explore:${explore.name}/${built.key}:${built.name}`;
    const subject = this.#subject(explore, `:${built.key}:${built.name}`, schedule);
    const trace = new Trace();
    const [base = explore.name] = aliasesOf(explore, this.explores.scope).keys();
    const qualified = (name: string): string => (name.includes('.') ? name : `${base}.${name}`);
    const request: QueryRequest = {
      ...NOTHING,
      fields: [...(asked?.words('dimensions') ?? []), ...(asked?.words('measures') ?? [])].map(qualified),
      filters: (asked?.filters() ?? []).map(([field, value]) => [qualified(field), value] as const),
    };
    const sql = asked === undefined ? null : this.explores.query(explore.name, request, trace);
    this.records.rebuilt(subject, { role, sqlKind: 'statement', pointer }, built, sql, trace, this.home.model);
    const trigger = materialization?.properties.get('sql_trigger_value');
    if (trigger === undefined) return;
    const { variants, problems } = this.explores.alone.neutralised(trigger, base, trace);
    const id = `${subject.id}:sql_trigger_value`;
    this.records.stored({ ...subject, id, title: `${subject.title} sql_trigger_value` }, { role: 'hook', sqlKind: 'statement', pointer: `${pointer}/materialization/sql_trigger_value` }, trigger, variants, problems, this.home.model);
  }

  #isOwn(explore: Part, property: Property): boolean {
    return property.home === explore.name || this.explores.scope.explore(property.home)?.value('extension') === 'required';
  }
}
