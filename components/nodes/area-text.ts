import type { Area } from '../../server/domains/routing/schema.ts';

/** An area as people write it: "DE, CH 80, CH 81". */
export function areaText(area: Area): string {
  return area
    .flatMap(({ country, prefixes }) => (prefixes.length === 0 ? [country] : prefixes.map((prefix) => `${country} ${prefix}`)))
    .join(', ');
}

/** What was written; null where it cannot be read. A country that stands alone is meant as a whole. */
export function areaOf(text: string): Area | null {
  const found = new Map<string, Set<string>>();
  const whole = new Set<string>();
  for (const part of text.split(/[,;\n]+/).map((each) => each.trim().toUpperCase())) {
    if (part === '') continue;
    const [, country, prefix] = /^([A-Z]{2})(?:\s+([A-Z0-9][A-Z0-9 -]*))?$/.exec(part) ?? [];
    if (!country) return null;
    const prefixes = found.get(country) ?? new Set();
    if (prefix) prefixes.add(prefix);
    else whole.add(country);
    found.set(country, prefixes);
  }
  return [...found].map(([country, prefixes]) => ({ country, prefixes: whole.has(country) ? [] : [...prefixes] }));
}
