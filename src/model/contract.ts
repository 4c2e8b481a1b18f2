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
  /** The physical type, else the logical one, as written; absent where it says neither. */
  type?: string | undefined;
  /** True where `type` is the contract's own word for a family of types (`integer`, `string`), not that of a database. */
  isLogicalType?: true | undefined;
  /** Whether it must have a value; absent where it does not say. */
  required?: boolean | undefined;
}

/** One row of a registry of contracts in the store itself, as Part 066 §13 has it: `contract_name`, `version`, `owner_team` … */
export interface RegisteredContract {
  /** The name of the view, with its schema where the registry says it. */
  name: string;
  version: string | null;
  owner: string | null;
  /** `BACKWARD`, `FULL` …, in the registry's word. */
  policy: string | null;
  /** As registered; null where the row holds no schema that is understood. */
  columns: RegisteredColumn[] | null;
  /** ISO 8601; null while it is in force. */
  deprecatedAt: string | null;
}

export interface RegisteredColumn {
  name: string;
  /** As written; null where it says none. */
  type: string | null;
  /** True where `type` is a word of JSON Schema and the like (`integer`, `string`), not of a database. */
  isLogicalType?: true | undefined;
  nullable: boolean | null;
}

export interface ContractRegistry {
  /** `schema.name` of the table. */
  relation: string;
  /** Sorted by name, then version. */
  rows: RegisteredContract[];
  /** True where rows may be missing: what is not among these may be registered all the same. */
  isPartial?: true | undefined;
}
