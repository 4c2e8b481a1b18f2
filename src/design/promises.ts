import { declaredIn, isInForce } from '../graph/declared-contracts.js';
import type { StoreBoundary } from '../graph/boundary.js';
import type { AssertedConstraint } from '../model/asserted-constraint.js';
import type { Relation } from '../model/catalog.js';
import { relationKey } from '../sql/schema-index.js';
import type { DesignInput } from './index.js';

/** What contracts, registries, declared products and tests say of tables. */
export class Promises {
  readonly #input: DesignInput;
  /** By the name of the table, lower case. */
  readonly #asserts = new Map<string, AssertedConstraint[]>();
  readonly #testedSchemas: ReadonlySet<string>;

  constructor(input: DesignInput) {
    this.#input = input;
    const { queries, contracts = [] } = input.snapshot;
    const asserts = [
      ...queries.filter(({ lifecycle }) => lifecycle === 'active').flatMap(({ asserts }) => asserts ?? []),
      ...contracts.filter(isInForce).flatMap(({ relations }) => relations.flatMap(({ asserts }) => asserts ?? [])),
    ];
    for (const asserted of asserts) {
      const name = asserted.relation.toLowerCase();
      const own = this.#asserts.get(name);
      if (own === undefined) this.#asserts.set(name, [asserted]);
      else own.push(asserted);
    }
    this.#testedSchemas = new Set(asserts.flatMap(({ schema }) => (schema === null ? [] : [schema.toLowerCase()])));
  }

  /** `schema.name` of everything for which a contract, a registry or a declared product stands; null where none of them was looked at. */
  promisedIn({ store, accesses }: StoreBoundary): ReadonlySet<string> | null {
    const { snapshot, configuration } = this.#input;
    const contracts = (snapshot.contracts ?? []).filter(isInForce);
    const declared = declaredIn(store, contracts, snapshot.stores, configuration).found.map(({ key }) => key);
    const products = configuration.live.dataProducts.flatMap(({ relation, store: named }) => (relation !== null && (named === null || named === store.name) ? [relation] : []));
    const here = products.filter((key) => store.catalog.relations.some((relation) => relationKey(relation) === key));
    const promised = new Set([...declared, ...here, ...(store.registered?.keys() ?? []), ...(store.contracted?.keys() ?? [])]);
    if (promised.size === 0) return null;
    // A promised view stands for the tables that it shows.
    for (const access of accesses) if (access.consumer.builds !== '' && promised.has(access.consumer.builds)) for (const source of access.statement.direct_relations) promised.add(source);
    return promised;
  }

  /** Tests and promises of one table. Names without a schema are of any. */
  testsOf({ schema, name }: Relation): AssertedConstraint[] {
    return (this.#asserts.get(name.toLowerCase()) ?? []).filter((asserted) => asserted.schema === null || asserted.schema.toLowerCase() === schema.toLowerCase());
  }

  /** Whether anything of the schema is tested, so that what is not could have been. */
  testsKnownIn(schema: string): boolean {
    return this.#testedSchemas.has(schema.toLowerCase());
  }
}
