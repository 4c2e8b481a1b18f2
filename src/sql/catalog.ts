import type { Catalog } from '../model/catalog.js';

/** The catalogue of a store of which nothing is known. */
export function emptyCatalog(): Catalog {
  return { relations: [], constraints: [], indexes: [], roles: [], grants: [], policies: [], extensions: [], publications: [], functions: [], settings: {} };
}
