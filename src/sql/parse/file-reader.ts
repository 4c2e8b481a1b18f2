/** The function that reads a file which DuckDB is given in place of a table, by the ending of its name. */
export function fileReader(file: string): string {
  if (/\.parquet$/i.test(file)) return 'read_parquet';
  return /\.(json|jsonl|ndjson)(\.\w+)?$/i.test(file) ? 'read_json_auto' : 'read_csv_auto';
}
