import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** The working tree of the example estate, as somebody edits it. Paths are from its root. */
export class EstateFolder {
  constructor(readonly root: string) {}

  read(file: string): string {
    return readFileSync(path.join(this.root, file), 'utf8');
  }

  write(file: string, text: string): void {
    mkdirSync(path.dirname(path.join(this.root, file)), { recursive: true });
    writeFileSync(path.join(this.root, file), text);
  }

  append(file: string, text: string): void {
    this.write(file, `${this.read(file)}${text}`);
  }

  /** Throws where the text does not stand there: a commit that changes nothing proves nothing. */
  replace(file: string, from: string, to: string): void {
    const text = this.read(file);
    if (!text.includes(from)) throw new Error(`${file} does not hold ${from}`);
    this.write(file, text.replace(from, () => to));
  }

  move(from: string, to: string): void {
    mkdirSync(path.dirname(path.join(this.root, to)), { recursive: true });
    renameSync(path.join(this.root, from), path.join(this.root, to));
  }

  copy(from: string, to: string): void {
    cpSync(path.join(this.root, from), path.join(this.root, to));
  }

  remove(file: string): void {
    rmSync(path.join(this.root, file), { recursive: true });
  }

  exists(file: string): boolean {
    return existsSync(path.join(this.root, file));
  }

  files(folder: string): string[] {
    return readdirSync(path.join(this.root, folder)).toSorted().map((name) => `${folder}/${name}`);
  }

  /** Edits a file of JSON as its tool would write it again. */
  json(file: string, edit: (value: Json) => void, indent: number | string = 2): void {
    const value: Json = JSON.parse(this.read(file));
    edit(value);
    this.write(file, `${JSON.stringify(value, null, indent)}\n`);
  }

  /** The SQL of a Metabase card. */
  card(number: number, edit: (sql: string) => string): void {
    this.json(`dashboards/metabase/card-${number}.json`, ({ dataset_query: query }) => {
      const before: string = query.native.query;
      query.native.query = edit(before);
      if (query.native.query === before) throw new Error(`the edit leaves card ${number} as it is`);
    });
  }

  /** The panels and variables of a Grafana dashboard by their SQL. */
  grafana(file: string, edit: (sql: string, title: string) => string): void {
    this.json(`dashboards/grafana/${file}.json`, (dashboard) => {
      const visit = (value: Json, title: string): void => {
        if (typeof value !== 'object' || value === null) return;
        const own: string = typeof value.title === 'string' ? value.title : title;
        if (typeof value.rawSql === 'string') value.rawSql = edit(value.rawSql, own);
        for (const inner of Object.values(value)) visit(inner, own);
      };
      visit(dashboard, '');
    });
  }
}

// oxlint-disable-next-line typescript/no-explicit-any -- exports of tools, edited by hand in constructed commits
type Json = any;
