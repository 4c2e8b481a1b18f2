import type { ColumnPlace, RelationMovement } from '../model/movement.js';
import type { ColumnDeclaration, PrivacyReport } from '../model/personal-column.js';
import type { StoreSnapshot } from '../model/snapshot.js';
import { type Classification, type ColumnOverride, overrideOf } from '../privacy/classify.js';
import { decides, declarationsByColumn, declarationsForStore } from '../privacy/declared.js';
import { rank } from '../sql/flow.js';

/** Columns that somebody declared to hold nothing personal, by who is believed most. */
export class HarmlessColumns {
  readonly #overrides: readonly ColumnOverride[];
  /** By the name of the store, then by `schema.table.column`: everything that is declared of it. */
  readonly #declared: ReadonlyMap<string, ReadonlyMap<string, readonly ColumnDeclaration[]>>;

  constructor(stores: readonly Pick<StoreSnapshot, 'name' | 'catalog'>[], overrides: readonly ColumnOverride[], declarations: readonly ColumnDeclaration[]) {
    this.#overrides = overrides;
    this.#declared = new Map(stores.map(({ name, catalog }) => {
      const columns = [...declarationsByColumn(catalog, declarationsForStore(declarations, name))];
      return [name, new Map(columns.filter(([, own]) => own.find(decides)?.verdict === 'harmless'))];
    }));
  }

  has({ store, relation, column }: ColumnPlace): boolean {
    const name = `${relation}.${column}`;
    const override = overrideOf(name, this.#overrides);
    return override === undefined ? (this.#declared.get(store)?.has(name) ?? false) : override.kind === 'none';
  }

  /**
   * Columns into which a person's value comes as it is although people say that they hold none. What the configuration says
   * settles the matter: it was written in answer to what is inferred.
   */
  contradicted(movements: readonly RelationMovement[], carried: ReadonlyMap<string, ReadonlyMap<string, Classification>>, confidence_min: number): PrivacyReport['disagreements'] {
    const found = new Map<string, PrivacyReport['disagreements'][number]>();
    for (const { from, to, columns, by, confidence } of movements) {
      const declared = this.#declared.get(to.store);
      if (declared === undefined || declared.size === 0) continue;
      for (const { from: source, to: column, mask } of columns) {
        const declarations = declared.get(`${to.relation}.${column}`);
        const known = carried.get(from.store)?.get(`${from.relation}.${source}`);
        const sure = confidence * (known?.confidence ?? 0);
        const left = Math.max(rank(mask), rank(known?.mask ?? 'raw'));
        if (declarations === undefined || known === undefined || sure < confidence_min || left > rank('reversible') || overrideOf(`${to.relation}.${column}`, this.#overrides) !== undefined) continue;
        const place = { store: to.store, relation: to.relation, column };
        const reasons = [`comes from ${from.store === to.store ? '' : `${from.store} `}${from.relation}.${source} by ${by}`, ...known.reasons];
        const key = `${to.store}\n${to.relation}.${column}`;
        if ((found.get(key)?.inferred?.confidence ?? 0) < sure) found.set(key, { place, declarations: [...declarations], inferred: { kind: known.kind, confidence: Math.round(sure * 1000) / 1000, reasons } });
      }
    }
    return [...found.values()];
  }
}
