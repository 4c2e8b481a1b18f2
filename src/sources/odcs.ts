import { readOdcs } from './odcs/odcs-shape.js';
import { readContracts, recogniseContract } from './odcs/read.js';
import type { Source } from './source.js';

/** Data contracts of the Open Data Contract Standard 3: what they declare, and the SQL of their quality checks and transformations. */
export const source: Source = {
  id: 'odcs',
  recognises: (file) => recogniseContract(file, 'DataContract', readOdcs),
  read: (files, context) => readContracts(files, context, readOdcs),
};
