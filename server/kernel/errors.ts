/**
 * One table of refusals: what REST, tRPC and a person are told. `retryable` says whether the same request may succeed later
 * without being changed.
 */
interface ErrorEntry {
  readonly status: number;
  readonly trpc:
    | 'BAD_REQUEST'
    | 'UNAUTHORIZED'
    | 'FORBIDDEN'
    | 'NOT_FOUND'
    | 'CONFLICT'
    | 'PRECONDITION_FAILED'
    | 'UNPROCESSABLE_CONTENT'
    | 'TOO_MANY_REQUESTS'
    | 'SERVICE_UNAVAILABLE'
    | 'INTERNAL_SERVER_ERROR'
    | 'PAYLOAD_TOO_LARGE'
    | 'UNSUPPORTED_MEDIA_TYPE'
    | 'METHOD_NOT_SUPPORTED';
  readonly title: string;
  readonly retryable: boolean;
}

const entry = (status: number, trpc: ErrorEntry['trpc'], title: string, retryable = false): ErrorEntry => ({
  status,
  trpc,
  title,
  retryable,
});

export const ERRORS = {
  invalid_request: entry(400, 'BAD_REQUEST', 'The request is not valid.'),
  unauthenticated: entry(401, 'UNAUTHORIZED', 'Sign in, or send a valid API key.'),
  second_factor_required: entry(403, 'FORBIDDEN', 'This needs your authenticator code first.'),
  fresh_sign_in_required: entry(403, 'FORBIDDEN', 'Sign in again to do this.'),
  forbidden: entry(403, 'FORBIDDEN', 'You may not do this.'),
  origin_refused: entry(403, 'FORBIDDEN', 'The request came from another site.'),
  not_found: entry(404, 'NOT_FOUND', 'There is no such record.'),
  conflict: entry(409, 'CONFLICT', 'The record changed meanwhile. Look at it again and repeat.'),
  plan_changed: entry(409, 'CONFLICT', 'What this would do has changed since it was shown.'),
  state_refuses: entry(409, 'CONFLICT', 'The record is not in a state that allows this.'),
  duplicate_external_id: entry(409, 'CONFLICT', 'An order with this external_id exists already.'),
  already_exists: entry(409, 'CONFLICT', 'A record with this name exists already.'),
  version_not_reached: entry(409, 'CONFLICT', 'This version has not been reached yet.', true),
  key_reused: entry(422, 'UNPROCESSABLE_CONTENT', 'This Idempotency-Key was used with another request body.'),
  out_of_stock: entry(422, 'UNPROCESSABLE_CONTENT', 'There is not enough stock.'),
  unknown_sku: entry(422, 'UNPROCESSABLE_CONTENT', 'A SKU of the order does not exist or is not for sale.'),
  currency_mismatch: entry(422, 'UNPROCESSABLE_CONTENT', 'The currencies differ.'),
  amount_out_of_range: entry(422, 'UNPROCESSABLE_CONTENT', 'The amount is out of range.'),
  quote_expired: entry(422, 'UNPROCESSABLE_CONTENT', 'The quote is no longer valid.'),
  quote_changed: entry(422, 'UNPROCESSABLE_CONTENT', 'What the quote rests on has changed since.'),
  option_not_offered: entry(422, 'UNPROCESSABLE_CONTENT', 'The quote does not offer this shipping option.'),
  total_mismatch: entry(422, 'UNPROCESSABLE_CONTENT', 'The order does not cost what was sent as its total.'),
  over_limit: entry(422, 'UNPROCESSABLE_CONTENT', 'This is more than is left.'),
  tender_refused: entry(422, 'UNPROCESSABLE_CONTENT', 'This cannot be paid with.'),
  insufficient_funds: entry(422, 'UNPROCESSABLE_CONTENT', 'The account does not hold that much.'),
  account_frozen: entry(422, 'UNPROCESSABLE_CONTENT', 'The account is frozen.'),
  account_closed: entry(422, 'UNPROCESSABLE_CONTENT', 'The account is closed.'),
  limit_exceeded: entry(422, 'UNPROCESSABLE_CONTENT', 'This is more than the limit allows.'),
  wallet_negative: entry(422, 'UNPROCESSABLE_CONTENT', 'The wallet owes money.'),
  recipient_unavailable: entry(422, 'UNPROCESSABLE_CONTENT', 'Nobody can be paid under this address.'),
  hold_expired: entry(409, 'CONFLICT', 'The hold has expired. Hold the money again.'),
  already_reversed: entry(409, 'CONFLICT', 'The transfer was reversed already.'),
  transfer_id_reused: entry(409, 'CONFLICT', 'A transfer with this id exists and says something else.'),
  linked_failed: entry(422, 'UNPROCESSABLE_CONTENT', 'Another transfer of the same journal was refused.'),
  period_closed: entry(409, 'CONFLICT', 'The books are closed for this time.'),
  card_number_refused: entry(
    422,
    'UNPROCESSABLE_CONTENT',
    'Card numbers are not accepted here. Send a token of the payment provider.',
  ),
  own_request: entry(422, 'UNPROCESSABLE_CONTENT', 'Somebody else has to approve what you requested.'),
  method_not_allowed: entry(405, 'METHOD_NOT_SUPPORTED', 'This address does not take this method.'),
  unsupported_media_type: entry(415, 'UNSUPPORTED_MEDIA_TYPE', 'Send the body as application/json.'),
  payload_too_large: entry(413, 'PAYLOAD_TOO_LARGE', 'The request is too large.'),
  too_many_requests: entry(429, 'TOO_MANY_REQUESTS', 'Too many requests. Try again later.', true),
  overloaded: entry(503, 'SERVICE_UNAVAILABLE', 'Too much is waiting. Try again in a moment.', true),
  unavailable: entry(503, 'SERVICE_UNAVAILABLE', 'The service is not available. Try again in a moment.', true),
  internal: entry(500, 'INTERNAL_SERVER_ERROR', 'Something went wrong on our side.', true),
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof ERRORS;

/**
 * An expected refusal. `detail` is a sentence for a person saying what to do; `data` carries what a program needs (JSON).
 * Anything else that is thrown is a bug.
 */
export class DomainError extends Error {
  readonly code: ErrorCode;
  readonly detail: string;
  readonly data: Readonly<Record<string, unknown>> | undefined;

  constructor(code: ErrorCode, detail?: string, data?: Record<string, unknown>) {
    super(detail ?? ERRORS[code].title);
    this.name = 'DomainError';
    this.code = code;
    this.detail = detail ?? ERRORS[code].title;
    this.data = data;
  }

  get entry(): ErrorEntry {
    return ERRORS[this.code];
  }
}
