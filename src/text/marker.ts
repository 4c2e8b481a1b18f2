/** What collection puts in place of personal data and secrets in literals: `tm#email#71160252fc55`, a hash keyed anew each time. */
const MARKER = /tm#([a-z]{1,20})#[0-9a-f]*/g;

/** The kinds of personal data and secrets that stand in a text as markers, sorted. */
export function markedKinds(text: string): string[] {
  return [...new Set([...text.matchAll(MARKER)].map((match) => match[1] ?? ''))].sort();
}

/** A text for people: `‹email›` in place of a marker, the same at each collection. */
export function nameMarkers(text: string): string {
  return text.replace(MARKER, '‹$1›');
}
