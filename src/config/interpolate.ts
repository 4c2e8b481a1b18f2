import { visit } from 'yaml';
import type { ConfigurationDocument } from './document.js';
import { suggestion } from '../text/nearest-name.js';
import type { Problem } from './problem.js';

const REFERENCE = /\$\{([^}]{0,200})\}/g;

/**
 * Puts environment variables in place of `${env:NAME}` in all values of the document. What stands in a variable is not
 * looked at again. Returns what could not be resolved.
 */
export function resolveReferences(
  document: ConfigurationDocument,
  environment: Readonly<Record<string, string | undefined>>,
): Problem[] {
  const problems: Problem[] = [];
  visit(document.yaml, {
    Scalar(key, node) {
      if (key === 'key' || typeof node.value !== 'string') return;
      const start = node.range?.[0] ?? 0;
      const quote = node.type === 'QUOTE_DOUBLE' || node.type === 'QUOTE_SINGLE' ? 1 : 0;
      node.value = node.value.replace(REFERENCE, (reference: string, inner: string, index: number) => {
        const value = inner.startsWith('env:') ? environment[inner.slice(4)] : undefined;
        if (value !== undefined) return value;
        problems.push({ message: problemOf(reference, inner, environment), place: document.placeAt(start + quote + index) });
        return reference;
      });
    },
  });
  return problems;
}

function problemOf(reference: string, inner: string, environment: Readonly<Record<string, string | undefined>>): string {
  if (!inner.startsWith('env:')) return `${reference} is not known here; an environment variable is written \${env:NAME}`;
  const name = inner.slice(4);
  return `the environment variable ${name} is not set${suggestion(name, Object.keys(environment))}`;
}
