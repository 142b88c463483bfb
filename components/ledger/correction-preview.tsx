'use client';
import { useQuery } from '@tanstack/react-query';
import type { AccountRow } from '../../server/views/accounts.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { useMessages } from '../ui/locale.tsx';
import { Money } from '../ui/money.tsx';
import { Loaded } from '../ui/states.tsx';
import { accountCode } from './account-code.ts';
import classes from './ledger.module.css';
import { planCorrection } from './plan-correction.ts';

/** An account as people tell it from others: its kind, whose it is. */
export function useAccountName(): (
  account: Pick<AccountRow, 'kind' | 'name' | 'customerName' | 'merchantName' | 'code'>,
) => string {
  const { word } = useMessages();
  return ({ kind, name, customerName, merchantName, code }) => {
    const owner = customerName ?? merchantName;
    const known = name ?? word('ledger.accountKinds', kind);
    return owner ? `${known} · ${owner}` : known === kind ? accountCode(code) : known;
  };
}

/** Both accounts' balances now and after an amount moved between them. */
export function CorrectionEffect(props: { debit: AccountRow; credit: AccountRow; amountMinor: bigint }) {
  const { t } = useMessages();
  const name = useAccountName();
  const plan = planCorrection(props.debit, props.credit, props.amountMinor);
  const rows = [
    { label: t('payments.debit'), account: props.debit, after: plan.debitAfterMinor },
    { label: t('payments.credit'), account: props.credit, after: plan.creditAfterMinor },
  ];
  return (
    <table className={classes.effect}>
      <thead>
        <tr>
          <th scope="col">{t('ledger.account')}</th>
          <th scope="col">{t('ledger.balanceNow')}</th>
          <th scope="col">{t('ledger.after')}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ label, account, after }) => (
          <tr key={account.id}>
            <th scope="row">
              <span className={classes.sideLabel}>{label}</span> {name(account)}
            </th>
            <td>
              <Money amountMinor={account.balanceMinor} currency={account.currency} />
            </td>
            <td>
              <Money amountMinor={after} currency={account.currency} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** The same for accounts known by their ids, as they stand now. */
export function CorrectionPreview(props: { debitId: string; creditId: string; amountMinor: bigint }) {
  const trpc = useTRPC();
  const debit = useQuery({ ...trpc.ledger.account.queryOptions({ id: props.debitId }), staleTime: 0 });
  const credit = useQuery({ ...trpc.ledger.account.queryOptions({ id: props.creditId }), staleTime: 0 });
  const both = debit.data && credit.data ? { debit: debit.data, credit: credit.data } : undefined;
  return (
    <Loaded data={both} error={shownError(debit.error ?? credit.error)} lines={3}>
      {(accounts) => <CorrectionEffect {...accounts} amountMinor={props.amountMinor} />}
    </Loaded>
  );
}
