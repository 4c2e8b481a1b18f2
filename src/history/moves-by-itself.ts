import { notReproducible, type UnreproducibleKind } from '../facts/reproducible.js';
import type { ParseOutcome } from '../model/syntax-tree.js';
import type { StoreSnapshot } from '../model/snapshot.js';
import { relationsBelow } from './below.js';
import type { HistoryQuestion } from './question.js';

const OTHER_EACH_TIME: ReadonlySet<UnreproducibleKind> = new Set(['clock', 'chance', 'session', 'unordered-limit', 'unordered-choice']);

/**
 * Why closed periods of a metric would change by themselves, in words that follow its name; null where nothing says so. A definition with
 * `now()` moves with the clock, and so do the views that it reads.
 *
 * @param parse reads the dialect of the store
 */
export function movesByItself({ whole, relation }: HistoryQuestion, { catalog }: Pick<StoreSnapshot, 'catalog'>, parse: (text: string) => ParseOutcome): string | null {
  const own = reasonIn(whole, parse);
  if (own !== null) return `closed periods change by themselves: ${own}`;
  const definitions = new Map(catalog.relations.map(({ schema, name, definition }) => [`${schema}.${name}`, definition]));
  for (const name of relationsBelow(relation, catalog)) {
    const definition = definitions.get(name) ?? null;
    const reason = definition === null ? null : reasonIn(definition, parse);
    if (reason !== null) return `closed periods change by themselves: in ${name}, ${reason}`;
  }
  return null;
}

function reasonIn(text: string, parse: (text: string) => ParseOutcome): string | null {
  for (const { statement } of parse(text).statements) {
    const reason = notReproducible(statement).find(({ kind }) => OTHER_EACH_TIME.has(kind));
    if (reason !== undefined) return reason.text;
  }
  return null;
}
