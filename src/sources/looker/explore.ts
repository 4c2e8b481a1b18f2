import { TEXT_LENGTH_MAX } from '../../template/limits.js';
import { descriptionOf } from '../common/words.js';
import { enclosed, identifier } from './names.js';
import { Builder, type QueryRequest } from './query.js';
import { Resolver } from './resolver.js';
import { ALONE, Trace, type Setting } from './setting.js';
import type { Part } from './part.js';
import type { Scope } from './scope.js';

/** Characters of one derived table that all of its fields together repeat, at most. */
const REPEATED_LENGTH_MAX = 2_000_000;

/** The explores of one model, and what is built of them. */
export class Explores {
  readonly #natives = new Map<string, { sql: string | null; trace: Trace }>();
  readonly #inside = new Set<string>();
  readonly alone: Resolver;

  constructor(readonly scope: Scope) {
    this.alone = this.resolver(ALONE);
  }

  resolver(setting: Setting): Resolver {
    const resolver = new Resolver(this.scope, setting);
    resolver.native = (view, source, trace) => this.native(view, source, trace);
    return resolver;
  }

  /** The statement of a derived table that asks an explore; null where it cannot be built. */
  native(view: Part, source: Part, trace: Trace): string | null {
    const known = this.#natives.get(view.name);
    if (known !== undefined) {
      trace.take(known.trace);
      return known.sql;
    }
    if (this.#inside.has(view.name)) {
      trace.notes.problem('cyclic-reference', `the derived table ${view.name} contains itself`);
      return null;
    }
    const inner = new Trace();
    this.#inside.add(view.name);
    const sql = this.#native(view, source, inner);
    this.#inside.delete(view.name);
    this.#natives.set(view.name, { sql, trace: inner });
    trace.take(inner);
    return sql;
  }

  #native(view: Part, source: Part, trace: Trace): string | null {
    const asked = this.scope.explore(source.name);
    const [base = source.name] = asked === undefined ? [] : aliasesOf(asked, this.scope).keys();
    const qualified = (name: string): string => (name.includes('.') ? name : `${base}.${name}`);
    const columns = new Map<string, string>();
    for (const column of source.named('column')) {
      columns.set(qualified(column.value('field') ?? column.name), column.name);
    }
    const limit = Number(source.value('limit') ?? Number.NaN);
    const request: QueryRequest = {
      fields: [...columns.keys()],
      filters: source.filters().map(([field, value]) => [qualified(field), value] as const),
      sorts: [],
      limit: Number.isSafeInteger(limit) ? limit : null,
      custom: new Map(),
      columns,
    };
    const sql = this.query(source.name, request, trace);
    const derived = source.named('derived_column').flatMap((column) => {
      const property = column.properties.get('sql');
      const text = property === undefined ? null : this.alone.text(property, view.name, trace);
      return text === null ? [] : [`, ${enclosed(text)} AS ${identifier(column.name)}`];
    });
    return sql === null || derived.length === 0 ? sql : `SELECT *${derived.join('')}\nFROM (\n${sql}\n) AS ${identifier(view.name)}`;
  }

  /** The statement that Looker would send, in PostgreSQL; null with a problem where there is nothing to build it of. */
  query(name: string, request: QueryRequest, trace: Trace): string | null {
    const explore = this.scope.explore(name);
    if (explore === undefined) {
      trace.notes.problem('missing-reference', `the explore ${name.slice(0, 80)} is not in the model`);
      return null;
    }
    const aliases = aliasesOf(explore, this.scope);
    const parameters = new Map(request.filters);
    const filters = [...defaultFilters(explore, [...aliases.keys()][0] ?? name).filter(([field]) => !parameters.has(field)), ...request.filters];
    const setting: Setting = {
      explore: name,
      aliases,
      selected: new Set(request.fields),
      filtered: new Set(filters.map(([field]) => field)),
      parameters: new Map(filters),
      multiplied: new Set(),
    };
    // Which joins are needed decides how measures count, so everything is made twice.
    const first = new Builder(explore, aliases, this.resolver(setting), { ...request, filters });
    first.clauses(new Trace());
    const second = new Builder(explore, aliases, this.resolver({ ...setting, multiplied: first.multiplied() }), { ...request, filters });
    const sql = second.statement(trace);
    if (sql === null || sql.length <= TEXT_LENGTH_MAX) return sql;
    trace.notes.problem('too-large', `the rebuilt query has more than the ${TEXT_LENGTH_MAX} characters that are read`);
    return null;
  }

  /** What a fragment of a view stands on: the view, and what else the fragment names; `uses` is how many fragments stand on it. */
  standing(resolver: Resolver, alias: string, trace: Trace, uses = 1): { relation: string; alias: string } {
    // What hinders a relation is a problem of its own record, not of everything that stands on it.
    const inner = new Trace();
    const named = (name: string): string => {
      const relation = resolver.relation(name, inner);
      if (relation.length * uses <= REPEATED_LENGTH_MAX) return relation;
      trace.notes.assume(`the derived table ${name} stands under its name, since its SQL is long and has a record of its own`);
      return identifier(name);
    };
    const joined = [...trace.touched].filter((other) => other !== alias).map((other) => {
      if (resolver.viewOf(other) === undefined) trace.notes.problem('missing-reference', `the view ${other.slice(0, 80)} is not in the model`);
      return ` LEFT JOIN ${named(other)} AS ${identifier(other)} ON TRUE`;
    });
    const relation = named(alias);
    return { relation, alias: identifier(alias) + joined.join('') };
  }
}

/** The names in FROM of an explore, the first one being its base. */
export function aliasesOf(explore: Part, scope: Scope): Map<string, string> {
  const base = explore.value('view_name') ?? baseName(explore, scope);
  const aliases = new Map([[base, explore.value('from') ?? base]]);
  for (const join of explore.named('join')) aliases.set(join.name, join.value('from') ?? join.name);
  return aliases;
}

/** Without `view_name` or `from` the view of its own name; where there is none, that of an explore that it extends. */
function baseName(explore: Part, scope: Scope): string {
  if (explore.properties.has('from') || scope.view(explore.name) !== undefined) return explore.name;
  return explore.words('extends').find((name) => scope.view(name) !== undefined) ?? explore.name;
}

/** What every query of an explore is filtered by. */
function defaultFilters(explore: Part, base: string): [string, string][] {
  const found: [string, string][] = [];
  for (const key of ['always_filter', 'conditionally_filter']) found.push(...(explore.parts.get(key)?.filters() ?? []));
  return found.map(([field, value]) => [field.includes('.') ? field : `${base}.${field}`, value]);
}

/** What people call an object of LookML, and what they say of it. */
export function wordsOf(part: Part): { title: string; description: string | null } {
  return { title: part.value('label') ?? part.name, description: descriptionOf(part.value('description')) };
}
