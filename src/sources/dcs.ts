import { readDcs } from './odcs/dcs-shape.js';
import { readContracts, recogniseContract } from './odcs/read.js';
import type { Source } from './source.js';

/** Data contracts of the Data Contract Specification, which the Open Data Contract Standard has replaced. */
export const source: Source = {
  id: 'dcs',
  recognises: (file) => recogniseContract(file, 'dataContractSpecification', readDcs),
  read: (files, context) => readContracts(files, context, readDcs),
};
