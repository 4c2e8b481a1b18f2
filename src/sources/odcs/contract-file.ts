import type { ContractedColumn } from '../../model/contract.js';
import type { ConnectionReference } from '../../model/query.js';
import type { SourceFile } from '../common/source-file.js';
import type { Promised } from './promises.js';

/** A data contract of either standard, with the places of its queries. */
export interface ContractFile {
  kind: 'odcs' | 'dcs';
  file: SourceFile;
  id: string;
  name: string;
  version: string | null;
  status: string | null;
  owners: string[];
  description: string | null;
  connection: ConnectionReference | null;
  /** Of the server: where relations lie that name no schema of their own. */
  schema: string | null;
  tables: ContractTable[];
}

export interface ContractTable {
  name: string;
  physicalName: string;
  columns: ContractedColumn[];
  checks: ContractCheck[];
  /** What holds of its rows. */
  promises: Promised[];
}

/** A SQL text of the contract. */
export interface ContractCheck {
  /** Stable within its table: `amount:quality:not_negative`. */
  part: string;
  title: string | null;
  description: string | null;
  /** Leads to the SQL. */
  pointer: string;
  sql: string;
  /** The physical name of the column that it speaks of; null for the table. */
  column: string | null;
  schedule: string | null;
  role: 'quality-check' | 'relation';
}
