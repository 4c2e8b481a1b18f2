/**
 * Whether a glob matches a dotted name. `*` stands for any letters within one part of the name; letters match by case.
 * Runs in time proportional to pattern times name, whatever the pattern is.
 */
export function matchesPattern(pattern: string, name: string): boolean {
  const patterns = pattern.split('.');
  const parts = name.split('.');
  return patterns.length === parts.length && patterns.every((part, index) => matchesPart(part, parts[index] ?? ''));
}

function matchesPart(pattern: string, text: string): boolean {
  let [position, at, star, resume] = [0, 0, -1, 0];
  while (at < text.length) {
    if (pattern[position] === '*') {
      star = position;
      resume = at;
      position += 1;
    } else if (position < pattern.length && pattern[position] === text[at]) {
      position += 1;
      at += 1;
    } else if (star >= 0) {
      position = star + 1;
      resume += 1;
      at = resume;
    } else {
      return false;
    }
  }
  while (pattern[position] === '*') position += 1;
  return position === pattern.length;
}
