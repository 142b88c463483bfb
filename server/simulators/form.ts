/** A decoded form: Stripe writes nested parameters as `a[b][c]=v` and lists as `expand[0]=v`. */
export type FormValue = string | Form;
export interface Form {
  [key: string]: FormValue;
}

const decode = (text: string): string => decodeURIComponent(text.includes('+') ? text.replaceAll('+', ' ') : text);

/** Decodes a form body or a query string. Throws URIError on broken percent escapes. */
export function decodeForm(text: string): Form {
  const form: Form = Object.create(null);
  if (text === '') return form;
  for (const pair of text.split('&')) {
    const equals = pair.indexOf('=');
    const name = decode(equals < 0 ? pair : pair.slice(0, equals));
    const value = equals < 0 ? '' : decode(pair.slice(equals + 1));
    const bracket = name.indexOf('[');
    if (bracket < 0) {
      form[name] = value;
      continue;
    }
    const keys = [name.slice(0, bracket), ...name.slice(bracket + 1, name.endsWith(']') ? -1 : undefined).split('][')];
    let at = form;
    for (let i = 0; i < keys.length - 1; i++) {
      const key = keys[i] ?? '';
      const next = at[key];
      const below: Form = typeof next === 'object' ? next : Object.create(null);
      at[key] = below;
      at = below;
    }
    const last = keys.at(-1) ?? '';
    at[last === '' ? String(Object.keys(at).length) : last] = value;
  }
  return form;
}

export function text(form: Form | undefined, key: string): string | undefined {
  const value = form?.[key];
  return typeof value === 'string' ? value : undefined;
}

export function child(form: Form | undefined, key: string): Form | undefined {
  const value = form?.[key];
  return typeof value === 'object' ? value : undefined;
}

/** The values of `key[0]`, `key[1]`, … that are plain strings. */
export function list(form: Form | undefined, key: string): string[] {
  return Object.values(child(form, key) ?? {}).filter((value) => typeof value === 'string');
}

/** The plain strings below `key`, as metadata is sent. */
export function strings(form: Form | undefined, key: string): Record<string, string> {
  const entries = Object.entries(child(form, key) ?? {}).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return Object.fromEntries(entries);
}
