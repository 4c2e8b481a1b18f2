import { plainText } from '../text/plain-text.js';

/** Words and numbers that YAML does not read as text where they stand without quotes. */
const OTHER_THAN_TEXT = /^(?:true|false|yes|no|on|off|null|y|n|[-+.\d].*)$/i;
const BARE = /^[A-Za-z_][A-Za-z0-9_./-]*(?: [A-Za-z0-9_./-]+)*$/;

/** A text as a value of YAML. What could be read as something else is quoted; what cannot be seen is escaped. */
export function yamlText(text: string): string {
  if (BARE.test(text) && !OTHER_THAN_TEXT.test(text)) return text;
  return JSON.stringify(text).replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (character) => `\\U${(character.codePointAt(0) ?? 0).toString(16).padStart(8, '0')}`);
}

/** A name from outside as a pattern that fits it: what a configuration would read as a reference to the environment becomes a star. */
export function yamlPattern(name: string): string {
  return yamlText(name.replace(/[\p{Cs}\p{Cn}\p{Cc}]+|\$\{[^}]{0,200}\}/gu, '*'));
}

/** `{ key: value, … }` of values that are YAML already; absent ones are left out. */
export function yamlFlow(values: Record<string, string | null>): string {
  const parts = Object.entries(values).flatMap(([key, value]) => (value === null ? [] : [`${key}: ${value}`]));
  return `{ ${parts.join(', ')} }`;
}

/** A remark for people, on a line of its own. */
export function remark(text: string, indent = ''): string {
  return `${indent}# ${plainText(text, 400)}`;
}

/** Lines of YAML that hold once somebody has taken the # away: what only a person can decide. */
export function proposed(lines: readonly string[]): string[] {
  return lines.map((line) => (/^ *# /.test(line) ? line : `#${line}`));
}

/** The text with every proposal accepted. */
export function accepted(text: string): string {
  return text.split('\n').map((line) => line.replace(/^( *)#(?=\S)(?!#)/, '$1').replace(/^#(?= {2})/, '')).join('\n');
}

/** `70 % sure: why`, as what was guessed says it of itself. */
export function guessed(confidence: number, reasons: readonly string[]): string {
  return `guess, ${Math.round(confidence * 100)} % sure${reasons.length === 0 ? '' : `: ${reasons.slice(0, 3).join('; ')}`}`;
}
