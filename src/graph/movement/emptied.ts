import type { SqlStatement } from '../../model/syntax-tree.js';
import { findPersonalData } from '../../privacy/literal.js';
import type { Resolution } from '../../sql/resolution.js';
import type { Slot } from '../../sql/scope.js';
import { walkStatement } from '../../sql/walk.js';
import { markedKinds } from '../../text/marker.js';
import type { ReadPart } from '../statement-reader.js';

/**
 * Columns into which a text lets nothing of any stored value, whatever they are called: `NULL AS email`, `'n/a' AS phone`. None
 * where some of the text could not be followed, where it reads rows of functions, and where persons stand in it as literals.
 *
 * @param slots what flows into the columns of the target, under their names
 */
export function emptiedColumns(slots: readonly Slot[], { statement, resolution }: Pick<ReadPart, 'statement' | 'resolution'>, text: string): string[] {
  const empty = slots.filter(({ name, flows }) => flows.size === 0 && name !== '*' && name !== '');
  if (empty.length === 0 || !isFollowedWhole(resolution) || !readsTablesOnly(statement) || markedKinds(text).length > 0 || findPersonalData(text).length > 0) return [];
  return empty.map(({ name }) => name);
}

function isFollowedWhole({ references, unknownRelations, opaque, diagnostics }: Resolution): boolean {
  return references.resolved === references.total && unknownRelations.size === 0 && opaque.size === 0 && diagnostics.length === 0;
}

function readsTablesOnly(statement: SqlStatement): boolean {
  let only = true;
  walkStatement(statement, {
    from: ({ type }) => {
      if (type === 'function' || type === 'opaque_table') only = false;
    },
    query: ({ body }) => {
      if (body.type === 'values') only = false;
    },
  });
  return only;
}
