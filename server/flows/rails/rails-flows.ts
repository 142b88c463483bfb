import { createHash } from 'node:crypto';
import type pg from 'pg';
import type { CollectionAccount } from '../../domains/rails/provider.ts';
import type {
  AssignPayInInput,
  PayMerchantInput,
  RemoveBankAccountInput,
  TopUpByBankInput,
  TopUpByCardInput,
  WithdrawInput,
} from '../../domains/rails/schema.ts';
import type { Ctx } from '../../kernel/context.ts';
import { DomainError } from '../../kernel/errors.ts';
import { compactIban } from '../../kernel/iban.ts';
import { newId } from '../../kernel/ids.ts';
import { systemContext } from '../../platform/system-context.ts';
import type { Call, Locked, Verb } from '../../platform/verb.ts';
import type { Outside } from '../outside.ts';
import { type AssignedPayIn, assignPayIn } from './assign-pay-in.ts';
import { addBankAccount, type KeptAccount, removeBankAccount } from './bank-accounts.ts';
import { createRailNews, type RailNews } from './news.ts';
import { type StartedTopUp, topUpByBank, topUpByCard } from './top-up.ts';
import { payMerchant, type StartedPayout, withdraw } from './withdraw.ts';

/** An account number as somebody typed it. It goes to the bank and is kept nowhere here. */
export interface TypedAccount {
  readonly owner: { readonly customerId: string } | { readonly merchantId: string };
  readonly iban: string;
  readonly holder: string;
}

/** Money into and out of wallets, and out to merchants. */
export interface RailsFlows extends RailNews {
  readonly topUpByCard: Call<TopUpByCardInput, StartedTopUp>;
  readonly topUpByBank: Call<TopUpByBankInput, StartedTopUp>;
  readonly withdraw: Call<WithdrawInput, StartedPayout>;
  readonly payMerchant: Call<PayMerchantInput, StartedPayout>;
  readonly removeBankAccount: Call<RemoveBankAccountInput, KeptAccount>;
  readonly assignPayIn: Call<AssignPayInInput, AssignedPayIn>;
  /** Hands an account number to the bank and keeps its token. */
  readonly addBankAccount: Call<TypedAccount, KeptAccount>;
  /** Where customers transfer to. Throws `not_found` where there is no bank, `unavailable` where it does not answer. */
  collectionAccount(currency: string): Promise<CollectionAccount>;
}

export interface RailsDeps {
  readonly pool: pg.Pool;
  readonly home: string;
  readonly outside: Outside;
  readonly clock: () => Date;
  readonly verb: <I, W extends Locked, R>(definition: Verb<I, W, R>) => Call<I, R>;
}

export function createRailsFlows({ pool, home, outside, clock, verb }: RailsDeps): RailsFlows {
  const ctx = (): Ctx => systemContext('rails', home, clock());
  const keep = verb(addBankAccount);
  return {
    ...createRailNews({ pool, outside, ctx }),
    topUpByCard: verb(topUpByCard),
    topUpByBank: verb(topUpByBank),
    withdraw: verb(withdraw),
    payMerchant: verb(payMerchant),
    removeBankAccount: verb(removeBankAccount),
    assignPayIn: verb(assignPayIn),
    async addBankAccount({ owner, iban, holder }, caller, key = newId(), onReplay) {
      const bank = bankOf(outside);
      // The same request asks the bank under the same id, whichever process it reaches: one account, and one token of it.
      const attemptId = attemptOf(caller.actor, key, compactIban(iban), holder);
      const made = await bank.addBeneficiary({ attemptId, iban: compactIban(iban), name: holder });
      if (made.kind === 'failed') throw new DomainError('invalid_request', `The bank refuses this account: ${made.message}`);
      if (made.kind !== 'beneficiary') throw new DomainError('unavailable', 'The bank does not answer. Try again in a moment.');
      const { token, country, last4 } = made;
      return keep({ owner, holder, token, country, last4 }, caller, key, onReplay);
    },
    async collectionAccount(currency) {
      const account = await bankOf(outside).collectionAccount(currency);
      if (account.kind !== 'account') throw new DomainError('unavailable', 'The bank does not answer. Try again in a moment.');
      return account;
    },
  };
}

function bankOf(outside: Outside): NonNullable<Outside['bank']> {
  if (!outside.bank) throw new DomainError('not_found', 'No bank is connected to this house.');
  return outside.bank;
}

const attemptOf = (...parts: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 40);
