import type { Origin, Problem, QueryRole, QueryVariant, SqlKind } from '../../model/query.js';
import { frameVariant } from '../../template/frame.js';
import { mergeProblems } from '../../template/result.js';
import { rebuiltVariant, wrapFragment } from '../../template/wrap.js';
import type { Cube, CubeModel } from './model.js';
import { stringOf, type ModelNode } from './node.js';
import { builtPreAggregation } from './pre-aggregation.js';
import { aggregateFrame } from './aggregate.js';
import { type CubeResolver } from './resolver.js';

/** One SQL text of a cube. */
export interface CubeFragment {
  /** `measure:total`, `join:customers`; unique within its cube. */
  part: string;
  role: QueryRole;
  sqlKind: SqlKind;
  title: string | null;
  description: string | null;
  /** The thing that the text belongs to, whose `meta` may name an owner. */
  node: ModelNode;
  origin: Origin;
  raw: string;
  reconstructed: boolean;
  variants: QueryVariant[];
  problems: Problem[];
  schedule: string | null;
}

type Described = Pick<CubeFragment, 'part' | 'role' | 'sqlKind' | 'node'> & { title?: string | null; schedule?: string | null };

/** Every SQL text that a cube holds itself; what it inherits stands with the cube that it extends. */
export function fragmentsOf(cube: Cube, model: CubeModel, resolver: CubeResolver): CubeFragment[] {
  const reader = new FragmentReader(cube, model, resolver);
  reader.relation();
  reader.refreshKey(cube.node.get('refresh_key'), 'refresh_key');
  reader.joins();
  reader.dimensions();
  reader.measures();
  reader.segments();
  reader.preAggregations();
  reader.accessPolicies();
  return reader.found;
}

class FragmentReader {
  readonly found: CubeFragment[] = [];

  constructor(
    readonly cube: Cube,
    readonly model: CubeModel,
    readonly resolver: CubeResolver,
  ) {}

  relation(): void {
    const { node } = this.cube;
    if (node.isDynamic) this.#dynamic('definition', node, `a program computes a part of the cube ${this.cube.name}`);
    this.#fragment(node.get('sql_table'), { part: 'sql_table', role: 'relation', sqlKind: 'relation', node });
    this.#fragment(node.get('sql'), { part: 'sql', role: 'relation', sqlKind: 'statement', node });
  }

  /** The query by which Cube sees that data have changed; it runs as often as `every` says. */
  refreshKey(key: ModelNode | undefined, part: string): void {
    if (key === undefined) return;
    this.#fragment(key.get('sql'), { part: `${part}:sql`, role: 'hook', sqlKind: 'statement', node: this.cube.node, schedule: stringOf(key.get('every')) ?? 'refresh check' });
  }

