/**
 * What somebody typed, as a text-search query that matches names by the beginning of every word: "ana gar" → "ana:* & gar:*".
 * Null where nothing searchable is left. Only letters and digits pass, so nothing typed can be an operator.
 */
export function wordsQuery(text: string): string | null {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.length === 0
    ? null
    : words
        .slice(0, 6)
        .map((word) => `${word}:*`)
        .join(' & ');
}
