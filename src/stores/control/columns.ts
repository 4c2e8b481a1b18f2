import type { Column } from '../../model/catalog.js';
import type { Engine } from '../../model/store.js';
import { kindOf, type ColumnKind } from './times.js';

/** A column that a control table has by convention. */
export interface Part {
  /** The name that `control.columns` maps, which is the article's where the article has it, then names that teams give it, the likeliest first. */
  names: readonly string[];
  required: boolean;
  kinds: readonly ColumnKind[];
}

export interface FoundColumn {
  name: string;
  type: string;
  kind: ColumnKind;
}

/** Each part with the first column that may be it. No column is two parts. */
export function matchColumns<Id extends string>(
  columns: readonly Pick<Column, 'name' | 'type'>[],
  parts: Readonly<Record<Id, Part>>,
  engine: Engine,
  mapped: Readonly<Record<string, string>>,
): Partial<Record<Id, FoundColumn>> {
  const found: Partial<Record<Id, FoundColumn>> = {};
  const taken = new Set<string>();
  for (const id of partIds(parts)) {
    const { names, kinds } = parts[id];
    const [conventional = ''] = names;
    const wanted = [mapped[conventional], ...names].filter((name) => name !== undefined);
    for (const name of wanted) {
      const column = columns.find((candidate) => candidate.name.toLowerCase() === name.toLowerCase() && !taken.has(candidate.name));
      if (!column || !kinds.includes(kindOf(column.type, engine))) continue;
      found[id] = { name: column.name, type: column.type, kind: kindOf(column.type, engine) };
      taken.add(column.name);
      break;
    }
  }
  return found;
}

export function partIds<Id extends string>(parts: Readonly<Record<Id, Part>>): Id[] {
  const isId = (key: string): key is Id => key in parts;
  return Object.keys(parts).filter(isId);
}

/** Parts without which the table says nothing, and that it does not have. */
export function missingParts<Id extends string>(columns: Partial<Record<Id, FoundColumn>>, parts: Readonly<Record<Id, Part>>): Id[] {
  return partIds(parts).filter((id) => parts[id].required && columns[id] === undefined);
}
