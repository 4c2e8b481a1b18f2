/** UTF-16 codes of the characters that matter to the scanner. */
export const TAB = 9;
export const LINE_FEED = 10;
export const CARRIAGE_RETURN = 13;
export const SPACE = 32;
export const DOUBLE_QUOTE = 34;
export const DOLLAR = 36;
export const AMPERSAND = 38;
export const QUOTE = 39;
export const ASTERISK = 42;
export const DASH = 45;
export const DOT = 46;
export const SLASH = 47;
export const BACKSLASH = 92;
export const UNDERSCORE = 95;
export const BACKTICK = 96;

export function isSpace(code: number): boolean {
  return code === SPACE || (code >= TAB && code <= CARRIAGE_RETURN);
}

export function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

export function isWordStart(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === UNDERSCORE || code >= 128;
}

export function isTagPart(code: number): boolean {
  return isWordStart(code) || isDigit(code);
}

export function isWordPart(code: number): boolean {
  return isTagPart(code) || code === DOLLAR;
}

export function isHexDigit(code: number): boolean {
  return isDigit(code) || (code >= 97 && code <= 102) || (code >= 65 && code <= 70);
}
