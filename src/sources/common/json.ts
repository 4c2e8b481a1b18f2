export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value of a text of JSON, undefined where it is none. Of the message of the engine nothing is kept: it quotes the content. */
export function parsedJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** How many items of a list, and how many keys of a wrapper, are looked at to recognise a file. */
const LOOK_AT_MAX = 50;
/** Answers of an API stand in wrappers at most so deep: `{ result: { elements: [...] } }`. */
const WRAPPER_DEPTH_MAX = 2;

/** How surely a document is a tool's: by itself, by an item of its list, or by what its wrappers hold. 0 to 1. */
export function certaintyOf(json: unknown, certainty: (value: unknown) => number, depth = WRAPPER_DEPTH_MAX): number {
  if (Array.isArray(json)) return Math.max(0, ...json.slice(0, LOOK_AT_MAX).map(certainty));
  if (!isObject(json)) return 0;
  const own = certainty(json);
  if (own > 0 || depth === 0) return own;
  return Math.max(0, ...Object.values(json).slice(0, LOOK_AT_MAX).map((value) => certaintyOf(value, certainty, depth - 1)));
}
