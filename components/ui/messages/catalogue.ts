import { en } from './en.ts';

/** A message that depends on `count`. More forms than two come when a language needs them. */
export interface Plural {
  readonly one: string;
  readonly other: string;
}

/** Every path to a message, such as 'orders.title'. English is the reference; the others fall back to it. */
export type MessageKey = Keys<typeof en>;

type Keys<T> = { [K in keyof T & string]: T[K] extends string | Plural ? K : `${K}.${Keys<T[K]>}` }[keyof T & string];

export type MessageVars = Readonly<Record<string, string | number>>;

export const LOCALES = ['en', 'de'] as const;
export type Locale = (typeof LOCALES)[number];

/** English is always there. Each other language is a file of its own, which only its readers load. */
const LOADERS: Readonly<Record<Exclude<Locale, 'en'>, () => Promise<unknown>>> = {
  de: () => import('./de.ts').then(({ de }) => de),
};
const CATALOGUES: Partial<Record<Locale, unknown>> = { en };
const loading = new Map<Locale, Promise<void>>();

/** Resolves once `translate` knows a language; null where it knows it already. */
export function loadCatalogue(locale: Locale): Promise<void> | null {
  if (locale === 'en' || CATALOGUES[locale] !== undefined) return null;
  const known = loading.get(locale);
  if (known) return known;
  const load = LOADERS[locale]().then(
    (catalogue) => {
      CATALOGUES[locale] = catalogue;
    },
    () => {
      // Words in English are better than a page that does not open.
      CATALOGUES[locale] = {};
    },
  );
  loading.set(locale, load);
  return load;
}

function isPlural(value: unknown): value is Plural {
  return typeof value === 'object' && value !== null && 'one' in value && 'other' in value;
}

function find(catalogue: unknown, key: string): string | Plural | undefined {
  let value = catalogue;
  for (const part of key.split('.')) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<string, unknown>)[part];
  }
  return typeof value === 'string' || isPlural(value) ? value : undefined;
}

const pluralRules = new Map<Locale, Intl.PluralRules>();

function formOf(locale: Locale, count: number): keyof Plural {
  const rules = pluralRules.get(locale) ?? new Intl.PluralRules(locale);
  pluralRules.set(locale, rules);
  return rules.select(count) === 'one' ? 'one' : 'other';
}

/**
 * The message in a language that was loaded, with `{name}` replaced by `vars.name`; plurals are chosen by `vars.count`. English where the
 * language lacks it; the key itself where nobody has it, so that a gap is seen rather than blank.
 */
export function translate(locale: Locale, key: MessageKey, vars: MessageVars = {}): string {
  const message = find(CATALOGUES[locale], key) ?? find(en, key) ?? key;
  const text = typeof message === 'string' ? message : message[formOf(locale, Number(vars.count ?? 0))];
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => (name in vars ? String(vars[name]) : whole));
}

/** Whether a key exists: for words that come from data, such as a status a newer server may know. */
export function isMessageKey(key: string): key is MessageKey {
  return find(en, key) !== undefined;
}

/** Every message of a catalogue by its path. Tests compare languages with it. */
export function listMessages(catalogue: unknown, prefix = ''): Map<string, string> {
  const found = new Map<string, string>();
  if (typeof catalogue !== 'object' || catalogue === null) return found;
  for (const [name, value] of Object.entries(catalogue)) {
    const path = prefix ? `${prefix}.${name}` : name;
    if (typeof value === 'string') found.set(path, value);
    else if (isPlural(value)) found.set(path, `${value.one}\n${value.other}`);
    else for (const [inner, text] of listMessages(value, path)) found.set(inner, text);
  }
  return found;
}
