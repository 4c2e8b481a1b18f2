import { readFileSync } from 'node:fs';

/** What stands in one file, counted by a person who read it. */
export interface Label {
  /** Relative to the folder that is read; a member of an archive as `a.zip!/b.yaml`. */
  file: string;
  kind: string;
  /** SQL texts that stand in the file. */
  texts: number;
  /** Queries that the tool builds from parts of the file. */
  built: number;
}

/** Lines of `file  kind  texts  built  note`, parted by tabs; `#` begins a comment. */
export function readLabels(path: URL): Label[] {
  return readFileSync(path, 'utf8').split('\n').flatMap((line) => {
    const [file = '', kind = '', texts, built] = line.split('\t');
    return line.startsWith('#') || file === '' ? [] : [{ file, kind, texts: Number(texts), built: Number(built) }];
  });
}
