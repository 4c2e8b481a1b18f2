/**
 * Terminal sequences as ECMA-48 forms them: control sequences (CSI), strings up to their terminator (OSC, DCS, SOS, PM,
 * APC) and two-character escapes. An unterminated string loses its introducer only.
 */
// oxlint-disable-next-line no-control-regex
const terminalSequences = /(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)|\x1b[ -/]*[0-~]/g;

// oxlint-disable-next-line no-control-regex
const blanks = /[\t\n\v\f\r\x85\u2028\u2029]+/g;

/** Controls, lone surrogates, and what takes no room but changes what is seen: text direction, fillers, joiners, tags. */
const invisible = /[\p{Cc}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}]/gu;

/**
 * Text from databases, dashboards and rule files as one harmless line: no terminal sequence, control or invisible
 * character; at most `limit` UTF-16 units, a cut shown by `…`. Linear in the length of the text.
 */
export function plainText(text: string, limit = 200): string {
  // What is cut anyway need not be cleaned; sequences shorten the text, so a generous part is looked at.
  const head = text.length > limit * 20 ? text.slice(0, limit * 20) : text;
  const line = head.replace(terminalSequences, '').replace(blanks, ' ').replace(invisible, '').trim();
  if (line.length <= limit && head.length === text.length) return line;
  return `${line.slice(0, limit - 1).replace(/[\ud800-\udbff]$/, '').trimEnd()}…`;
}
