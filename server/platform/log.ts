import { type DestinationStream, type Logger, type LoggerOptions, pino, stdTimeFunctions } from 'pino';

export type Log = Logger;

const SECRET_KEY = /authorization|cookie|token|password|secret|api[-_]?key|totp|signature|card|cvc|e-?mail|phone|recipient/i;
const EMAIL = /[^\s@<>()"',;=]+@[^\s@<>()"',;=]+\.[a-z]{2,}/gi;
const HIDDEN = '[redacted]';
/** Deeper than this, or longer than this, a log line is no longer read by anybody. */
const MAX_DEPTH = 6;
const MAX_TEXT = 4_000;

/** Hides what must not be kept in logs: values under telling names at any depth, and e-mail addresses in any text. */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return hideEmails(value);
  if (typeof value === 'bigint') return value.toString();
  if (value === null || typeof value !== 'object' || value instanceof Date) return value;
  if (value instanceof Error) return describeError(value);
  if (depth >= MAX_DEPTH) return '[deeper]';
  if (Array.isArray(value)) return value.map((item) => redact(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, SECRET_KEY.test(key) && item != null ? HIDDEN : redact(item, depth + 1)]),
  );
}

function hideEmails(text: string): string {
  return text.slice(0, MAX_TEXT).replace(EMAIL, HIDDEN);
}

/** An error without the `detail` and `where` of PostgreSQL, which quote the row's values. */
function describeError(error: Error, depth = 0): Record<string, unknown> {
  const { code, constraint, table } = error as { code?: unknown; constraint?: unknown; table?: unknown };
  return {
    type: error.name,
    message: hideEmails(error.message),
    stack: error.stack ? hideEmails(error.stack) : undefined,
    ...(typeof code === 'string' ? { code } : {}),
    ...(typeof constraint === 'string' ? { constraint } : {}),
    ...(typeof table === 'string' ? { table } : {}),
    ...(error.cause instanceof Error && depth < 3 ? { cause: describeError(error.cause, depth + 1) } : {}),
  };
}

/**
 * The process's log: JSON lines on standard output, or on `destination`. A line carries role and region, and where known
 * requestId, traceId, orderId, jobId. Log an error as `err`.
 */
export function createLog(
  { level, role, region }: { level: string; role: string; region: string },
  destination?: DestinationStream,
): Log {
  const options: LoggerOptions = {
    level,
    base: { role, region, pid: process.pid },
    timestamp: stdTimeFunctions.isoTime,
    messageKey: 'message',
    formatters: {
      level: (label) => ({ level: label }),
      bindings: (bindings) => redact(bindings) as Record<string, unknown>,
      log: (fields) => redact(fields) as Record<string, unknown>,
    },
    // `formatters.log` has described errors already; pino's own serializer would do it again.
    serializers: { err: (described: unknown) => described },
  };
  return destination ? pino(options, destination) : pino(options);
}
