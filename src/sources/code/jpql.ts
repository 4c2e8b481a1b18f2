import { childrenOf, textOf } from './program.js';
import type { FoundText } from './scan.js';
import type { RenderedCode } from './record.js';

/**
 * A query over entities (JPQL, HQL): `@Query` of Spring Data JPA without `nativeQuery = true`, and `createQuery`. It names classes, which
 * only their mapping leads to tables. Null for SQL.
 */
export function entityQuery({ text, use }: FoundText, source: string): RenderedCode | null {
  if ((use.call !== '@Query' && use.call !== 'createQuery' && use.call !== '@NamedQuery') || !isJpa(source)) return null;
  if (use.call === '@Query' && isNative(use.callNode, source)) return null;
  if (/\bselect\s+(distinct\s+)?\*/i.test(text.text.slice(0, 200))) return null;
  return { raw: text.text, variants: [], problems: [{ code: 'unsupported', message: 'the query names entities of the program (JPQL), whose tables only their mapping tells' }] };
}

/** Of the head of a program, where its imports stand: asked for every text. */
function isJpa(source: string): boolean {
  return /\b(javax|jakarta)\.persistence\b|\bspringframework\.data\.jpa\b|\borg\.hibernate\b/.test(source.slice(0, 20_000));
}

function isNative(annotation: FoundText['use']['callNode'], source: string): boolean {
  if (annotation === null) return false;
  const list = annotation.getChild('AnnotationArgumentList');
  return list !== null && childrenOf(list, 50).some((pair) => /^nativeQuery\s*=\s*true$/.test(textOf(pair, source)));
}
