import { contactKinds } from './contact.js';
import { financeKinds } from './finance.js';
import { identifierKinds } from './identifier.js';
import type { KindDefinition } from './kind.js';
import { personKinds } from './person.js';
import { secretKinds } from './secret.js';
import { sensitiveKinds } from './sensitive.js';

/** Every kind of personal data and secret that tidemark knows. */
export const kinds: readonly KindDefinition[] = [
  ...personKinds,
  ...contactKinds,
  ...identifierKinds,
  ...financeKinds,
  ...secretKinds,
  ...sensitiveKinds,
];
