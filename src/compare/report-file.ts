import type { z } from 'zod';
import { plainText } from '../text/plain-text.js';
import { REPORT_SCHEMA_VERSION, reportSchema, type ComparedReport } from './report-schema.js';

/** A file that is no report which can be compared. Its message is one line: the file, the cause and the next step. */
export class ReportFileError extends Error {
  override readonly name = 'ReportFileError';

  constructor(readonly file: string, detail: string, nextStep: string, options?: ErrorOptions) {
    super(`${plainText(file, 400)}: ${plainText(detail, 400)}. ${nextStep}`, options);
  }
}

const WRITE_ONE = 'Write it with tidemark audit --format json, or give a bundle.';

/**
 * Reads the JSON report of an audit or a check.
 *
 * @param file for messages
 * @throws ReportFileError for what is none, is cut off, or is of a newer tidemark
 */
export function parseReport(content: string, file: string): ComparedReport {
  const json = parsed(content, file);
  const fields = new Map<string, unknown>(typeof json === 'object' && json !== null && !Array.isArray(json) ? Object.entries(json) : []);
  const version = fields.get('schemaVersion');
  if (fields.has('runs')) throw new ReportFileError(file, 'it is SARIF, which does not hold all that is compared', WRITE_ONE);
  if (typeof version !== 'number' || !fields.has('tool')) throw new ReportFileError(file, 'it is not a report of tidemark', WRITE_ONE);
  if (version > REPORT_SCHEMA_VERSION) throw new ReportFileError(file, `it was written by a newer tidemark: schemaVersion ${version}, this one reads ${REPORT_SCHEMA_VERSION}`, 'Update tidemark.');
  if (!fields.has('findings') || !fields.has('coverage')) throw new ReportFileError(file, 'it is the answer of another command', WRITE_ONE);
  const result = reportSchema.safeParse(json);
  if (result.success) return result.data;
  throw new ReportFileError(file, `the report is not valid: ${firstProblem(result.error)}`, 'Write it again.', { cause: result.error });
}

function parsed(content: string, file: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    // The parser's message quotes the text.
    const [first = '', second = ''] = content.split('\n', 2);
    const isLines = /^\{.*"type":"report".*\}$/.test(first) && second.startsWith('{');
    throw isLines
      ? new ReportFileError(file, 'it is NDJSON, which is for streams', 'Write it with --format json.')
      : new ReportFileError(file, 'it is no whole JSON document: cut off, or something else', 'Copy it again, or write it again with --format json.');
  }
}

/** Where it breaks its form, without any value of it. */
function firstProblem({ issues }: z.ZodError): string {
  const [issue] = issues;
  if (issue === undefined) return 'unknown';
  const place = issue.path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('').slice(1);
  const wanted = issue.code === 'invalid_type' ? `expected ${issue.expected}` : issue.code.replaceAll('_', ' ');
  return `${place}: ${wanted}${issues.length > 1 ? ` (and ${issues.length - 1} more)` : ''}`;
}
