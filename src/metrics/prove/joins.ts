import type { Expression } from '../../model/syntax-tree.js';
import { aliasesOf, type Block, flattened, mapTree, nullableAliases, type Session, type Tree } from './block.js';
import { column, conjuncts, keyOf, nameOf, number, operation, uniqueBy } from './expression.js';
import { coveredKey, equalitiesOf, ignoresCopies, mentions, plainInner, restOnKey, withoutSource } from './keys.js';
import { absenceOf, type Obligations } from './obligation.js';

/** One rule: a block that gives the same rows, or null where the rule does not apply. */
export type Rule = (block: Block, session: Session, obligations: Obligations) => Block | null;

/** A tree with its first LEFT JOIN that a rule changes; `extra`: conditions that move to the filter. */
type Change = { tree: Tree | null; where: Expression[] };

function changeLeft(tree: Tree, change: (left: Extract<Tree, { type: 'left' }>) => Change | null): Change | null {
  if (tree.type === 'source' || tree.type === 'full') return null;
  if (tree.type === 'inner') {
    for (const [place, item] of tree.items.entries()) {
      const changed = changeLeft(item, change);
      if (changed === null) continue;
      const items = changed.tree === null ? tree.items.toSpliced(place, 1) : tree.items.with(place, changed.tree);
      return { tree: { type: 'inner', items }, where: changed.where };
    }
    return null;
  }
  const own = change(tree);
  if (own !== null) return own;
  // Conditions of the kept side of an outer join may move up; those of its nullable side may not.
  const left = changeLeft(tree.left, change);
  return left === null || left.tree === null ? null : { tree: { ...tree, left: left.tree }, where: left.where };
}

function withTree(block: Block, changed: Change): Block {
  const tree = flattened(changed.tree ?? { type: 'inner', items: [] });
  const kept = new Set(aliasesOf(tree));
  return { ...block, tree, where: uniqueBy([...block.where, ...changed.where], keyOf), sources: block.sources.filter(({ alias }) => kept.has(alias)) };
}

/** LEFT JOIN whose unmatched rows the filter drops. */
export const rejectedNulls: Rule = (block, session, obligations) => {
  const changed = changeLeft(block.tree, (left) => {
    const nullable = new Set(aliasesOf(left.right));
    const flags = [...nullable].map(absenceOf);
    const rejects = block.where.some((condition) => {
      if (![...session.aliases(condition)].some((alias) => nullable.has(alias))) return false;
      return obligations.never('none', [[condition]], { nullable, premises: flags }, (truth) => truth(0));
    });
    return rejects ? { tree: { type: 'inner', items: [left.left, left.right] }, where: left.on } : null;
  });
  return changed === null ? null : withTree(block, changed);
};

/** LEFT JOIN to a parent over exactly a foreign key that is never NULL always finds its partner. */
export const alwaysFound: Rule = (block, session) => {
  const outside = nullableAliases(block.tree);
  const changed = changeLeft(block.tree, (left) => {
    if (left.right.type !== 'source') return null;
    const parentAlias = left.right.alias;
    const parent = block.sources.find(({ alias }) => alias === parentAlias)?.table;
    if (!parent) return null;
    const equalities = equalitiesOf(left.on, parentAlias, session);
    for (const child of block.sources) {
      if (outside.has(child.alias) || !aliasesOf(left.left).includes(child.alias)) continue;
      for (const key of child.table?.foreignKeys ?? []) {
        if (key.parent !== parent.key || key.columns.length !== left.on.length || !session.facts.holds(key.id)) continue;
        const matched = key.columns.every((name, place) => equalities.some((entry) => entry.column === key.parentColumns[place] && nameOf(entry.other) === `${child.alias}.${name}`));
        const required = key.columns.map((name) => child.table?.notNull.get(name));
        if (!matched || !required.every((id) => session.facts.holds(id))) continue;
        session.facts.rest([key.id, ...required.flatMap((id) => id ?? [])]);
        return { tree: { type: 'inner', items: [left.left, left.right] }, where: left.on };
      }
    }
    return null;
  });
  return changed === null ? null : withTree(block, changed);
};

/** A LEFT JOIN that nothing looks at and that multiplies no rows, or whose copies do not matter. */
export const unusedLeft: Rule = (block, session) => {
  const copies = ignoresCopies(block);
  const changed = changeLeft(block.tree, (left) => {
    const aliases = aliasesOf(left.right);
    const except = new Set(conditionsBelow(left));
    if (aliases.some((alias) => mentions(block, alias, session, except))) return null;
    if (copies) return { tree: left.left, where: [] };
    const [alias = '', more] = aliases;
    const source = block.sources.find((candidate) => candidate.alias === alias);
    if (more !== undefined || source === undefined) return null;
    const key = coveredKey(source, new Set(equalitiesOf(left.on, alias, session).map((entry) => entry.column)), session);
    if (key === null) return null;
    restOnKey(key, session);
    return { tree: left.left, where: [] };
  });
  return changed === null ? null : withTree(block, changed);
};

