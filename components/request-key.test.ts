import { TRPCClientError } from '@trpc/client';
import { describe, expect, it } from 'vitest';
import { RequestKey } from './request-key.ts';

function answered(httpStatus: number): unknown {
  const data = { httpStatus, domain: { code: 'x', detail: 'x', data: null, requestId: null } };
  return TRPCClientError.from({ error: { code: -32_000, message: 'x', data } });
}

describe('the key of a request', () => {
  const asked = { orderId: 'a', amountMinor: 100n };

  it('stays while nobody knows what became of the request', () => {
    const request = new RequestKey();
    const { idempotencyKey } = request.keyed(asked);
    request.failed(TRPCClientError.from(new Error('fetch failed')));
    request.failed(answered(503));
    expect(request.keyed({ ...asked })).toEqual({ ...asked, idempotencyKey });
  });

  it('is another one once the request was refused', () => {
    const request = new RequestKey();
    const { idempotencyKey } = request.keyed(asked);
    request.failed(answered(409));
    expect(request.keyed(asked).idempotencyKey).not.toBe(idempotencyKey);
  });

  it('is another one for another question', () => {
    const request = new RequestKey();
    const { idempotencyKey } = request.keyed(asked);
    expect(request.keyed({ ...asked, amountMinor: 101n }).idempotencyKey).not.toBe(idempotencyKey);
  });
});
