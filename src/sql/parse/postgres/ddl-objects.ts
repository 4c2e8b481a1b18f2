import type { Node } from '@pgsql/types';
import type { StoredFunction } from '../../../model/catalog.js';
import { type DdlState, inputTypes } from './ddl-state.js';
import { items, texts } from './nodes.js';

/** How statements name what they change. */

export const RELATIONS: ReadonlySet<string> = new Set(['OBJECT_TABLE', 'OBJECT_VIEW', 'OBJECT_MATVIEW', 'OBJECT_FOREIGN_TABLE']);
export const FUNCTIONS: ReadonlySet<string> = new Set(['OBJECT_FUNCTION', 'OBJECT_PROCEDURE', 'OBJECT_ROUTINE', 'OBJECT_AGGREGATE']);
export const TYPES: ReadonlySet<string> = new Set(['OBJECT_TYPE', 'OBJECT_DOMAIN']);

/** The dotted name of an object, however the grammar has it. */
export function nameParts(node: Node | undefined): string[] {
  if (!node) return [];
  if ('TypeName' in node) return texts(node.TypeName.names);
  if ('ObjectWithArgs' in node) return texts(node.ObjectWithArgs.objname);
  return texts(items(node));
}

/** The functions that a statement means: that with the argument types it gives, or all of the name. */
export function functionsOf(node: Node | undefined, state: DdlState): StoredFunction[] {
  const parts = nameParts(node);
  const same = state.index().functionsNamed(parts.at(-2) ?? null, parts.at(-1) ?? '', state.path);
  if (!node || !('ObjectWithArgs' in node) || node.ObjectWithArgs.args_unspecified) return same;
  const types = (node.ObjectWithArgs.objargs ?? []).map((type) => ('TypeName' in type ? state.typeText(type.TypeName) : '')).join(',');
  return same.filter((stored) => inputTypes(stored) === types);
}
