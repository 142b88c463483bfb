import { type Form, strings, text } from '../form.ts';
import { invalid } from './refusal.ts';

/** What forms are made of, read as Stripe reads it. */
const METADATA_KEYS = 50;
const METADATA_KEY_LENGTH = 40;
const METADATA_VALUE_LENGTH = 500;

export function readInteger(form: Form, param: string): number | undefined {
  const value = text(form, param);
  if (value === undefined) return undefined;
  if (!/^-?\d{1,15}$/.test(value)) throw invalid(`Invalid integer: ${value}`, { code: 'parameter_invalid_integer', param });
  return Number(value);
}

/** Metadata is merged; a key with an empty value is removed. */
export function mergeMetadata(before: Readonly<Record<string, string>>, form: Form): Readonly<Record<string, string>> {
  const sent = strings(form, 'metadata');
  if (Object.keys(sent).length === 0) return before;
  const merged = { ...before };
  for (const [key, value] of Object.entries(sent)) {
    if (key.length > METADATA_KEY_LENGTH)
      throw invalid(`Metadata keys may have up to 40 characters: ${key}`, { param: 'metadata' });
    if (value.length > METADATA_VALUE_LENGTH)
      throw invalid(`Metadata values may have up to 500 characters: ${key}`, { param: 'metadata' });
    if (value === '') delete merged[key];
    else merged[key] = value;
  }
  if (Object.keys(merged).length > METADATA_KEYS)
    throw invalid('You cannot have more than 50 keys in metadata.', { param: 'metadata' });
  return merged;
}