  joins(): void {
    for (const [name, node] of this.#named('joins')) this.#fragment(node.get('sql'), { part: `join:${name}`, role: 'join', sqlKind: 'predicate', node, title: `${this.cube.name} to ${name}` });
  }

  dimensions(): void {
    for (const [name, node] of this.#named('dimensions')) {
      const described = { role: 'dimension', sqlKind: 'expression', node, title: this.#title(name, node) } as const;
      this.#fragment(node.get('sql'), { ...described, part: `dimension:${name}` });
      for (const [index, when] of (node.get('case')?.get('when')?.items() ?? []).entries()) {
        this.#fragment(when.get('sql'), { ...described, sqlKind: 'predicate', part: `dimension:${name}:when:${stringOf(when.get('label')) ?? index + 1}` });
        this.#fragment(when.get('label')?.get('sql'), { ...described, part: `dimension:${name}:label:${index + 1}` });
      }
      this.#fragment(node.get('case')?.get('else')?.get('label')?.get('sql'), { ...described, part: `dimension:${name}:else` });
      for (const key of ['latitude', 'longitude', 'mask']) this.#fragment(node.get(key)?.get('sql'), { ...described, part: `dimension:${name}:${key}` });
      for (const [grain, granularity] of node.get('granularities')?.named() ?? []) this.#fragment(granularity.get('sql'), { ...described, part: `dimension:${name}:granularity:${grain}` });
    }
  }

  measures(): void {
    for (const [name, node] of this.#named('measures')) {
      const title = this.#title(name, node);
      this.#measure(name, node, title);
      for (const key of ['filters', 'drill_filters']) {
        for (const [index, filter] of (node.get(key)?.items() ?? []).entries()) {
          this.#fragment(filter.get('sql'), { part: `measure:${name}:${key === 'filters' ? 'filter' : 'drill'}:${index + 1}`, role: 'filter', sqlKind: 'predicate', node, title });
        }
      }
    }
  }

  segments(): void {
    for (const [name, node] of this.#named('segments')) this.#fragment(node.get('sql'), { part: `segment:${name}`, role: 'filter', sqlKind: 'predicate', node, title: this.#title(name, node) });
  }

  /** What Cube runs unasked: the query that fills the rollup, and those that decide when and for which range. */
  preAggregations(): void {
    for (const [name, node] of this.#named('pre_aggregations')) {
      const part = `pre_aggregation:${name}`;
      const every = stringOf(node.get('refresh_key')?.get('every'));
      const built = builtPreAggregation(this.cube, node, this.model, this.resolver);
      if (built !== null) {
        const variants = built.sql === null ? [] : [rebuiltVariant('default', built.sql, ['the SQL is rebuilt from the members of the pre-aggregation'])];
        const isUnscheduled = node.get('scheduled_refresh') !== undefined && !node.get('scheduled_refresh')?.isTrue();
        const schedule = isUnscheduled ? null : (every ?? (node.get('refresh_key') === undefined ? this.#defaultRefresh() : 'refresh check'));
        this.#add({ part, role: 'query', sqlKind: 'statement', node, title: `${this.cube.name}.${name}`, schedule }, node.origin(), '', true, variants, built.problems);
      }
      this.refreshKey(node.get('refresh_key'), `${part}:refresh_key`);
      for (const key of ['build_range_start', 'build_range_end', 'refresh_range_start', 'refresh_range_end']) {
        this.#fragment(node.get(key)?.get('sql'), { part: `${part}:${key}`, role: 'hook', sqlKind: 'statement', node, schedule: every ?? 'refresh check' });
      }
    }
  }

  /** Conditions on rows by group: they are added to every query of the group. */
  accessPolicies(): void {
    for (const [index, policy] of (this.cube.node.get('access_policy')?.items() ?? []).entries()) {
      const members = filterMembers(policy.get('row_level')?.get('filters')?.items() ?? [], 0);
      if (members.length === 0) continue;
      const group = stringOf(policy.get('group') ?? policy.get('role')) ?? String(index + 1);
      const text = { text: members.map((name) => `{${name.includes('.') ? name : `CUBE.${name}`}} IS NOT NULL`).join(' AND '), style: 'yaml' } as const;
      const { variants, problems, cubes } = this.resolver.resolve(text, this.cube);
      const { relation, alias, problems: missing } = this.resolver.from(this.cube, cubes);
      const rebuilt = variants.map((variant) => rebuiltVariant(variant.label, wrapFragment(variant, 'predicate', relation, alias).sql, ["each filter of the policy is shown as a condition on its member"]));
      this.#add({ part: `access_policy:${group}`, role: 'filter', sqlKind: 'predicate', node: policy, title: `${this.cube.name} for ${group}` }, policy.origin(), '', true, rebuilt, mergeProblems([problems, missing]));
    }
  }

  /** A pre-aggregation that states no refresh_key has that of its cube; without one Cube refreshes it every hour. */
  #defaultRefresh(): string {
    const key = this.model.property(this.cube, 'refresh_key')?.node;
    return stringOf(key?.get('every')) ?? (key?.get('sql') === undefined ? '1 hour' : 'refresh check');
  }

  #measure(name: string, node: ModelNode, title: string | null): void {
    const described = { part: `measure:${name}`, role: 'metric', sqlKind: 'expression', node, title } as const;
    const sql = node.get('sql');
    if (sql !== undefined) {
      this.#fragment(sql, described, (variant, problems, cubes) => this.#aggregated(variant, node, problems, cubes));
      return;
    }
    if (aggregateFrame(stringOf(node.get('type'))).before === '') return;
    const into = { problems: [], cubes: new Set<Cube>() };
    const aggregate = this.resolver.aggregate(this.cube, node, null, into);
    const { relation, alias, problems } = this.resolver.from(this.cube, into.cubes);
    const wrapped = wrapFragment({ label: 'default', sql: aggregate, map: [], assumptions: [] }, 'expression', relation, alias);
    this.#add(described, node.origin(), '', true, [rebuiltVariant('default', wrapped.sql, ['the aggregate is rebuilt from the type of the measure'])], mergeProblems([into.problems, problems]));
  }

  /** The aggregate that Cube puts around the expression of a measure, with the measure's filters. */
  #aggregated(variant: QueryVariant, node: ModelNode, problems: Problem[], cubes: Set<Cube>): { variant: QueryVariant; problems: Problem[] } {
    const mark = '\u0000';
    const into = { problems, cubes };
    const frame = this.resolver.aggregate(this.cube, node, mark, into);
    const [before = '', after = ''] = frame.split(mark);
    return { variant: frameVariant(variant, before === '' ? '' : `${before}\n`, after === '' ? '' : `\n${after}`), problems: into.problems };
  }

  #fragment(node: ModelNode | undefined, described: Described, around?: (variant: QueryVariant, problems: Problem[], cubes: Set<Cube>) => { variant: QueryVariant; problems: Problem[] }): void {
    if (node === undefined) return;
    const text = node.text();
    if (text === null) {
      if (node.isDynamic) this.#dynamic(described.part, node, `a program computes the SQL of ${described.part.replaceAll(':', ' ')} in the cube ${this.cube.name}`, described);
      else this.#add(described, node.origin(), '', false, [], [{ code: 'unreadable', message: `the SQL of ${described.part.replaceAll(':', ' ')} in the cube ${this.cube.name} is no text` }]);
      return;
    }
    const { variants, problems, cubes } = this.resolver.resolve(text, this.cube, described.sqlKind === 'statement' || described.sqlKind === 'relation');
    let all = problems;
    const inner = variants.map((variant) => {
      if (around === undefined) return variant;
      const done = around(variant, all, cubes);
      all = done.problems;
      return done.variant;
    });
    const needsRelation = described.sqlKind === 'expression' || described.sqlKind === 'predicate';
    const { relation, alias, problems: missing } = needsRelation ? this.resolver.from(this.cube, cubes) : { relation: null, alias: this.cube.alias, problems: [] };
    const wrapped = inner.map((variant) => wrapFragment(variant, described.sqlKind, relation, alias));
    const isLarge = problems.some(({ code }) => code === 'too-large') && variants.length === 0;
    this.#add(described, node.origin(), isLarge ? '' : text.text, false, wrapped, mergeProblems([all, missing]));
  }

  #named(key: string): [string, ModelNode][] {
    const node = this.cube.node.get(key);
    if (node?.isDynamic === true) this.#dynamic(key, node, `a program computes ${key.replace('_', '-')} of the cube ${this.cube.name}`);
    const named = (node?.named() ?? []).filter(([name]) => name.trim() !== '');
    for (const [name, one] of named) {
      if (one.isDynamic) this.#dynamic(`${key}:${name}`, one, `a program computes ${name} among the ${key.replace('_', '-')} of the cube ${this.cube.name}`);
    }
    return named;
  }

