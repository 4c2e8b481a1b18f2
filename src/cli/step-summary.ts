import { appendFile, stat } from 'node:fs/promises';
import { systemMeaning } from './error-message.js';

/** GitHub refuses the whole summary of a step that is larger. Source: docs.github.com, "Workflow commands", "Step isolation and limits". */
const SUMMARY_BYTES_MAX = 1024 * 1024;

/** Appends Markdown to the summary of a step of GitHub Actions; returns in words why it was not, null where it was. A summary is an extra: it fails nothing. */
export async function appendToSummary(file: string, markdown: string): Promise<string | null> {
  try {
    const held_bytes = await stat(file).then(({ size }) => size, () => 0);
    if (held_bytes + Buffer.byteLength(markdown) + 1 > SUMMARY_BYTES_MAX) return `the step summary has no room for the report: ${held_bytes} of ${SUMMARY_BYTES_MAX} bytes are taken`;
    await appendFile(file, held_bytes === 0 ? markdown : `\n${markdown}`);
    return null;
  } catch (error) {
    return `the step summary could not be written: ${systemMeaning(error) ?? (error instanceof Error ? error.message : String(error))}`;
  }
}
