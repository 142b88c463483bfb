'use client';
import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import type { ActivityRow } from '../../server/views/wallet-activity.ts';
import type { WalletDetail } from '../../server/views/wallets.ts';
import { useCustomerName } from '../customers/customer-list.tsx';
import { useLive } from '../live.tsx';
import { useMoreRows } from '../more-rows.ts';
import { useOverlay } from '../overlay.ts';
import { usePowers } from '../powers.ts';
import { shownError, useTRPC, useTRPCClient } from '../trpc.tsx';
import { ActionButton } from '../ui/action-button.tsx';
import { StatusBadge } from '../ui/badge.tsx';
import { Bar } from '../ui/bars.tsx';
import { CopyText, Id } from '../ui/copy.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { DetailLayout, KeyValue, type Pair, Section } from '../ui/detail-layout.tsx';
import { useMessages } from '../ui/locale.tsx';
import { Money } from '../ui/money.tsx';
import { MoreButton } from '../ui/more-button.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { RecordTrail } from '../ui/record-trail.tsx';
import { EmptyState, Loaded } from '../ui/states.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';
import { LimitBar } from '../wallet/wallet-limits.tsx';
import { CARE_DIALOGS, CareDialog, useCareReasons } from './care-dialogs.tsx';

function useColumns(): Column<ActivityRow>[] {
  const { t, word } = useMessages();
  return [
    { key: 'id', header: t('wallets.what'), cell: (row) => word('wallet.kinds', row.kind), card: 'title' },
    { key: 'when', header: t('wallets.when'), cell: (row) => <TimeAgo at={row.at} />, card: 'endSub' },
    {
      key: 'who',
      header: t('wallets.who'),
      cell: (row) => row.person?.name ?? row.merchantName ?? t('ui.unknown'),
      card: 'sub',
    },
    {
      key: 'order',
      header: t('ledger.order'),
      cell: (row) => (row.orderNumber ? <Link href={`/orders/${row.orderNumber}`}>{row.orderNumber}</Link> : t('ui.unknown')),
    },
    { key: 'entry', header: t('ledger.entry'), cell: (row) => <Id value={row.id} /> },
    {
      key: 'amount',
      header: t('wallets.amount'),
      right: true,
      card: 'end',
      cell: (row) => <Money amountMinor={row.amountMinor} currency={row.currency} />,
    },
    {
      key: 'after',
      header: t('wallets.after'),
      right: true,
      cell: (row) => <Money amountMinor={row.balanceMinor} currency={row.currency} />,
    },
  ];
}

function Activity({ walletId }: { walletId: string }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const client = useTRPCClient();
  const list = useMoreRows(trpc.wallets.activity.queryKey({ walletId }), (after) =>
    client.wallets.activity.query({ walletId, after }),
  );
  const columns = useColumns();
  return (
    <Section title={t('wallets.activity')}>
      <Loaded data={list.rows} error={list.error} onRetry={list.onRetry} lines={6}>
        {(rows) =>
          rows.length === 0 ? (
            <EmptyState compact title={t('wallets.activity')} reason={t('wallets.noActivity')} />
          ) : (
            <>
              <DataTable
                embedded
                label={t('wallets.activity')}
                columns={columns}
                rows={rows}
                rowKey={(row) => row.id}
                rowLabel={(row) => row.kind}
              />
              <MoreButton more={list.more} busy={list.busy} />
            </>
          )
        }
      </Loaded>
    </Section>
  );
}

function Sums({ detail }: { detail: WalletDetail }) {
  const { t } = useMessages();
  const { wallet, overdraftMinor } = detail;
  const { currency, limits } = wallet;
  const money = (label: string, amountMinor: bigint, strong = false): Pair => ({
    label,
    strong,
    value: <Money amountMinor={amountMinor} currency={currency} />,
  });
  return (
    <>
      <Section title={t('wallets.money')}>
        <KeyValue
          figures
          items={[
            money(t('wallets.balance'), wallet.balanceMinor, true),
            money(t('wallets.held'), wallet.heldMinor),
            money(t('wallets.expected'), wallet.expectedMinor),
            money(t('wallets.spendable'), wallet.spendableMinor),
            ...(overdraftMinor > 0n ? [money(t('wallets.overdraft'), overdraftMinor)] : []),
          ]}
        />
      </Section>
      <Section title={t('wallets.limits')}>
        <LimitBar label={t('wallets.out.day')} use={limits.dayOut} currency={currency} />
        <LimitBar label={t('wallets.out.month')} use={limits.monthOut} currency={currency} />
        <LimitBar label={t('wallets.in.day')} use={limits.dayIn} currency={currency} />
        <LimitBar label={t('wallets.in.month')} use={limits.monthIn} currency={currency} />
        <div style={{ marginTop: 16 }}>
          <KeyValue
            figures
            items={[money(t('wallet.limits.once'), limits.perTransferMinor), money(t('wallet.limits.most'), limits.balanceMinor)]}
          />
        </div>
      </Section>
    </>
  );
}