  #dynamic(part: string, node: ModelNode, message: string, described: Described = { part, role: 'relation', sqlKind: 'statement', node }): void {
    this.#add({ ...described, part: part === described.part ? part : `${part}:dynamic` }, node.origin(), '', false, [], [{ code: 'dynamic-sql', message }]);
  }

  #title(name: string, node: ModelNode): string {
    return stringOf(node.get('title')) ?? `${this.cube.name}.${name}`;
  }

  #add(described: Described, origin: Origin, raw: string, reconstructed: boolean, variants: QueryVariant[], problems: Problem[]): void {
    const title = described.title ?? stringOf(this.cube.node.get('title')) ?? this.cube.name;
    this.found.push({ ...described, title, description: stringOf(described.node.get('description')), origin, raw, reconstructed, variants, problems, schedule: described.schedule ?? null });
  }
}

function filterMembers(filters: readonly ModelNode[], depth: number): string[] {
  if (depth > 10) return [];
  return filters.flatMap((filter) => {
    const nested = [...(filter.get('and')?.items() ?? []), ...(filter.get('or')?.items() ?? [])];
    const member = filter.get('member')?.path() ?? null;
    return [...(member !== null && /^[\w.]+$/.test(member) ? [member] : []), ...filterMembers(nested, depth + 1)];
  });
}
