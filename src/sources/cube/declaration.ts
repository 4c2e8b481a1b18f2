import type { MetricDeclaration } from '../../model/metric-declaration.js';
import type { Owner } from '../../model/query.js';
import { declarationOf, FREE_KEYS, freeFields, joinedWithout } from '../common/declaration.js';
import type { CubeFragment } from './fragments.js';
import type { Cube, CubeModel } from './model.js';
import { stringOf, type ModelNode } from './node.js';

/** What a measure of a cube declares besides its SQL; `meta` of the measure stands above that of its cube. */
export function measureDeclaration(cube: Cube, name: string, { node, problems, variants }: CubeFragment, model: CubeModel, owners: readonly Owner[]): MetricDeclaration {
  const isHidden = [node, cube.node].some((one) => ['public', 'shown'].some((key) => isFalse(one.get(key))));
  return declarationOf({
    by: 'cube', name: `${cube.name}.${name}`, label: stringOf(node.get('title')), intent: stringOf(node.get('description')), owners, problems,
    dimensions: model.lineage(cube).flatMap((one) => (one.node.get('dimensions')?.named() ?? []).map(([dimension]) => dimension)),
    free: freeFields([plainOf(node.get('meta')), plainOf(cube.node.get('meta'))], null),
    access: isHidden ? 'not public' : null,
    incomplete: incompleteness(node) ?? joinedWithout(variants[0]?.sql ?? '', 'CROSS JOIN'),
  });
}

/** What Cube does to the measure beyond its aggregate. */
function incompleteness(node: ModelNode): string | null {
  if (node.get('rolling_window') !== undefined) return 'it is taken over a rolling window, which the SQL leaves out';
  if (node.get('multi_stage')?.isTrue() === true) return 'it is computed in several stages, which the SQL leaves out';
  const type = (stringOf(node.get('type')) ?? '').replaceAll('_', '').toLowerCase();
  if (type === 'runningtotal') return 'it is a running total, which the SQL leaves out';
  return type === 'countdistinctapprox' ? 'it is counted approximately' : null;
}

function isFalse(node: ModelNode | undefined): boolean {
  return node !== undefined && !node.isTrue() && !node.isDynamic && node.text() === null && node.items().length === 0 && node.named().length === 0;
}

function plainOf(node: ModelNode | undefined): Record<string, unknown> {
  if (node === undefined) return {};
  const found: Record<string, unknown> = {};
  for (const key of FREE_KEYS) {
    const value = node.get(key);
    if (value !== undefined) found[key] = plainValue(value);
  }
  return found;
}

function plainValue(value: ModelNode): unknown {
  const nested = Object.fromEntries(['since', 'date', 'use', 'replaced_by', 'replacement'].flatMap((inner) => {
    const found = stringOf(value.get(inner));
    return found === null ? [] : [[inner, found] as const];
  }));
  if (Object.keys(nested).length > 0) return nested;
  const items = value.items().flatMap((item) => stringOf(item) ?? []);
  return items.length > 0 ? items : (stringOf(value) ?? (value.isTrue() ? true : null));
}
