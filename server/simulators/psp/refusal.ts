import { errorShape } from './shapes.ts';

/** Refusals that come from the payment's state: the endpoint ran, so Stripe stores the reply under the key. */
const FROM_STATE: readonly unknown[] = ['payment_intent_unexpected_state', 'charge_already_refunded'];

/** A request that the PSP refuses, in Stripe's words. */
export class Refusal extends Error {
  readonly status: number;
  readonly body: Record<string, unknown>;
  /** Whether a repeat under the same key gets this same refusal. */
  readonly remembered: boolean;

  constructor(status: number, type: string, message: string, more: Record<string, unknown> = {}) {
    super(message);
    this.status = status;
    this.remembered = status === 402 || FROM_STATE.includes(more.code);
    this.body = errorShape(type, message, more);
  }
}

export const invalid = (message: string, more: Record<string, unknown> = {}): Refusal =>
  new Refusal(400, 'invalid_request_error', message, more);

export const missing = (noun: string, id: string, param: string): Refusal =>
  new Refusal(404, 'invalid_request_error', `No such ${noun}: '${id}'`, { code: 'resource_missing', param });
