'use client';
import { useQuery } from '@tanstack/react-query';
import { mayTransfer, type TransferAction } from '../../server/domains/transfers/rules.ts';
import type { TransferPage } from '../../server/views/stock-transfers.ts';
import { useActorName } from '../actor-name.ts';
import { useLive } from '../live.tsx';
import { useOverlay } from '../overlay.ts';
import { usePowers } from '../powers.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { ActionButton } from '../ui/action-button.tsx';
import { StatusBadge } from '../ui/badge.tsx';
import { CopyText } from '../ui/copy.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { DetailLayout, KeyValue, Section } from '../ui/detail-layout.tsx';
import { useMessages } from '../ui/locale.tsx';
import { Quantity } from '../ui/money.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { Loaded } from '../ui/states.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';
import { ArriveDialog, CancelDialog, SendDialog } from './transfer-dialogs.tsx';

const why = (page: TransferPage, action: TransferAction): string | null => {
  const verdict = mayTransfer(page.status, action);
  return verdict.allowed ? null : verdict.why;
};

function Lines({ page }: { page: TransferPage }) {
  const { t } = useMessages();
  type Line = TransferPage['lines'][number];
  const figure = (key: 'requested' | 'sent' | 'received' | 'inTransit' | 'lost' | 'extra', card?: 'end'): Column<Line> => ({
    key,
    header: t(`stockWork.transfers.${key}`),
    right: true,
    card,
    cell: (line) => <Quantity value={line[key]} />,
  });
  const columns: Column<Line>[] = [
    { key: 'sku', header: t('stockWork.sku'), cell: (line) => line.skuCode, card: 'title' },
    { key: 'name', header: t('stockWork.name'), cell: (line) => line.skuName, card: 'sub' },
    figure('requested'),
    figure('sent'),
    figure('received'),
    figure('inTransit', 'end'),
    figure('lost'),
    figure('extra'),
    { key: 'reason', header: t('stockWork.transfers.reason'), cell: (line) => line.reason ?? t('ui.unknown') },
  ];
  return (
    <Section title={t('purchasing.lines')} count={page.lines.length}>
      <DataTable
        embedded
        label={t('purchasing.lines')}
        columns={columns}
        rows={page.lines}
        rowKey={(line) => line.id}
        rowLabel={(line) => line.skuCode}
        rowHref={(line) => `/stock/${encodeURIComponent(line.skuCode)}?merchant=${page.merchantId}`}
      />
    </Section>
  );
}

function Body({ page }: { page: TransferPage }) {
  const { t } = useMessages();
  const powers = usePowers();
  const actor = useActorName();
  const overlay = useOverlay(['send', 'receive', 'cancel']);
  const may = powers.may('transfers.send');
  const next = page.status === 'requested' ? 'send' : 'receive';
  const header = (
    <PageHeader
      breadcrumbs={[{ label: t('stockWork.transfers.title'), href: '/transfers' }]}
      title={<CopyText value={page.number} what={t('stockWork.transfers.number')} />}
      badges={<StatusBadge kind="transfer" value={page.status} />}
      sub={`${page.fromName} → ${page.toName} · ${page.merchantName}`}
      primary={
        may && (
          <ActionButton
            label={t(`stockWork.transfers.${next}`)}
            keys="s"
            reason={why(page, next)}
            onClick={() => overlay.show(next)}
          />
        )
      }
      menu={
        may
          ? [
              {
                label: t('stockWork.transfers.cancel'),
                danger: true,
                reason: why(page, 'cancel'),
                onClick: () => overlay.show('cancel'),
              },
            ]
          : []
      }
    />
  );
  const aside = (
    <Section title={t('purchasing.facts')}>
      <KeyValue
        items={[
          { label: t('stockWork.transfers.from'), value: `${page.fromName} (${page.fromCode})` },
          { label: t('stockWork.transfers.to'), value: `${page.toName} (${page.toCode})` },
          { label: t('stockWork.transfers.created'), value: <TimeAgo at={page.createdAt} /> },
          { label: t('stock.who'), value: actor(page.createdBy) },
          ...(page.note ? [{ label: t('purchasing.note'), value: page.note }] : []),
        ]}
      />
    </Section>
  );
  return (
    <DetailLayout header={header} aside={aside}>
      <Lines page={page} />
      {may && overlay.open === 'send' && <SendDialog page={page} onClose={overlay.close} />}
      {may && overlay.open === 'receive' && <ArriveDialog page={page} onClose={overlay.close} />}
      {may && overlay.open === 'cancel' && <CancelDialog page={page} onClose={overlay.close} />}
    </DetailLayout>
  );
}

/** One transfer by its number. */
export function TransferDetail({ number }: { number: string }) {
  const trpc = useTRPC();
  const found = useQuery(trpc.transfers.get.queryOptions({ number }));
  const id = found.data?.id;
  useLive(id ? [`transfer:${id}`] : [], { queryKeys: [trpc.transfers.get.queryKey({ number })] });
  return (
    <Loaded data={found.data} error={shownError(found.error)} onRetry={() => void found.refetch()} lines={8}>
      {(page) => <Body page={page} />}
    </Loaded>
  );
}
