import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** Every document for people, from the root of the repository. */
export const DOCUMENTS: readonly string[] = [
  'README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'rules/README.md', 'monitoring/README.md', 'fixtures/estate/EXPECTED.md',
  ...readdirSync(path.join(root, 'docs'), { recursive: true }).map(String).filter((file) => file.endsWith('.md')).map((file) => `docs/${file}`).sort(),
];

export const textOf = (file: string): string => readFileSync(path.join(root, file), 'utf8');

export interface Link {
  file: string;
  target: string;
}

/** Links and pictures outside of code. */
export function linksOf(file: string): Link[] {
  return [...withoutCode(textOf(file)).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => ({ file, target }));
}

/** The anchors that a forge gives the headings of a document. */
export function anchorsOf(file: string): Set<string> {
  const headings = withoutFences(textOf(file)).matchAll(/^#{1,6} (.+)$/gm);
  return new Set([...headings].map(([, heading = '']) => heading.toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, '').trim().replace(/\s/g, '-')));
}

/** Command lines of tidemark in blocks of code, and whole ones in the text. */
export function commandsOf(file: string): string[] {
  const text = textOf(file);
  const blocks = [...text.matchAll(/^```(?:sh|bash|console)?\n([\s\S]*?)^```/gm)].map(([, block = '']) => block);
  const indented = [...withoutFences(text).matchAll(/^ {4}(.+)$/gm)].map(([, line = '']) => line);
  const written = [...blocks.flatMap((block) => block.replace(/\\\n\s*/g, ' ').split('\n')), ...indented].map((line) => line.replace(/^\s*(?:\$ )?(?:npx )?/, ''));
  const inline = [...withoutFences(text).matchAll(/`((?:tidemark) [^`\n]+)`/g)].map(([, line = '']) => line);
  return [...written, ...inline].filter((line) => /^tidemark( |$)/.test(line)).map((line) => line.replace(/\s+#.*$/, '').replace(/\s*[>|].*$/, '').trim());
}

const withoutFences = (text: string): string => text.replace(/^```[\s\S]*?^```/gm, '');
const withoutCode = (text: string): string => withoutFences(text).replace(/`[^`\n]*`/g, '');
