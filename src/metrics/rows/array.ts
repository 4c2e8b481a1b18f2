import type { Expression } from '../../model/syntax-tree.js';

/** The elements of a constant array, each with the type that the server reads it with; null where the array is no constant. */
export function arrayElements(array: Expression): Expression[] | null {
  if (array.type === 'composite' && array.kind === 'array') {
    // All strings and nothing else make an array of text, whatever it is compared with.
    const untyped = array.elements.filter((element) => element.type === 'literal' && element.kind === 'string');
    if (untyped.length === 0) return array.elements;
    const plain = array.elements.every((element) => element.type === 'literal' && (element.kind === 'string' || element.kind === 'null'));
    return plain ? array.elements.map((element) => ({ type: 'cast', operand: element, target: 'text', span: element.span })) : null;
  }
  if (array.type !== 'cast' || !array.target.endsWith('[]')) return null;
  const target = array.target.slice(0, -2);
  const { operand } = array;
  // The type of the array is passed down to the elements.
  const elements =
    operand.type === 'composite' && operand.kind === 'array'
      ? operand.elements
      : operand.type === 'literal' && operand.kind === 'string'
        ? literalElements(operand.value ?? '', operand.span)
        : arrayElements(operand);
  return elements?.map((element) => ({ type: 'cast', operand: element, target, span: element.span })) ?? null;
}

/** `{OPEN,CLOSED}`, without quotes and escapes: other array literals stay opaque. */
function literalElements(text: string, span: Expression['span']): Expression[] | null {
  const match = /^\{([^"\\{}]*)\}$/.exec(text);
  if (match === null) return null;
  const inner = match[1]?.trim() ?? '';
  if (inner === '') return [];
  return inner.split(',').map((part) => {
    const value = part.trim();
    return value.toUpperCase() === 'NULL' ? { type: 'literal', kind: 'null', value: null, span } : { type: 'literal', kind: 'string', value, span };
  });
}
