import type { Problem } from '../../model/query.js';
import { quote } from '../../template/placeholder.js';
import { mergeProblems } from '../../template/result.js';
import type { Cube, CubeModel } from './model.js';
import { stringOf, type ModelNode } from './node.js';
import type { CubeResolver } from './resolver.js';

/**
 * The query that fills a pre-aggregation, rebuilt from its members: dimensions and the time by granularity, measures, grouped.
 * Null for those that join or union others (`rollup_join`, `rollup_lambda`) and so ask the source nothing themselves.
 */
export function builtPreAggregation(cube: Cube, node: ModelNode, model: CubeModel, resolver: CubeResolver): { sql: string | null; problems: Problem[] } | null {
  const type = stringOf(node.get('type')) ?? 'rollup';
  if (/^(rollup_?join|rollup_?lambda)$/i.test(type)) return null;
  const members = new MemberList(cube, model, resolver);
  if (/^original_?sql$/i.test(type)) {
    const { relation, alias, problems } = resolver.from(cube, new Set());
    return { sql: relation === null ? null : `SELECT * FROM ${relation} AS ${alias}`, problems };
  }
  const keys = [...members.list(node, 'dimensions'), ...members.list(node, 'dimension_references')];
  const segments = [...members.list(node, 'segments'), ...members.list(node, 'segment_references')];
  const granularity = stringOf(node.get('granularity')) ?? 'day';
  const times = [node.get('time_dimension'), node.get('time_dimension_reference'), ...(node.get('time_dimensions')?.items() ?? []).map((item) => item.get('dimension') ?? item)];
  for (const time of times) {
    const sql = time === undefined ? null : members.one(time);
    if (sql !== null) keys.push(`date_trunc(${quote(granularity)}, ${sql})`);
  }
  const measures = [...members.list(node, 'measures'), ...members.list(node, 'measure_references')];
  const columns = [...keys, ...segments, ...measures];
  if (columns.length === 0) members.problems.push([{ code: 'unsupported', message: 'the pre-aggregation names no members' }]);
  const { relation, alias, problems } = resolver.from(cube, members.cubes);
  const all = mergeProblems([...members.problems, problems]);
  if (columns.length === 0 || relation === null) return { sql: null, problems: all.length > 0 ? all : [{ code: 'too-large', message: 'the relation of the pre-aggregation is too long to repeat' }] };
  const groups = keys.length + segments.length === 0 ? '' : ` GROUP BY ${[...keys, ...segments].map((_, index) => index + 1).join(', ')}`;
  return { sql: `SELECT ${columns.join(', ')} FROM ${relation} AS ${alias}${groups}`, problems: all };
}

class MemberList {
  readonly problems: Problem[][] = [];
  readonly cubes = new Set<Cube>();

  constructor(
    readonly cube: Cube,
    readonly model: CubeModel,
    readonly resolver: CubeResolver,
  ) {}

  list(node: ModelNode, key: string): string[] {
    return (node.get(key)?.items() ?? []).flatMap((item) => this.one(item) ?? []);
  }

  one(item: ModelNode): string | null {
    const path = item.path()?.replace(/^\{?CUBE\}?\./, '') ?? null;
    if (path === null || !/^[\w.]{1,300}$/.test(path)) {
      this.problems.push([{ code: 'dynamic-sql', message: 'a program computes a member of the pre-aggregation' }]);
      return null;
    }
    const { variants, problems, cubes } = this.resolver.resolve({ text: `{${path}}`, style: 'yaml' }, this.cube);
    this.problems.push(problems);
    for (const other of cubes) this.cubes.add(other);
    return problems.some(({ code }) => code === 'missing-reference') ? null : (variants[0]?.sql ?? null);
  }
}
