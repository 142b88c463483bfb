import type { TRPCError } from '@trpc/server';
import { ZodError } from 'zod';
import { DomainError, type ErrorCode } from '../kernel/errors.ts';
import { sqlState } from '../platform/db.ts';

/** What a client finds under `data.domain` of every tRPC error. */
export interface DomainShape {
  readonly code: ErrorCode;
  /** A sentence for a person. */
  readonly detail: string;
  readonly data: Readonly<Record<string, unknown>> | null;
  readonly requestId: string | null;
  readonly traceId: string | null;
}

/** The expected refusal inside an error: a DomainError, or a database that is away or busy. Undefined where it is a bug. */
export function asDomainError(error: TRPCError): DomainError | undefined {
  if (error.cause instanceof DomainError) return error.cause;
  const state = sqlState(error.cause);
  if (state === '55P03' || state === '40P01') return new DomainError('overloaded');
  if (state && ['08', '53', '57'].includes(state.slice(0, 2))) return new DomainError('unavailable');
  const code = error.cause && 'code' in error.cause ? error.cause.code : undefined;
  return code === 'ECONNREFUSED' || code === 'ECONNRESET' ? new DomainError('unavailable') : undefined;
}

/** One wrong field of an input. */
export interface FieldProblem {
  readonly path: string;
  readonly message: string;
}

/** Names each wrong field of an input, as `lines.0.quantity`. */
export function fieldProblems(error: ZodError): FieldProblem[] {
  return error.issues.map((issue) => ({ path: issue.path.join('.') || 'the request', message: issue.message }));
}

/** The refusal of a wrong input: the first fields in words, all of them as data. */
export function invalidInput(error: ZodError): DomainError {
  const fields = fieldProblems(error);
  const words = fields.slice(0, 3).map((field) => `${field.path}: ${field.message}`);
  const more = fields.length > 3 ? ` (and ${fields.length - 3} more)` : '';
  return new DomainError('invalid_request', `Correct ${words.join('; ')}${more}, and send it again.`, { fields });
}

const BY_TRPC_CODE: Partial<Record<TRPCError['code'], ErrorCode>> = {
  PARSE_ERROR: 'invalid_request',
  BAD_REQUEST: 'invalid_request',
  UNSUPPORTED_MEDIA_TYPE: 'origin_refused',
  METHOD_NOT_SUPPORTED: 'invalid_request',
  NOT_FOUND: 'not_found',
  PAYLOAD_TOO_LARGE: 'payload_too_large',
  UNAUTHORIZED: 'unauthenticated',
  FORBIDDEN: 'forbidden',
};

/** What is told of an error. Of a bug: nothing but the request id that finds it in the log. */
export function domainShape(error: TRPCError, ctx?: { readonly requestId: string; readonly traceId: string }): DomainShape {
  const ids = { requestId: ctx?.requestId ?? null, traceId: ctx?.traceId ?? null };
  const known = error.cause instanceof ZodError ? invalidInput(error.cause) : (asDomainError(error) ?? ofTrpc(error));
  if (known) return { code: known.code, detail: known.detail, data: known.data ?? null, ...ids };
  const where = ids.requestId ? ` Tell support the request id ${ids.requestId}.` : '';
  return { code: 'internal', detail: `Something went wrong on our side.${where}`, data: null, ...ids };
}

function ofTrpc(error: TRPCError): DomainError | undefined {
  const code = BY_TRPC_CODE[error.code];
  if (!code) return undefined;
  return new DomainError(code, code === 'invalid_request' ? error.message : undefined);
}
