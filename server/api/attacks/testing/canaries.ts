/** Secrets that were used for something, each under a name, and where they turn up. */
export interface Canaries {
  /** Remembers a secret; short ones would be found by chance. */
  add(name: string, value: string): string;
  /** Where any of them is in a text, in readable form or in one that anybody can turn back: "name (form)". */
  in(text: string): string[];
  readonly count: number;
}

const SHORTEST = 8;

/** The forms that hide nothing. */
const FORMS: readonly (readonly [form: string, of: (value: string) => string])[] = [
  ['as it is', (value) => value],
  ['in a URL', (value) => encodeURIComponent(value)],
  ['in JSON', (value) => JSON.stringify(value).slice(1, -1)],
  ['in hexadecimal', (value) => Buffer.from(value).toString('hex')],
  // Without the last digits, which depend on what follows.
  ['in base64', (value) => Buffer.from(value).toString('base64').slice(0, -4)],
  ['in base64url', (value) => Buffer.from(value).toString('base64url').slice(0, -4)],
  ['backwards', (value) => [...value].reverse().join('')],
];

export function createCanaries(): Canaries {
  const known = new Map<string, string>();
  return {
    add(name, value) {
      if (value.length < SHORTEST) throw new Error(`${name} is too short to be told apart`);
      known.set(name, value);
      return value;
    },
    in(text) {
      const found = [...known].flatMap(([name, value]) =>
        FORMS.filter(([, of]) => text.includes(of(value))).map(([form]) => `${name} (${form})`),
      );
      // Most forms of a plain word are the word itself.
      return found.filter(
        (each) => !/\((in a URL|in JSON)\)$/.test(each) || !found.includes(each.replace(/\([^)]*\)$/, '(as it is)')),
      );
    },
    get count() {
      return known.size;
    },
  };
}
