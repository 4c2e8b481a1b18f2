import type { CollectedQuery } from '../model/query.js';
import { scanText } from './code/code-file.js';
import { Origins } from './common/origins.js';
import type { SourceFile } from './common/source-file.js';
import type { Notebook } from './notebook/cell.js';
import { isIpynb, readIpynb } from './notebook/ipynb.js';
import { isMarimo, readMarimo } from './notebook/marimo.js';
import { readNotebook } from './notebook/read.js';
import { DATABRICKS, isZeppelin, readDatabricks, readMarkdown, readZeppelin } from './notebook/text-notebooks.js';
import type { Source } from './source.js';

/**
 * Notebooks: Jupyter (nbformat 3 and 4) with the magics of JupySQL and of cloud warehouses, Databricks as it stands in Git, Zeppelin,
 * R Markdown and Quarto, marimo. What their programs hold as strings is read as in application code; nothing is run.
 */
export const source: Source = {
  id: 'notebook',
  recognises(file) {
    const { path, text } = file;
    if (/\.(rmd|qmd)$/i.test(path)) return recognisesMarkdown(text);
    if (DATABRICKS.test(text)) return 0.95;
    if (isMarimo(path, text)) return 0.9;
    if (!/\.(ipynb|zpln|json)$/i.test(path)) return 0;
    if (isIpynb(file.json)) return 0.95;
    return isZeppelin(file.json) ? 0.9 : 0;
  },
  read(files, context) {
    const origins = new Origins();
    const queries: CollectedQuery[] = [];
    for (const file of files) for (const query of readNotebook(file, notebookOf(file, origins), context)) queries.push(query);
    origins.resolve();
    return queries;
  },
};

function recognisesMarkdown(text: string): number {
  if (/^[ \t]*(`{3,}|~{3,})\s*\{\s*\.?sql\b/m.test(text)) return 0.9;
  if (!/^[ \t]*(`{3,}|~{3,})\s*\{\s*\.?(python|r)\b/im.test(text)) return 0.1;
  return scanText(text, 'notebook.R').texts.length > 0 ? 0.8 : 0.3;
}

function notebookOf(file: SourceFile, origins: Origins): Notebook {
  if (isIpynb(file.json)) return readIpynb(file, origins);
  if (isZeppelin(file.json)) return readZeppelin(file, origins);
  if (DATABRICKS.test(file.text)) return readDatabricks(file);
  return isMarimo(file.path, file.text) ? readMarimo(file) : readMarkdown(file);
}
