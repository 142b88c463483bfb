/**
 * Canonical JSON (RFC 8785, JCS): members sorted by their names' UTF-16 code units, no white space, numbers and strings as ECMAScript
 * writes them. What JSON leaves out (undefined, functions) is left out, dates and the like are what their toJSON says, and a bigint is
 * its decimal text. One pass: requests are hashed by the thousand per second.
 */
export function canonicalJson(value: unknown): string {
  return write(value) ?? 'null';
}

/** Undefined where JSON has nothing to say. */
function write(value: unknown): string | undefined {
  if (typeof value === 'bigint') return `"${value}"`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if ('toJSON' in value && typeof value.toJSON === 'function') return write(value.toJSON());
  if (Array.isArray(value)) return `[${value.map((item) => write(item) ?? 'null').join(',')}]`;
  let text = '';
  for (const name of Object.keys(value).sort()) {
    const member = write((value as Readonly<Record<string, unknown>>)[name]);
    if (member !== undefined) text += `${text === '' ? '' : ','}${JSON.stringify(name)}:${member}`;
  }
  return `{${text}}`;
}

/** A copy that JSON can hold: a bigint becomes a number where it is exact, else its decimal text; undefined members are left out. */
export function jsonCopy<T>(value: T): T {
  return copy(value) as T;
}

const OWN = { enumerable: true, configurable: true, writable: true } as const;

function copy(value: unknown): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
  // JSON knows neither −0, which this makes 0, nor what is no number.
  if (typeof value === 'number') return Number.isFinite(value) ? value + 0 : null;
  if (typeof value !== 'object' || value === null) return value;
  if ('toJSON' in value && typeof value.toJSON === 'function') return copy(value.toJSON());
  if (Array.isArray(value)) return value.map((item) => copy(item) ?? null);
  const copied: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(value)) {
    if (member === undefined) continue;
    // Assigned, a member of this name would become the copy's prototype and be lost.
    if (name === '__proto__') Object.defineProperty(copied, name, { value: copy(member), ...OWN });
    else copied[name] = copy(member);
  }
  return copied;
}
