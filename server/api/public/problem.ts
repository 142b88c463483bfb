import { TRPCError } from '@trpc/server';
import { ZodError } from 'zod';
import { DomainError } from '../../kernel/errors.ts';
import { pointerPart } from '../clean-input.ts';
import { asDomainError } from '../errors.ts';

/** One wrong field: where it is (JSON Pointer, RFC 6901) and what is wrong with it. */
export interface WrongField {
  readonly pointer: string;
  readonly detail: string;
}

/** What a procedure threw, as the refusal that the caller is told. Undefined where it is a bug. */
export function refusalOf(error: unknown): DomainError | undefined {
  if (error instanceof DomainError) return onTheWire(error);
  if (!(error instanceof TRPCError)) return undefined;
  if (error.code === 'BAD_REQUEST' && error.cause instanceof ZodError) return wrongInput(error.cause);
  const known = asDomainError(error);
  return known && onTheWire(known);
}

function wrongInput(error: ZodError): DomainError {
  const errors = error.issues.flatMap((issue): WrongField[] => {
    const at = issue.path.map((part) => `/${pointerPart(String(part))}`).join('');
    if (issue.code !== 'unrecognized_keys') return [{ pointer: at, detail: issue.message }];
    return issue.keys.map((name) => ({ pointer: `${at}/${pointerPart(name)}`, detail: 'There is no such field.' }));
  });
  const [first] = errors;
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  const where = first?.pointer || 'the request';
  return new DomainError(
    'invalid_request',
    `Correct ${where}: ${first?.detail ?? 'it is not valid'}${more}, and send it again.`,
    {
      errors: errors.slice(0, 50),
    },
  );
}

/** What programs find in a problem is named like the rest of the API. */
function onTheWire(error: DomainError): DomainError {
  if (!error.data) return error;
  const { field, ...rest } = error.data;
  const data = snakeCase(rest) as Record<string, unknown>;
  if (typeof field === 'string') {
    const pointer = field === '' || field.startsWith('/') ? field : `/${field.replaceAll('.', '/')}`;
    data.errors = [{ pointer, detail: error.detail }];
  }
  // How long to wait is said by the header.
  return new DomainError(error.code, error.detail, data);
}

/** A JSON value with its field names in snake_case; bigints become numbers. */
export function snakeCase(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(snakeCase);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      snakeCase(item),
    ]),
  );
}
