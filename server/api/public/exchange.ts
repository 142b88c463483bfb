import type { IncomingHttpHeaders } from 'node:http';
import { looksLikeCardNumber } from '../../kernel/card-numbers.ts';
import { DomainError } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';

/** What a REST call asked for beside its input, and what its answer will say. One per request; the answer's half is filled in. */
export interface RestExchange {
  /** Sent by the caller, or made for this call. */
  readonly key: string;
  readonly keySent: boolean;
  /** How long the caller would rather wait for an outcome (Prefer: wait=N, RFC 7240), in seconds; null where it did not say. */
  readonly waitSeconds: number | null;
  /** The answer was stored before: Idempotent-Replayed: true. */
  replayed: boolean;
  /** What of Prefer was honoured. */
  preferenceApplied: string | null;
  /** The path of what was made, for the Location header. */
  location: string | null;
  /** Whether the caller would rather have CSV (Accept). */
  readonly wantsCsv: boolean;
  /** The answer as CSV, piece by piece, in place of the procedure's value. */
  csv: { readonly name: string; readonly pieces: AsyncIterable<string> } | null;
}

const KEY = /^[\x21-\x7e]{1,255}$/;
export const MAX_WAIT_SECONDS = 60;

/** Reads Idempotency-Key and Prefer. Throws `invalid_request` or `card_number_refused`. */
export function readExchange(headers: IncomingHttpHeaders): RestExchange {
  const key = headers['idempotency-key'];
  if (Array.isArray(key) || (key !== undefined && !KEY.test(key))) {
    throw new DomainError('invalid_request', 'Send an Idempotency-Key of 1 to 255 visible ASCII characters, such as a UUID.');
  }
  if (key !== undefined && looksLikeCardNumber(key)) throw new DomainError('card_number_refused');
  const wantsCsv = /(?:^|,)\s*text\/csv\s*(?:[;,]|$)/i.test(headers.accept ?? '');
  return { ...newExchange(key), waitSeconds: readWait(headers.prefer), wantsCsv };
}

export function newExchange(key?: string): RestExchange {
  return {
    key: key ?? newId(),
    keySent: key !== undefined,
    waitSeconds: null,
    replayed: false,
    preferenceApplied: null,
    location: null,
    wantsCsv: false,
    csv: null,
  };
}

/** Preferences that are unknown or malformed are ignored, as RFC 7240 §2 asks; a longer wait than we offer becomes ours. */
function readWait(prefer: string | string[] | undefined): number | null {
  for (const preference of [prefer ?? []].flat().join(',').split(',')) {
    const match = /^\s*wait\s*=\s*"?(\d{1,9})"?\s*(?:;.*)?$/i.exec(preference);
    if (match?.[1]) return Math.min(Number(match[1]), MAX_WAIT_SECONDS);
  }
  return null;
}