/** A link for those who read the books. */
function LedgerAccount({ detail: { wallet, accountCode } }: { detail: WalletDetail }) {
  const { t } = useMessages();
  const powers = usePowers();
  const name = `${t('ledger.accountKinds.wallet')} · ${wallet.currency}`;
  if (!powers.may('ledger.account')) return <span title={accountCode}>{name}</span>;
  return <Link href={`/ledger/accounts/${wallet.accountId}`}>{name}</Link>;
}

function Details({ detail }: { detail: WalletDetail }) {
  const { t } = useMessages();
  const name = useCustomerName();
  const { wallet, customer, openRequests, others } = detail;
  return (
    <Section title={t('wallets.details')}>
      <KeyValue
        items={[
          { label: t('wallets.customer'), value: <Link href={`/customers/${customer.id}`}>{name(customer)}</Link> },
          { label: t('wallets.email'), value: customer.email ? <CopyText value={customer.email} /> : t('ui.unknown') },
          { label: t('wallets.handle'), value: customer.handle ? `@${customer.handle}` : t('wallets.noHandle') },
          { label: t('wallets.tier'), value: t(`wallet.tiers.${wallet.tier}`) },
          { label: t('wallets.opened'), value: <TimeAgo at={wallet.openedAt} exact /> },
          ...(wallet.closedAt ? [{ label: t('wallets.closed'), value: <TimeAgo at={wallet.closedAt} exact /> }] : []),
          { label: t('wallets.openRequests'), value: String(openRequests) },
          { label: t('wallets.account'), value: <LedgerAccount detail={detail} /> },
          ...(others.length > 0
            ? [
                {
                  label: t('wallets.others'),
                  value: others.map((other) => (
                    <div key={other.id}>
                      <Link href={`/wallets/${other.id}`}>{other.currency}</Link> · {t(`status.wallet.${other.status}`)}
                    </div>
                  )),
                },
              ]
            : []),
        ]}
      />
    </Section>
  );
}

/** What a person looking at the wallet should know first. */
function Notice({ detail }: { detail: WalletDetail }) {
  const { t } = useMessages();
  const { wallet, frozenReason } = detail;
  const text =
    wallet.frozenBy === 'staff'
      ? t('wallets.because', { reason: frozenReason ?? t('ui.unknown') })
      : wallet.frozenBy === 'customer'
        ? t('wallets.frozenByCustomer')
        : wallet.balanceMinor < 0n
          ? t('wallets.debt')
          : null;
  return text && <Bar tone="attention" title={text} />;
}

function Body({ detail }: { detail: WalletDetail }) {
  const { t } = useMessages();
  const name = useCustomerName();
  const powers = usePowers();
  const overlay = useOverlay(CARE_DIALOGS);
  const { wallet, customer } = detail;
  const reasons = useCareReasons()(detail);
  const header = (
    <PageHeader
      breadcrumbs={[{ label: t('wallets.title'), href: '/wallets' }]}
      title={`${name(customer)} · ${wallet.currency}`}
      sub={<Id value={wallet.id} />}
      badges={<StatusBadge kind="wallet" value={wallet.status} />}
      secondary={
        <>
          <RecordTrail list="/wallets" here={`/wallets/${wallet.id}`} />
          {powers.may('wallets.changeTier') && (
            <ActionButton
              variant="default"
              label={t('wallets.changeTier')}
              reason={reasons.tier}
              onClick={() => overlay.show('tier')}
            />
          )}
        </>
      }
      primary={
        powers.may('wallets.freeze') &&
        (wallet.frozenBy === 'staff' ? (
          <ActionButton label={t('wallets.unfreeze')} reason={reasons.unfreeze} onClick={() => overlay.show('unfreeze')} />
        ) : (
          <ActionButton
            variant="default"
            label={t('wallets.freeze')}
            reason={reasons.freeze}
            onClick={() => overlay.show('freeze')}
          />
        ))
      }
      menu={[
        ...(powers.may('wallets.unfreeze') && wallet.frozenBy === 'customer'
          ? [{ label: t('wallets.unfreeze'), reason: reasons.unfreeze, onClick: () => overlay.show('unfreeze') }]
          : []),
        ...(powers.may('wallets.close')
          ? [{ label: t('wallets.close'), danger: true, reason: reasons.close, onClick: () => overlay.show('close') }]
          : []),
      ]}
    />
  );
  return (
    <DetailLayout
      header={header}
      bars={<Notice detail={detail} />}
      aside={
        <>
          <Sums detail={detail} />
          <Details detail={detail} />
        </>
      }
    >
      <Activity walletId={wallet.id} />
      {overlay.open && <CareDialog dialog={overlay.open} detail={detail} onClose={overlay.close} />}
    </DetailLayout>
  );
}

/** One customer's wallet: its money, its limits, what moved, and what staff can do about it. */
export function WalletDetailPage({ id }: { id: string }) {
  const trpc = useTRPC();
  const detail = useQuery(trpc.wallets.get.queryOptions({ id }));
  useLive([`wallet:${id}`], { queryKeys: [trpc.wallets.get.queryKey({ id }), trpc.wallets.activity.queryKey({ walletId: id })] });
  return (
    <Loaded data={detail.data} error={shownError(detail.error)} onRetry={() => void detail.refetch()} lines={8}>
      {(found) => <Body detail={found} />}
    </Loaded>
  );
}
