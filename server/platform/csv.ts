/**
 * One value of a CSV file (RFC 4180). A spreadsheet takes what begins with these characters for a formula and runs it, so text that others
 * wrote is given an apostrophe, which it shows as text (OWASP, "CSV injection").
 */
export function csvCell(text: string): string {
  const safe = /^\s*[=+\-@\t\r\n]/.test(text) ? `'${text}` : text;
  return /[",;\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** A line of a CSV file. */
export function csvLine(cells: readonly string[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`;
}
