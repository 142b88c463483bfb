import type { IncomingMessage } from 'node:http';
import { DomainError } from '../../kernel/errors.ts';
import { readBody } from '../../platform/http.ts';
import { assertClean } from '../clean-input.ts';
import { MAX_BODY_BYTES } from './limits.ts';

/**
 * The JSON object of a request. Throws `unsupported_media_type`, `payload_too_large`, `invalid_request` or `card_number_refused`; no
 * refusal repeats what was sent. An empty body counts as {}: some operations need nothing.
 */
export async function readJsonObject(req: IncomingMessage): Promise<Record<string, unknown>> {
  const type = req.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
  const bytes = await readBody(req, MAX_BODY_BYTES);
  if (bytes.length === 0 && type === undefined) return {};
  if (type !== 'application/json') {
    throw new DomainError('unsupported_media_type', 'Send the body as application/json: set the header Content-Type.');
  }
  if (bytes.length === 0) return {};
  const parsed = parse(bytes);
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new DomainError('invalid_request', 'The body must be a JSON object.');
  }
  assertClean(parsed);
  return parsed as Record<string, unknown>;
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new DomainError('invalid_request', 'The body is not valid JSON in UTF-8.');
  }
}
