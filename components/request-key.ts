'use client';
import { useMemo, useRef } from 'react';
import { newId } from '../server/kernel/ids.ts';
import { isRefused } from './trpc.tsx';

/** A question as text that tells it from every other. */
export function asText(input: unknown): string {
  return JSON.stringify(input, (_name, value) => (typeof value === 'bigint' ? value.toString() : value));
}

/** The key of the request that was sent last, for as long as it may still be answered by it. */
export class RequestKey {
  #sent: { readonly text: string; readonly key: string } | null = null;

  /**
   * The request with its idempotency key. The same one again keeps its key while nobody knows what became of it: a lost answer and
   * a second press do nothing twice. Another question is another request.
   */
  keyed<I extends object>(input: I): I & { idempotencyKey: string } {
    const text = asText(input);
    if (this.#sent?.text !== text) this.#sent = { text, key: newId() };
    return { ...input, idempotencyKey: this.#sent.key };
  }

  /** A refusal is the answer to its key: another try is another request. Without an answer the key stays. */
  failed(error: unknown): void {
    if (isRefused(error)) this.#sent = null;
  }
}

/** For a mutation: `mutate(request.keyed(input))` with `onError: request.failed`. */
export function useRequestKey() {
  const kept = useRef<RequestKey>(undefined);
  kept.current ??= new RequestKey();
  const key = kept.current;
  return useMemo(
    () => ({ keyed: <I extends object>(input: I) => key.keyed(input), failed: (error: unknown) => key.failed(error) }),
    [key],
  );
}
