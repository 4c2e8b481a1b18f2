import type { StoreFacts } from '../../facts/store.js';
import { grantsOf } from '../../facts/role.js';
import type { Configuration } from '../../model/configuration.js';
import type { RelationMovement } from '../../model/movement.js';
import type { PrivacyReport } from '../../model/personal-column.js';
import type { Snapshot } from '../../model/snapshot.js';
import type { Classification } from '../../privacy/classify.js';
import type { StoreBoundary } from '../boundary.js';

/** What subjects of privacy are made of: the join, with what is known of personal data and its ways. */
export interface PrivacyInput {
  boundaries: readonly StoreBoundary[];
  facts: ReadonlyMap<StoreBoundary, StoreFacts>;
  movements: readonly RelationMovement[];
  /** By the name of the store, then by `schema.table.column`; what came along movements included. */
  carried: ReadonlyMap<string, ReadonlyMap<string, Classification>>;
  disagreements: PrivacyReport['disagreements'];
  snapshot: Snapshot;
  configuration: Configuration;
}

/** Roles of reports and persons that may read a relation, or one column of it; sorted. */
export class ReportReaders {
  /** `role` → `schema.name` → its rights. */
  readonly #rights: { role: string; byRelation: ReadonlyMap<string, readonly string[]> }[];

  constructor({ store: { catalog }, roles }: StoreBoundary) {
    this.#rights = catalog.roles
      .filter(({ name, canLogin }) => canLogin && ['reporting', 'person'].includes(roles.get(name)?.purpose ?? ''))
      .map((role) => ({ role: role.name, byRelation: new Map(grantsOf(role, catalog).map(({ relation, privileges }) => [relation, privileges])) }));
  }

  of(relation: string, column: string | null = null): string[] {
    return this.#rights
      .filter(({ byRelation }) => (byRelation.get(relation) ?? []).some((privilege) => privilege === 'SELECT' || (column === null ? privilege.startsWith('SELECT (') : columnsOf(privilege).includes(column))))
      .map(({ role }) => role)
      .sort();
  }
}

/** A grant on some columns stands as `SELECT (customer_id, segment)`. */
function columnsOf(privilege: string): string[] {
  const list = /^SELECT \((.*)\)$/s.exec(privilege)?.[1];
  return list === undefined ? [] : list.split(', ');
}
