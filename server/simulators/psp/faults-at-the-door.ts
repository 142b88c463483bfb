import { DROP, json, type SimReply } from '../http.ts';
import type { Faults } from '../switches.ts';
import { errorShape } from './shapes.ts';

/** Faults after which nothing has happened. They are not remembered under the key: a repeat runs afresh. */
export function refusedAtTheDoor(faults: Faults): SimReply | undefined {
  if (faults.drop_before !== undefined) return DROP;
  if (faults.rate_limit !== undefined) {
    return json(429, errorShape('invalid_request_error', 'Too many requests hit the API too quickly.', { code: 'rate_limit' }));
  }
  if (faults.error_5xx !== undefined) return json(500, errorShape('api_error', 'An unexpected error occurred.'));
  return undefined;
}
