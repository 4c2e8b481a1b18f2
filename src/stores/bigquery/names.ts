import type { RelationName } from '../description.js';

/** A name or path in backticks. */
export function quoteName(name: string): string {
  return `\`${name.replaceAll('\\', '\\\\').replaceAll('`', '\\`').replaceAll('\0', '')}\``;
}

/** A text constant. Line breaks are escaped: a quoted text in one pair of quotes may hold none. */
export function quoteText(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n').replaceAll('\r', '\\r').replaceAll('\0', '')}'`;
}

/** `dataset` of the store's project, or `project.dataset`. */
export function datasetParts({ schema }: Pick<RelationName, 'schema'>, project: string): { project: string; dataset: string } {
  const point = schema.lastIndexOf('.');
  return point < 0 ? { project, dataset: schema } : { project: schema.slice(0, point), dataset: schema.slice(point + 1) };
}
