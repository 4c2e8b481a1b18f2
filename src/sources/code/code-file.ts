import type { SourceFile } from '../common/source-file.js';
import { go } from './go.js';
import { java } from './java.js';
import { javascript } from './javascript.js';
import { LEXED_LANGUAGES, type LexedLanguage } from './lexed-languages.js';
import { lexedTexts } from './lexed-scan.js';
import type { ProgramLanguage } from './program.js';
import { python } from './python.js';
import { FOUND_MAX, ProgramScan, type BuiltText, type FoundText } from './scan.js';

/** More of a program is not read: parse trees take some thirty times the space of the text. UTF-16 units. */
export const CODE_LENGTH_MAX = 5_000_000;
/** Lines longer than this on average are made by a bundler, not by people. */
const LINE_LENGTH_MAX = 10_000;

const PARSED: readonly [RegExp, ProgramLanguage][] = [
  [/\.pyi?$/i, python],
  [/\.([cm]?[jt]s|[jt]sx)$/i, javascript],
  [/\.java$/i, java],
  [/\.go$/i, go],
];
const LEXED: readonly [RegExp, LexedLanguage][] = [
  [/\.(rb|rake)$/i, LEXED_LANGUAGES.ruby],
  [/\.kts?$/i, LEXED_LANGUAGES.kotlin],
  [/\.cs$/i, LEXED_LANGUAGES.csharp],
  [/\.(php|phtml|inc)$/i, LEXED_LANGUAGES.php],
  [/\.[rR]$/, LEXED_LANGUAGES.r],
];

export interface ReadCode {
  texts: FoundText[];
  built: BuiltText[];
  /** Null for a language that is read by its literals alone. */
  scan: ProgramScan | null;
  isCut: boolean;
}

/** The language of a file by its name; null for others. */
export function isProgram(path: string): boolean {
  return [...PARSED, ...LEXED].some(([ending]) => ending.test(path));
}

export function isPython(path: string): boolean {
  return /\.pyi?$/i.test(path);
}

/** True for bundled and minified programs, which only JavaScript has. */
export function isMinified(path: string, text: string): boolean {
  if (text.length <= LINE_LENGTH_MAX || !/\.[cm]?jsx?$/i.test(path)) return false;
  let lines = 1;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines++;
  return text.length / lines > LINE_LENGTH_MAX;
}

const READ = new WeakMap<SourceFile, ReadCode>();

/** Every SQL text of a program. Read once, however often it is asked for. */
export function readCode(file: SourceFile): ReadCode {
  let read = READ.get(file);
  if (read === undefined) {
    read = scanText(file.text, file.path);
    READ.set(file, read);
  }
  return read;
}

/** The same for a text of a language that the ending of `path` names. */
export function scanText(text: string, path: string): ReadCode {
  const shown = text.length > CODE_LENGTH_MAX ? text.slice(0, CODE_LENGTH_MAX) : text;
  const isCut = shown.length < text.length;
  const parsed = PARSED.find(([ending]) => ending.test(path))?.[1];
  if (parsed !== undefined) {
    const scan = new ProgramScan(shown, path, parsed);
    const texts = scan.texts();
    return { texts, built: scan.builtTexts(), scan, isCut: isCut || scan.isCut };
  }
  const lexed = LEXED.find(([ending]) => ending.test(path))?.[1];
  const texts = lexed === undefined ? [] : lexedTexts(shown, lexed);
  return { texts, built: [], scan: null, isCut: isCut || texts.length >= FOUND_MAX };
}
