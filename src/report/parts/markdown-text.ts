import { oneLine } from './words.js';

/**
 * One line without meaning to Markdown, HTML or a forge: no link, table, mention, issue or image. A word joiner parts what forges link in
 * the rendered page, where a backslash is gone.
 */
export function markdownText(text: string, limit = 300): string {
  return oneLine(text, limit)
    .replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
    .replace(/[\\`*_[\]|~$]/g, '\\$&')
    .replace(/^[-+=]/, '\\$&')
    .replaceAll('@', '@\u2060').replace(/#/g, '\\#\u2060').replaceAll('://', ':\u2060//').replace(/www\./gi, 'www\u2060.').replace(/^(\d+)([.)])/, '$1\\$2');
}
