/** Longest title and description that are kept: texts from outside have no bound of their own. */
const TITLE_LENGTH_MAX = 300;
const DESCRIPTION_LENGTH_MAX = 2_000;

function shorten(text: string | null | undefined, length_max: number): string | null {
  const trimmed = text?.trim() ?? '';
  if (trimmed === '') return null;
  return trimmed.length <= length_max ? trimmed : `${trimmed.slice(0, length_max - 1)}…`;
}

export function titleOf(text: string | null | undefined): string | null {
  return shorten(text, TITLE_LENGTH_MAX);
}

export function descriptionOf(text: string | null | undefined): string | null {
  return shorten(text, DESCRIPTION_LENGTH_MAX);
}
