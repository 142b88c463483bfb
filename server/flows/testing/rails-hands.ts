import type { Account, RailsHouse } from './rails-house.ts';

/** What tests of the bank's rails do and look at by short names; `house` is asked for each time, because it is opened after they are made. */
export function railsHands(house: () => RailsHouse) {
  return {
    withdraw: (who: Account, amountMinor: bigint, key?: string) =>
      house().flows.rails.withdraw({ walletId: who.walletId, bankAccountId: who.bankAccountId, amountMinor }, who.ctx(), key),
    statusOf: async (id: string) => (await house().payout(id)).status,
    balance: async (who: Account) => (await house().money(who)).balance,
    /** A top up by bank that its customer has announced and not transferred yet. */
    async announced(who: Account, amountMinor: bigint) {
      const { id, reference } = await house().flows.rails.topUpByBank({ walletId: who.walletId, amountMinor }, who.ctx());
      return { id, reference: reference as string };
    },
    async payIn(bankRef: string) {
      return (await house().db.pool.query('SELECT * FROM bank_pay_ins WHERE bank_ref = $1', [bankRef])).rows[0];
    },
  };
}
