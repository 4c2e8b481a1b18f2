import type { Expression } from '../../model/syntax-tree.js';
import { mapExpression } from '../../sql/map-tree.js';
import { withFilters } from './filters.js';
import type { Block, Node, Session } from './block.js';
import { aliasOf, columnPart, keyOf, visit } from './expression.js';

/**
 * A query over nothing but totals of one table, as sub-selects of one row each or scalar sub-queries: one query of that table,
 * the filters of each total as those of its aggregates.
 */
export function combinedTotals(block: Block, session: Session): Block | null {
  if (block.group !== null || block.where.length > 0 || block.limit !== null || block.distinct || block.distinctOn !== null || block.tree.type === 'left' || block.tree.type === 'full') return null;
  const totals = new Map<string, Block>();
  for (const source of block.sources) {
    const total = source.node === null ? null : totalOf(source.node);
    if (total === null) return null;
    totals.set(source.alias, total);
  }
  const subs = new Map<string, Block>();
  let other = false;
  for (const output of block.outputs) {
    visit(output, (inner) => {
      if (inner.type !== 'call' || inner.name[0] !== '%sub') return;
      const sub = session.subOf(inner);
      const total = sub?.kind === 'scalar' ? totalOf(sub.node) : null;
      if (total === null || total.outputs.length !== 1) other = true;
      else subs.set(keyOf(inner), total);
    });
  }
  const all = [...totals.values(), ...subs.values()];
  const base = all[0]?.sources[0];
  if (other || base === undefined || (block.sources.length === 1 && subs.size === 0)) return null;
  if (!all.every((total) => total.sources[0]?.table?.key === base.table?.key && total.sources[0]?.opaque === base.opaque)) return null;
  const moved = (total: Block, expression: Expression): Expression => {
    const alias = total.sources[0]?.alias ?? '';
    return session.replace(expression, (name) => (aliasOf(name) === alias ? { type: 'column', parts: [`${base.alias}.${columnPart(name)}`], span: { start: 0, end: 0 } } : null));
  };
  const map = (expression: Expression): Expression =>
    mapExpression(expression, {
      keepsQueries: true,
      expression: (inner) => {
        const sub = subs.get(keyOf(inner));
        if (sub !== undefined) return moved(sub, sub.outputs[0] ?? inner);
        const total = inner.type === 'column' ? totals.get(aliasOf(inner.parts[0] ?? '')) : undefined;
        const output = total?.outputs[Number(columnPart(inner.type === 'column' ? (inner.parts[0] ?? '') : '.').slice(1))];
        return total === undefined || output === undefined ? inner : moved(total, output);
      },
    });
  return { ...block, sources: [base], tree: { type: 'source', alias: base.alias }, group: [], outputs: block.outputs.map(map) };
}

/** A total of the rows of one table: its filter in its aggregates. */
function totalOf(node: Node): Block | null {
  if (node.type === 'set' || node.sources.length !== 1 || node.sources[0]?.table == null || node.group?.length !== 0) return null;
  return withFilters(node);
}
