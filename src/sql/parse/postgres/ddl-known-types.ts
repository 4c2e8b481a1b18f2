import type { Catalog } from '../../../model/catalog.js';
import { relationKey } from '../../schema-index.js';
import type { Name, UserType } from './ddl-state.js';

/** Types as a catalogue prints them. */

/** The types that columns of a catalogue show. */
export function typesOf(catalog: Catalog): UserType[] {
  const found = new Map<string, UserType>();
  for (const column of catalog.relations.flatMap(({ columns }) => columns)) {
    if (column.enumValues !== null && column.domain === undefined) {
      const name = typeName(column.type);
      found.set(relationKey(name), { ...name, kind: 'enum', values: [...column.enumValues] });
    }
    const domain = column.domain ?? (column.baseType === undefined ? undefined : column.type);
    if (domain === undefined) continue;
    const name = typeName(domain);
    found.set(relationKey(name), { ...name, kind: 'domain', base: undefined, baseText: column.baseType ?? column.type, required: false });
  }
  return [...found.values()];
}

/** The name of a type as the server prints it, `app."Status"`. */
function typeName(printed: string): Name {
  const parts = [...printed.matchAll(/"((?:[^"]|"")*)"|([^."]+)/g)].map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '');
  return { schema: parts.at(-2) ?? 'public', name: parts.at(-1) ?? '' };
}

/** Where the server prints the precision: `timestamp(3) without time zone`, and what it calls `varbit`. */
export function withPrecision(printed: string): string {
  return printed.replace(/^(time(?:stamp)?)( with(?:out)? time zone)(\(\d+\))/, '$1$3$2').replace(/^varbit\b/, 'bit varying');
}
