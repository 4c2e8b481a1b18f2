import { neutraliseLiquid, type LiquidEnvironment } from '../../template/liquid.js';
import type { Hole } from '../../template/holes.js';
import type { Neutralised } from '../../template/result.js';
import { compose } from '../../template/rewrite.js';
import { condition } from './condition.js';
import { measureSql, type MeasureParts } from './measure.js';
import { enclosed, identifier, splitField } from './names.js';
import { Parameters } from './parameters.js';
import type { Part, Property } from './part.js';
import type { Scope } from './scope.js';
import { ALONE, Trace, type Setting } from './setting.js';
import { asStatement, isNamed, referencesIn, switchesIn, withConstants } from './references.js';
import { groupMembers, inTimeframe } from './timeframe.js';

/** References within references, at most, and the text that they may make together. */
const DEPTH_MAX = 30;
const LENGTH_MAX = 200_000;

/** Makes the SQL of one model's fields and relations, as Looker would send it. */
export class Resolver {
  readonly #memo = new Map<string, { sql: string | null; trace: Trace }>();
  readonly #inside = new Set<string>();
  readonly #parameters: Parameters;
  /** Builds derived tables of an explore's fields; set by what knows explores. */
  native: ((view: Part, source: Part, trace: Trace) => string | null) | null = null;

  constructor(
    readonly scope: Scope,
    readonly setting: Setting = ALONE,
  ) {
    this.#parameters = new Parameters(scope, setting.parameters);
  }

  viewOf(alias: string): Part | undefined {
    return this.scope.view(this.setting.aliases?.get(alias) ?? alias);
  }

  /** Every text that a stored text of a view may become, with positions in `property.value`. */
  neutralised(property: Property, alias: string, trace: Trace): Neutralised {
    const { sql: text, map } = withConstants(property.value, this.scope.model.project.constants, trace);
    const hasLiquid = text.includes('{%') || text.includes('{{');
    const environment: LiquidEnvironment = {
      variables: hasLiquid ? this.#parameters.seenFrom(alias) : undefined,
      truth: (name) => this.#truth(name, alias),
      text: (name) => this.#text(name, alias, trace),
      references: (rendered) => this.#references(rendered, property, alias, trace),
      holes: { word: 'parameter' },
    };
    const { variants, problems } = neutraliseLiquid(text, environment);
    return { variants: variants.map((variant) => ({ ...variant, map: compose(variant.map, map) })), problems };
  }

  /** The text that runs untouched; null where there is none. */
  text(property: Property, alias: string, trace: Trace): string | null {
    const { variants, problems } = this.neutralised(property, alias, trace);
    trace.addProblems(problems);
    const [first] = variants;
    for (const assumption of first?.assumptions ?? []) trace.notes.assume(assumption);
    return first?.sql.trim() ?? null;
  }

  /** What stands in FROM for a view: a name, or a statement in parentheses. */
  relation(alias: string, trace: Trace): string {
    const name = this.setting.aliases?.get(alias) ?? alias;
    const found = this.#once(`relation ${name}`, trace, (inner) => this.#relation(name, inner));
    return found ?? identifier(name);
  }

  /** The SQL of a field of a view, null where there is none of that name. */
  field(alias: string, name: string, trace: Trace): string | null {
    return this.#once(`field ${alias}.${name}`, trace, (inner) => this.#field(alias, name, inner));
  }

  /** The field behind a name, and of a dimension group which part. */
  find(alias: string, name: string): { part: Part; timeframe: string | null } | null {
    const view = this.viewOf(alias);
    if (view === undefined) return null;
    for (const key of ['dimension', 'measure', 'filter', 'parameter']) {
      const part = view.parts.get(`${key} ${name}`);
      if (part !== undefined) return { part, timeframe: null };
    }
    for (const { group, timeframe } of groupMembers(name)) {
      const part = view.parts.get(`dimension_group ${group}`);
      if (part !== undefined) return { part, timeframe };
    }
    const part = view.parts.get(`dimension_group ${name}`);
    return part === undefined ? null : { part, timeframe: null };
  }

