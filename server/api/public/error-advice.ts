import type { ErrorCode } from '../../kernel/errors.ts';

/** What to do about each refusal: the error catalogue's second sentence. An error without one does not compile. */
export const ERROR_ADVICE: Readonly<Record<ErrorCode, string>> = {
  invalid_request:
    'Correct what errors[] names by JSON Pointer and send the request again. Fields that do not exist are refused too.',
  unauthenticated:
    'Send "Authorization: Bearer wb_test_…" with a key that is not revoked. Keys are made under Settings, API keys.',
  second_factor_required: 'Give the code of your authenticator app in the console. API keys never meet this.',
  forbidden: 'The key lacks the scope that detail names, or only people may do this. Make a key that has the scope.',
  origin_refused: 'Only pages of Waybill itself may send this. API keys never meet this.',
  not_found: 'Check the id or number. What belongs to another merchant is answered like what does not exist.',
  conflict: 'Read the record again, decide again, and send what you decided under a new Idempotency-Key.',
  plan_changed: 'Show the new preview, which is in the problem document, and send its fingerprint.',
  state_refuses: 'The detail says what stands in the way. Read the record before you try something else.',
  duplicate_external_id: 'Find the order with GET /api/v1/orders?external_id=…, or send another external_id.',
  already_exists: 'Use the record that exists, or another name.',
  key_reused: 'Send a new Idempotency-Key with every new request; reuse one only to repeat the very same request.',
  out_of_stock: 'Offer fewer units or another product. GET /api/v1/stock/{sku} says what is available.',
  unknown_sku: 'Check the SKU, and that the product is for sale.',
  currency_mismatch: 'Send amounts in the currency that detail names.',
  amount_out_of_range: 'Send an amount within the bounds that detail names.',
  over_limit: 'Ask for at most what detail says is left.',
  insufficient_funds: 'Use another tender or a smaller amount.',
  account_frozen: 'Ask the merchant’s support why, and to release it.',
  account_closed: 'Use another account.',
  card_number_refused: 'Never send card numbers: have the payment provider make a token in the browser, and send that.',
  own_request: 'Ask a colleague with the right to approve.',
  method_not_allowed: 'Use a method that the header Allow names.',
  unsupported_media_type: 'Set Content-Type: application/json.',
  payload_too_large: 'Send a smaller body, in several requests if need be.',
  too_many_requests: 'Slow down; the header Retry-After says how long to wait.',
  overloaded: 'Wait as long as Retry-After says, then repeat under the same Idempotency-Key.',
  unavailable: 'Wait as long as Retry-After says, then repeat under the same Idempotency-Key.',
  internal: 'Repeat under the same Idempotency-Key, which is safe. If it stays, tell support the request_id.',
};
