import type { Screen } from '../screen.js';
import { screen as cdc } from './cdc.js';
import { screen as findings } from './findings.js';
import { screen as freshness } from './freshness.js';
import { screen as overview } from './overview.js';
import { screen as probes } from './probes.js';
import { screen as reconciliation } from './reconciliation.js';
import { screen as statements } from './statements.js';

/** All screens in the order of their digits. Static: which there are is part of the model. */
export const SCREENS: readonly Screen[] = [overview, cdc, freshness, reconciliation, statements, findings, probes];
