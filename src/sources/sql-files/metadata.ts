import { parse, YAMLParseError } from 'yaml';
import { z } from 'zod';

/** What a script says about itself, in front matter or in `-- key: value` comments. */
export interface ScriptMetadata {
  name: string | null;
  owner: string | null;
  description: string | null;
  /** The store or connection that it runs on. */
  store: string | null;
  schedule: string | null;
}

const NOTHING: ScriptMetadata = { name: null, owner: null, description: null, store: null, schedule: null };

/** Words that people use for the same. */
const KEYS: Readonly<Record<string, keyof ScriptMetadata>> = {
  name: 'name',
  title: 'name',
  owner: 'owner',
  author: 'owner',
  description: 'description',
  store: 'store',
  database: 'store',
  connection: 'store',
  schedule: 'schedule',
  refresh: 'schedule',
};

const LINE_LENGTH_MAX = 2_000;

/** The keys in comments, each comment given without its markers. `name` may carry sqlc's `:one`, `:many`, `:exec`. */
export function commentMetadata(comments: readonly string[]): ScriptMetadata {
  const found = { ...NOTHING };
  for (const line of comments.flatMap((comment) => comment.split('\n'))) {
    const match = /^[\s*]*([A-Za-z]+)\s*:\s*(\S.*)$/.exec(line.slice(0, LINE_LENGTH_MAX).trimEnd());
    const key = keyOf(match?.[1]);
    const value = match?.[2];
    if (key === null || value === undefined) continue;
    found[key] ??= key === 'name' ? value.replace(/\s+:(one|many|exec|execrows|execresult|execlastid|copyfrom|batch\w+)$/, '') : value;
  }
  return found;
}

/** Of one statement: what stands nearest to it counts. */
export function nearestMetadata(comments: readonly string[]): ScriptMetadata {
  return comments.reduceRight((found, comment) => withDefaults(found, commentMetadata([comment])), NOTHING);
}

function keyOf(word: string | undefined): keyof ScriptMetadata | null {
  const lower = word?.toLowerCase() ?? '';
  return Object.hasOwn(KEYS, lower) ? (KEYS[lower] ?? null) : null;
}

/** What the first does not say, from the second. */
export function withDefaults(first: ScriptMetadata, second: ScriptMetadata): ScriptMetadata {
  return {
    name: first.name ?? second.name,
    owner: first.owner ?? second.owner,
    description: first.description ?? second.description,
    store: first.store ?? second.store,
    schedule: first.schedule ?? second.schedule,
  };
}

const FRONT_MATTER_LENGTH_MAX = 100_000;
const frontMatterShape = z.record(z.string(), z.unknown());

/** YAML between `---` lines at the start of a file, and where the SQL begins behind it. */
export function frontMatter(text: string): { metadata: ScriptMetadata; end: number; broken: boolean } {
  const head = text.slice(0, FRONT_MATTER_LENGTH_MAX);
  const match = /^---[ \t]*\r?\n([\s\S]*?)\r?\n---[ \t]*(?:\r?\n|$)/.exec(head);
  const yaml = match?.[1];
  // Without a key it is a line of dashes, which SQL reads as a comment.
  if (match === null || yaml === undefined || !/^[A-Za-z_][\w-]*\s*:/m.test(yaml)) return { metadata: NOTHING, end: 0, broken: false };
  const end = match[0].length;
  try {
    const values = frontMatterShape.safeParse(parse(yaml, { maxAliasCount: 20, strict: false })).data ?? {};
    const metadata = { ...NOTHING };
    for (const [word, value] of Object.entries(values)) {
      const key = keyOf(word);
      if (key !== null && (typeof value === 'string' || typeof value === 'number')) metadata[key] ??= String(value);
    }
    return { metadata, end, broken: false };
  } catch (error) {
    if (error instanceof YAMLParseError || error instanceof ReferenceError) return { metadata: NOTHING, end, broken: true };
    throw error;
  }
}
