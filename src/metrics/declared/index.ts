/** What is declared about metrics, as definitions to compare, as attributes that are there or missing, and as constraints that nobody enforces. */
export { assertedConstraints } from './asserted.js';
export { declaredFacts, declaredMetric, deprecationText, missingAttributes, type Contradiction, type DeclaredFacts, type DeclaredSql, type VersionConflict } from './attributes.js';
export { configuredDefinitions, declarationOf, parted, pinned, type NamedClaim } from './configured.js';
export type { DeclaredDefinition } from './definition.js';
export { restingEqualities, type RestingEqualities } from './resting.js';
export { viewDefinitions } from './views.js';
