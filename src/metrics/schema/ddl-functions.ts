import type { Catalog, StoredFunction } from '../../model/catalog.js';
import { qualified } from './names.js';

/** Functions of language sql whose names stand in a text. Others cannot be made: their bodies are not collected. */
export function functionsOf(catalog: Catalog, text: string): string[] {
  const words = new Set(Array.from(text.matchAll(/[\p{L}_][\p{L}\p{N}_$]*/gu), ([word]) => word.toLowerCase()));
  return catalog.functions.flatMap((stored) => (words.has(stored.name.toLowerCase()) ? statementOf(stored) : []));
}

function statementOf({ schema, name, kind, language, arguments: parameters, body, returns, returnsSet }: StoredFunction): string[] {
  if (kind !== 'function' || language !== 'sql' || body === null || returns === '' || parameters.some(({ mode, type }) => mode !== 'in' || type === '')) return [];
  const list = parameters.map((parameter) => `${parameter.name === '' ? '' : `${qualified(parameter.name)} `}${parameter.type}`).join(', ');
  const quote = quoteFor(body);
  return [`create function ${qualified(schema, name)}(${list}) returns ${returnsSet ? 'setof ' : ''}${returns} language sql as ${quote}${body}${quote}`];
}

/** A dollar quote that does not stand in the text. */
function quoteFor(body: string): string {
  let tag = '$body$';
  for (let number = 1; body.includes(tag); number++) tag = `$body${number}$`;
  return tag;
}
