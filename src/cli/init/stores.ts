import path from 'node:path';
import { withoutPasswords } from '../../config/credentials.js';
import { exampleUrl } from '../../config/store-url.js';
import type { WrittenStore } from '../../guess/input.js';
import type { Configuration } from '../../model/configuration.js';

/** The stores as the file names them: files by their place from its folder on, everything else by a variable of the environment. */
export function writtenStores({ stores }: Configuration, folder: string): WrittenStore[] {
  const taken = new Set<string>();
  return stores.map(({ name, role, engine, url }) => {
    if (engine === 'duckdb' && url !== null) return { name, role, engine, url: fromFolder(folder, url), remarks: [] };
    const variable = unusedVariable(name, taken);
    const example = url === null ? exampleUrl(engine) : withoutPasswords(url);
    return { name, role, engine, url: `\${env:${variable}}`, remarks: [`${variable} is set where tidemark runs, as to ${example}`, 'Secrets stand in it, in ~/.pgpass or in the variables of the vendor, never here.'] };
  });
}

/** A pattern or a folder keeps its end. */
function fromFolder(folder: string, file: string): string {
  const relative = path.relative(folder, file);
  return `${relative === '' ? '.' : relative}${/[\\/]$/.test(file) ? path.sep : ''}`;
}

function unusedVariable(name: string, taken: Set<string>): string {
  const word = name.toUpperCase().replaceAll(/[^A-Z0-9]+/g, '_').replaceAll(/^_+|_+$/g, '');
  const stem = `${/^[A-Z]/.test(word) ? word : `STORE_${word}`}_URL`;
  let variable = stem;
  for (let number = 2; taken.has(variable); number += 1) variable = `${stem}_${number}`;
  taken.add(variable);
  return variable;
}