function conditionsBelow(left: Extract<Tree, { type: 'left' }>): Expression[] {
  const found: Expression[] = [...left.on];
  mapTree(left.right, (expression) => {
    found.push(expression);
    return expression;
  });
  return found;
}

/** An inner join to a parent over its foreign key, where only the key of the parent is looked at. */
export const unusedParent: Rule = (block, session) => {
  const outside = nullableAliases(block.tree);
  for (const source of plainInner(block)) {
    if (source.table === null) continue;
    const equalities = equalitiesOf(block.where, source.alias, session);
    for (const child of block.sources) {
      if (child === source || outside.has(child.alias)) continue;
      for (const key of child.table?.foreignKeys ?? []) {
        if (key.parent !== source.table.key || !session.facts.holds(key.id)) continue;
        const used = key.parentColumns.map((name, place) => equalities.find((entry) => entry.column === name && nameOf(entry.other) === `${child.alias}.${key.columns[place] ?? ''}`));
        const unique = coveredKey(source, new Set(key.parentColumns), session);
        if (unique === null || !used.every((entry) => entry !== undefined)) continue;
        const merged = withoutParent(block, source.alias, child.alias, key, new Set(used.map((entry) => entry.condition)), session);
        if (merged === null) continue;
        session.facts.rest([key.id]);
        restOnKey(unique, session);
        return merged;
      }
    }
  }
  return null;
};

function withoutParent(block: Block, parent: string, child: string, key: { columns: string[]; parentColumns: string[] }, dropped: ReadonlySet<Expression>, session: Session): Block | null {
  const names = new Map(key.parentColumns.map((name, place) => [`${parent}.${name}`, column(`${child}.${key.columns[place] ?? ''}`)]));
  const map = (expression: Expression): Expression => session.replace(expression, (name) => names.get(name) ?? null);
  const kept = { ...block, where: block.where.filter((condition) => !dropped.has(condition)) };
  const order = (list: NonNullable<Block['distinctOn']>): NonNullable<Block['distinctOn']> => list.map((item) => ({ ...item, expression: map(item.expression) }));
  const replaced: Block = {
    ...kept, where: kept.where.map(map), outputs: kept.outputs.map(map), group: kept.group && kept.group.map(map), having: kept.having.map(map), tree: mapTree(kept.tree, map),
    onKeys: kept.onKeys.map(map), distinctOn: kept.distinctOn && order(kept.distinctOn), limit: kept.limit && { ...kept.limit, order: order(kept.limit.order) },
  };
  if (mentions(replaced, parent, session, new Set())) return null;
  const required = (name: string): string | null => {
    const id = nullableAliases(block.tree).has(child) ? null : block.sources.find(({ alias }) => alias === child)?.table?.notNull.get(name);
    return session.facts.holds(id) ? id : null;
  };
  session.facts.rest(key.columns.flatMap((name) => required(name) ?? []));
  const found = key.columns.filter((name) => required(name) === null).map((name) => operation('is_not_null', column(`${child}.${name}`)));
  const rest = withoutSource(replaced, parent);
  return { ...rest, where: uniqueBy([...rest.where, ...found], keyOf), lost: [...(rest.lost ?? []), ...found.map(keyOf)] };
}

/** LEFT JOIN … WHERE its key IS NULL: rows without a partner. */
export const antiJoin: Rule = (block, session, obligations) => {
  const changed = changeLeft(block.tree, (left) => {
    const aliases = new Set(aliasesOf(left.right));
    const flags = [...aliases].map(absenceOf);
    // A condition that is true exactly for absent partners.
    const test = block.where.find((condition) => {
      const own = [...session.aliases(condition)];
      if (own.length === 0 || !own.every((alias) => aliases.has(alias)) || condition.type !== 'operation') return false;
      if (condition.operator !== 'is_null') return false;
      return obligations.never('none', [[condition]], { nullable: new Set(), premises: left.on }, (truth) => truth(0))
        && obligations.never('all', [[condition]], { nullable: aliases, premises: flags }, (truth) => !truth(0));
    });
    if (test === undefined) return null;
    const except = new Set([...conditionsBelow(left), test]);
    if ([...aliases].some((alias) => mentions(block, alias, session, except))) return null;
    const inner: Block = {
      type: 'block', sources: block.sources.filter(({ alias }) => aliases.has(alias)), tree: flattened({ type: 'inner', items: [left.right] }), where: left.on, group: null, having: [],
      outputs: [number(1)], names: ['1'], distinct: false, distinctOn: null, onKeys: [], limit: null,
    };
    const exists = session.sub('exists', inner, null);
    return { tree: left.left, where: [operation('not', exists), test] };
  });
  if (changed === null) return null;
  const [exists, test] = changed.where;
  const dropped = test === undefined ? '' : keyOf(test);
  return withTree({ ...block, where: block.where.filter((condition) => keyOf(condition) !== dropped) }, { tree: changed.tree, where: exists === undefined ? [] : conjuncts(exists) });
};
