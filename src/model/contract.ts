import type { AssertedConstraint } from './asserted-constraint.js';
import type { ConnectionReference, Origin } from './query.js';

/** What a data contract on file declares (Open Data Contract Standard 3, Data Contract Specification 1). */
export interface DeclaredContract {
  id: string;
  name: string;
  version: string | null;
  /** In the contract's own word: `active`, `deprecated`, `retired`, `draft` … */
  status: string | null;
  owner: string | null;
  /** The server that it holds for; null where it names none. */
  connection: ConnectionReference | null;
  relations: ContractedRelation[];
  origin: Origin;
}

export interface ContractedRelation {
  /** Null where the contract does not tell; names as written. */
  schema: string | null;
  name: string;
  columns: ContractedColumn[];
  /** What it promises of its rows: `required`, `unique`, keys, lists of values. */
  asserts?: AssertedConstraint[] | undefined;
}

export interface ContractedColumn {
  name: string;
  /** The contract's own word: `confidential`, `pii` … */
  classification: string | null;
  /** True where it says so; personal data in the Data Contract Specification's word. */
  pii: boolean;
}