  /** What a measure is made of; its own SQL is left to the caller. */
  measureParts(part: Part, alias: string, sql: string | null, trace: Trace): MeasureParts {
    const type = part.value('type') ?? 'string';
    const conditions = part.filters().flatMap(([name, filter]) => this.condition(name, filter, alias, trace) ?? []);
    const key = part.properties.get('sql_distinct_key');
    return {
      type,
      sql: sql ?? this.#listed(part, alias, trace),
      conditions,
      distinctKey: key === undefined ? null : this.text(key, alias, trace),
      percentile: part.value('percentile'),
      primaryKey: type === 'count' && this.setting.multiplied.has(alias) ? this.#primaryKey(alias, trace) : null,
    };
  }

  /** A list of values names the dimension that it is of. */
  #listed(part: Part, alias: string, trace: Trace): string | null {
    const name = part.value('type') === 'list' ? part.value('list_field') : null;
    if (!name) return null;
    const place = splitField(name) ?? { view: alias, field: name };
    return this.field(place.view, place.field, trace);
  }

  /** A filter on a field as a predicate; null where any value will do. */
  condition(name: string, filter: string, alias: string, trace: Trace): string | null {
    const place = splitField(name) ?? { view: alias, field: name };
    const found = this.find(place.view, place.field);
    if (found?.part.key === 'parameter' || found?.part.key === 'filter') return null;
    if (place.view !== alias) trace.touched.add(place.view);
    const sql = this.field(place.view, place.field, trace);
    if (sql === null) {
      trace.notes.problem('missing-reference', `the field ${place.view}.${place.field} of a filter is not in the model`);
      return null;
    }
    const isTime = found?.part.key === 'dimension_group' && found.timeframe !== null && !/_of_|num$/.test(found.timeframe);
    return condition(sql, isTime ? 'time' : (found?.part.value('type') ?? 'string'), filter);
  }

  #primaryKey(alias: string, trace: Trace): string | null {
    const key = this.viewOf(alias)?.named('dimension').find((part) => part.isSet('primary_key'));
    return key === undefined ? null : this.field(alias, key.name, trace);
  }

  /** Makes each text once; what contains itself is cut with a problem. */
  #once(key: string, trace: Trace, make: (trace: Trace) => string | null): string | null {
    const known = this.#memo.get(key);
    if (known !== undefined) {
      trace.take(known.trace);
      return known.sql;
    }
    const shown = key.slice(key.indexOf(' ') + 1);
    if (this.#inside.has(key) || this.#inside.size > DEPTH_MAX) {
      const isCycle = this.#inside.has(key);
      trace.notes.problem(isCycle ? 'cyclic-reference' : 'unsupported', isCycle ? `${shown} contains itself` : `its references are nested deeper than ${DEPTH_MAX}`);
      return null;
    }
    const inner = new Trace();
    this.#inside.add(key);
    let sql = make(inner);
    this.#inside.delete(key);
    if (sql !== null && sql.length > LENGTH_MAX) {
      inner.notes.problem('too-large', `the SQL of ${shown} has more than the ${LENGTH_MAX} characters that are put into others`);
      sql = null;
    }
    if (!inner.notes.problems.some(({ code }) => code === 'cyclic-reference')) this.#memo.set(key, { sql, trace: inner });
    trace.take(inner);
    return sql;
  }

  #relation(name: string, trace: Trace): string | null {
    const view = this.scope.view(name);
    if (view === undefined) return null;
    const derived = view.parts.get('derived_table');
    const sql = derived?.properties.get('sql');
    if (sql !== undefined) {
      const text = this.text(sql, name, trace);
      return text === null ? null : `(\n${asStatement(text)}\n)`;
    }
    const [source] = derived?.named('explore_source') ?? [];
    if (source !== undefined) {
      const text = this.native?.(view, source, trace) ?? null;
      return text === null ? null : `(\n${text}\n)`;
    }
    const table = view.properties.get('sql_table_name');
    return table === undefined ? identifier(name) : this.text(table, name, trace);
  }

  #field(alias: string, name: string, trace: Trace): string | null {
    const found = this.find(alias, name);
    if (found === null) return null;
    const { part, timeframe } = found;
    if (part.key === 'measure') return this.measure(part, alias, trace);
    const sql = this.#dimension(part, alias, trace);
    return sql === null || timeframe === null || part.value('type') === 'duration' ? sql : inTimeframe(sql, timeframe);
  }

  /** A measure as the aggregate that Looker would send, with further conditions on its rows. */
  measure(part: Part, alias: string, trace: Trace, conditions: readonly string[] = []): string | null {
    const property = part.properties.get('sql');
    const based = part.value('based_on');
    const place = based === null ? null : (splitField(based) ?? { view: alias, field: based });
    const inner = property !== undefined ? this.text(property, alias, trace) : place === null ? null : this.field(place.view, place.field, trace);
    const parts = this.measureParts(part, alias, inner, trace);
    return measureSql({ ...parts, conditions: [...parts.conditions, ...conditions] });
  }

  #dimension(part: Part, alias: string, trace: Trace): string | null {
    const own = (key: string): string | null => {
      const property = part.properties.get(key);
      return property === undefined ? null : this.text(property, alias, trace);
    };
    const [start, end] = [own('sql_start'), own('sql_end')];
    if (start !== null && end !== null) return `${enclosed(end)} - ${enclosed(start)}`;
    const [latitude, longitude] = [own('sql_latitude'), own('sql_longitude')];
    if (latitude !== null && longitude !== null) return `CONCAT(${latitude}, ',', ${longitude})`;
    const cases = part.parts.get('case')?.many.get('when') ?? [];
    const whens = cases.flatMap((when, index) => {
      const property = when.properties.get('sql');
      const text = property === undefined ? null : this.text(property, alias, trace);
      return text === null ? [] : [`WHEN ${enclosed(text)} THEN '${index}'`];
    });
    if (whens.length > 0) return `CASE ${whens.join(' ')} END`;
    return part.properties.has('sql') ? own('sql') : `${identifier(alias)}.${identifier(part.name)}`;
  }

  #truth(name: string, alias: string): boolean | null {
    const { selected, filtered } = this.setting;
    if (selected === null || filtered === null) return null;
    const field = name.replace(/\._\w+$/, '');
    const full = field.includes('.') ? field : `${alias}.${field}`;
    if (name.endsWith('_is_selected')) return selected.has(full);
    return filtered.has(full) || (name.endsWith('_in_query') && selected.has(full));
  }

  #text(name: string, alias: string, trace: Trace): string | null {
    switch (name) {
      case 'TABLE':
        return identifier(alias);
      case '_view._name':
        return alias;
      case '_explore._name':
        return this.setting.explore;
      case '_model._name':
        return this.scope.model.name === '' ? null : this.scope.model.name;
    }
    if (!name.endsWith('._sql')) return null;
    return this.#reference(name.slice(0, -5), alias, trace);
  }

  #references(rendered: string, property: Property, alias: string, trace: Trace): Hole[] {
    const found = referencesIn(rendered).map((hole) => ({ ...hole, text: this.#hole(hole.name, rendered, hole.end, property, alias, trace) }));
    return [...switchesIn(rendered), ...found];
  }

  #hole(name: string, rendered: string, end: number, property: Property, alias: string, trace: Trace): string {
    if (name === 'EXTENDED') return property.base === null ? identifier(alias) : (this.text(property.base, alias, trace) ?? 'NULL');
    if (name === 'SQL_TABLE_NAME') return identifier(alias);
    if (name.endsWith('.SQL_TABLE_NAME')) {
      const view = name.slice(0, -15);
      if (rendered.charAt(end) === '.') return identifier(view);
      if (this.viewOf(view) === undefined) trace.notes.problem('missing-reference', `the view ${view.slice(0, 80)} is not in the model`);
      // What the view joins is within its own statement.
      const inner = new Trace();
      const relation = this.relation(view, inner);
      trace.addProblems(inner.notes.problems);
      return relation.startsWith('(') && !isNamed(rendered, end) ? `${relation} AS ${identifier(view)}` : relation;
    }
    const sql = this.#reference(name, alias, trace);
    if (sql !== null) return sql;
    const place = splitField(name) ?? { view: alias, field: name };
    trace.notes.problem('missing-reference', `the field ${place.view}.${place.field} is not in the model`.slice(0, 200));
    if (place.view !== alias && this.viewOf(place.view) === undefined) return `${identifier(place.view)}.${identifier(place.field)}`;
    return `${identifier(place.view)}.${identifier(place.field)}`;
  }

  /** `TABLE`, a field of the same view or of another one; null where it is not there. */
  #reference(name: string, alias: string, trace: Trace): string | null {
    if (name === 'TABLE') return identifier(alias);
    const place = splitField(name) ?? { view: alias, field: name };
    if (place.view !== alias) trace.touched.add(place.view);
    if (place.field === 'TABLE') return identifier(place.view);
    const sql = this.field(place.view, place.field, trace);
    return sql === null ? null : enclosed(sql);
  }
}
