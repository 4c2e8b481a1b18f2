import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';

/** The build writes it beside this module; in a checkout that is not built it is missing, and every rule is read as YAML. */
export const PLAIN_RULES_FILE = 'plain-rules.json';

const form = z.record(z.string(), z.unknown());

/** Rules that the build has read: a rule as YAML takes longer to read than everything else of it. */
export interface PlainRules {
  /** What YAML gives for this text; undefined for a text that the build has not seen, be it one letter. */
  of(text: string): unknown;
}

/** What the build has left; null where it has not run, or what it left cannot be read. */
export async function plainRules(): Promise<PlainRules | null> {
  try {
    const byDigest = form.parse(JSON.parse(await readFile(new URL(PLAIN_RULES_FILE, import.meta.url), 'utf8')));
    return { of: (text) => byDigest[digestOf(text)] };
  } catch {
    return null;
  }
}

/** The content of the file for the texts of rules that are in order. */
export function plainRulesOf(texts: readonly string[], read: (text: string) => unknown): string {
  return JSON.stringify(Object.fromEntries(texts.map((text) => [digestOf(text), read(text)] as const).filter(([, plain]) => plain !== null)));
}

function digestOf(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}
