import { z } from 'zod';
import { DomainError } from '../../kernel/errors.ts';
import { createRemoteApi, type RemoteTrouble } from '../../platform/remote-api.ts';
import { verifyStandardWebhook } from '../../platform/standard-webhook.ts';
import type { Bank, BankMovement, BankPayIn, BankPayout, BankTrouble, NotKnown } from './provider.ts';

/** A bank over a plain JSON API with idempotency keys and Standard Webhooks. */
export interface BankConfig {
  readonly url: string;
  readonly apiKey: string;
  readonly webhookSecret: string;
  readonly timeoutMs?: number;
}

/** A statement is read this many lines at a time, and no further than this. */
const STATEMENT_PAGES = 1_000;

const amount = z.int().transform((value) => BigInt(value));
const payoutReply = z.object({
  id: z.string(),
  client_reference: z.string(),
  amount,
  currency: z.string(),
  status: z.enum(['accepted', 'settled', 'rejected', 'returned']),
  reason: z.string().nullable(),
});
const payInReply = z.object({
  id: z.string(),
  reference: z.string(),
  amount,
  currency: z.string(),
  status: z.enum(['pending', 'settled', 'returned']),
  reason: z.string().nullable(),
});
const beneficiaryReply = z.object({ id: z.string(), country: z.string(), last4: z.string() });
const accountReply = z.object({ iban: z.string(), bic: z.string(), bank_name: z.string(), account_holder: z.string() });
const movementReply = z.object({
  id: z.string(),
  kind: z.enum(['pay_in', 'pay_in_return', 'payout', 'payout_return']),
  source: z.string(),
  amount,
  currency: z.string(),
  at: z.iso.datetime(),
});
const listOf = <T extends z.ZodType>(item: T) => z.object({ data: z.array(item), has_more: z.boolean().default(false) });
const webhookBody = z.object({
  type: z.string(),
  timestamp: z.iso.datetime(),
  data: z.object({ id: z.string(), client_reference: z.string().optional() }),
});

/** Reads an answer, or says honestly that it cannot be read. */
const reading =
  <S extends z.ZodType, T extends { readonly kind: string }>(schema: S, make: (value: z.infer<S>) => T) =>
  (body: unknown): T | BankTrouble => {
    const parsed = schema.safeParse(body);
    return parsed.success ? make(parsed.data) : { kind: 'unknown', reason: 'The bank’s answer cannot be read.' };
  };

const payoutOf = ({ id, amount: amountMinor, currency, status, reason }: z.infer<typeof payoutReply>): BankPayout => ({
  kind: 'payout',
  bankRef: id,
  state: status,
  amountMinor,
  currency,
  reason,
});
const payInOf = ({ id, reference, amount: amountMinor, currency, status, reason }: z.infer<typeof payInReply>): BankPayIn => ({
  kind: 'pay_in',
  bankRef: id,
  state: status,
  amountMinor,
  currency,
  reference,
  reason,
});
const movementOf = ({ id, kind, source, amount: amountMinor, currency, at }: z.infer<typeof movementReply>): BankMovement => ({
  id,
  type: kind,
  source,
  amountMinor,
  currency,
  at: new Date(at),
});

/** What the bank does not know is a fact of its own. */
const orNotKnown = <T extends { readonly kind: string }>(outcome: T | RemoteTrouble): T | BankTrouble | NotKnown =>
  outcome.kind === 'failed' && 'code' in outcome && outcome.code === 'not_found'
    ? { kind: 'not_found' }
    : (outcome as T | BankTrouble);

/** The adapter for the bank. */
export function createBankApi({ webhookSecret, ...config }: BankConfig): Bank {
  const api = createRemoteApi({ who: 'bank', ...config });
  const get = <T extends { readonly kind: string }>(path: string, read: (body: unknown) => T, signal?: AbortSignal) =>
    api.call('GET', path, read, { signal });
  return {
    addBeneficiary: ({ attemptId, iban, name }, signal) =>
      api.call(
        'POST',
        '/v1/beneficiaries',
        reading(beneficiaryReply, ({ id, country, last4 }) => ({ kind: 'beneficiary', token: id, country, last4 }) as const),
        { signal, sent: { key: attemptId, body: { iban, name } } },
      ),
    collectionAccount: (currency, signal) =>
      get(
        `/v1/account?currency=${encodeURIComponent(currency)}`,
        reading(accountReply, ({ iban, bic, bank_name, account_holder }) => ({
          kind: 'account' as const,
          iban,
          bic,
          bankName: bank_name,
          holder: account_holder,
        })),
        signal,
      ),
    pay: ({ attemptId, beneficiary, amountMinor, currency, statementText }, signal) => {
      const body = {
        client_reference: attemptId,
        beneficiary,
        amount: Number(amountMinor),
        currency,
        statement_text: statementText,
      };
      return api.call('POST', '/v1/payouts', reading(payoutReply, payoutOf), { signal, sent: { key: attemptId, body } });
    },
    payout: (attemptId, signal) =>
      get(
        `/v1/payouts?client_reference=${encodeURIComponent(attemptId)}`,
        reading(listOf(payoutReply), ({ data }): BankPayout | NotKnown =>
          data[0] === undefined ? { kind: 'not_found' } : payoutOf(data[0]),
        ),
        signal,
      ),
    payIn: async (bankRef, signal) =>
      orNotKnown(await get(`/v1/pay_ins/${encodeURIComponent(bankRef)}`, reading(payInReply, payInOf), signal)),
    payInsSince: (since, signal) =>
      get(
        `/v1/pay_ins?since=${since.getTime()}`,
        reading(listOf(payInReply), ({ data }) => ({ kind: 'pay_ins' as const, payIns: data.map(payInOf) })),
        signal,
      ),
    async movements(from, to, signal) {
      const movements: BankMovement[] = [];
      const period = `from=${encodeURIComponent(from.toISOString())}&to=${encodeURIComponent(to.toISOString())}`;
      for (let page = 0; page < STATEMENT_PAGES; page++) {
        const after = movements.at(-1)?.id;
        const path = `/v1/movements?${period}${after === undefined ? '' : `&after=${after}`}`;
        const read = reading(listOf(movementReply), ({ data, has_more }) => ({ kind: 'page' as const, data, more: has_more }));
        const outcome = await get(path, read, signal);
        if (outcome.kind !== 'page') return outcome;
        movements.push(...outcome.data.map(movementOf));
        if (!outcome.more) return { kind: 'movements', movements };
      }
      return { kind: 'unknown', reason: 'The bank’s statement does not end.' };
    },
    verifyWebhook(rawBody, headers, now = new Date()) {
      const { id, body } = verifyStandardWebhook(rawBody, headers, webhookSecret, now);
      const parsed = webhookBody.safeParse(body);
      if (!parsed.success) throw new DomainError('invalid_request', 'The bank’s message cannot be read.');
      const { type, timestamp, data } = parsed.data;
      const subject = type.startsWith('payout.') ? 'payout' : 'pay_in';
      const attemptId = data.client_reference ?? null;
      return { id, topic: type, occurredAt: new Date(timestamp), subject, bankRef: data.id, attemptId };
    },
    close: () => api.close(),
  };
}
