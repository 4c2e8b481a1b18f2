/**
 * Text for the content and the quoted attributes of HTML and XML. What XML forbids even as a reference (controls, lone surrogates,
 * U+FFFE and U+FFFF) is left out; `plainText` does not know the last two.
 */
export function htmlText(text: string): string {
  return text
    // oxlint-disable-next-line no-control-regex
    .replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F\uFFFE\uFFFF]|\p{Cs}/gu, '')
    .replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll("'", '&#39;');
}
