import { decode } from '../../sources/common/decode.js';
import { splitStatements, type LexOptions } from '../../sql/lexer.js';
import type { CommandContext } from '../command.js';
import { systemMeaning } from '../error-message.js';
import { readBytes, type NamedText } from '../inspect/input.js';
import { UsageError } from '../usage-error.js';

/** What was given as DDL, and what of it could not be read at all. */
export interface DdlTexts {
  texts: NamedText[];
  /** In words, each beginning with the name of the file. */
  unread: string[];
}

/**
 * The texts of files and of standard input (`-`). A file that cannot be read costs itself only; bytes that are no UTF-8 are read as
 * U+FFFD, and zero bytes are left to the statements in which they stand.
 *
 * @throws UsageError where standard input is asked for twice
 */
export async function readDdlTexts(context: CommandContext, files: readonly string[]): Promise<DdlTexts> {
  if (files.filter((file) => file === '-').length > 1) throw new UsageError('standard input can be read once, and --ddl - stands there twice');
  const texts: NamedText[] = [];
  const unread: string[] = [];
  for (const file of files) {
    const name = file === '-' ? 'standard input' : file;
    try {
      const bytes = await readBytes(context, file, name);
      const decoded = decode(bytes);
      if (decoded.kind === 'damaged') context.output.note(`${name}: byte ${decoded.offset + 1} is no UTF-8; it is read as \uFFFD`);
      texts.push({ name, text: decoded.kind === 'binary' ? new TextDecoder('utf-8').decode(bytes) : decoded.text });
    } catch (error) {
      context.lifetime.signal.throwIfAborted();
      const cause = error instanceof UsageError ? error.message.replace(`${name} `, '') : (isMissing(error) ? 'there is no such file' : (systemMeaning(error) ?? (error instanceof Error ? error.message : String(error))));
      unread.push(`${name}: ${cause}`);
    }
  }
  return { texts, unread };
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

/** Texts that end within a quote or a comment would swallow those behind them: they stand alone. Texts in order, joined where they may be. */
export function readTogether(texts: readonly NamedText[], options: LexOptions): NamedText[][] {
  const together = texts.filter(({ text }) => isClosed(text, options));
  const alone = texts.filter((text) => !together.includes(text)).map((text) => [text]);
  return together.length === 0 ? alone : [together, ...alone];
}

const PROBE = 'SELECT 1';

function isClosed(text: string, options: LexOptions): boolean {
  const whole = `${text}\n;\n${PROBE}`;
  const last = splitStatements(whole, options).at(-1);
  return last !== undefined && whole.slice(last.start, last.end).trim() === PROBE;
}
