'use client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { mayPurchase } from '../../server/domains/purchasing/rules.ts';
import type { PurchaseLineView, PurchaseOrderPage, ReceiptView } from '../../server/views/purchase-orders.ts';
import { useActorName } from '../actor-name.ts';
import { useLive } from '../live.tsx';
import { useOverlay } from '../overlay.ts';
import { usePowers } from '../powers.ts';
import { useRequestKey } from '../request-key.ts';
import { StockFileDialog } from '../stock-files/file-dialog.tsx';
import { shownError, useTRPC } from '../trpc.tsx';
import { ActionButton } from '../ui/action-button.tsx';
import { StatusBadge } from '../ui/badge.tsx';
import { CopyText } from '../ui/copy.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { DetailLayout, KeyValue, Section } from '../ui/detail-layout.tsx';
import { EffectDialog } from '../ui/effect-dialog.tsx';
import { useMessages } from '../ui/locale.tsx';
import { Quantity } from '../ui/money.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { EmptyState, Loaded } from '../ui/states.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';
import { useToast } from '../ui/toast.tsx';
import { EditPurchaseDialog } from './edit-purchase-dialog.tsx';
import { ReceiveDialog } from './receive-dialog.tsx';

const STEPS = ['order', 'cancel', 'close'] as const;
type Step = (typeof STEPS)[number];

function Lines({ page }: { page: PurchaseOrderPage }) {
  const { t } = useMessages();
  const figure = (key: 'ordered' | 'received' | 'damaged' | 'cancelled' | 'open', card?: 'end'): Column<PurchaseLineView> => ({
    key,
    header: t(`purchasing.${key}`),
    right: true,
    card,
    cell: (line) => <Quantity value={line[key]} />,
    footer: <Quantity value={page.lines.reduce((sum, line) => sum + line[key], 0n)} />,
  });
  const columns: Column<PurchaseLineView>[] = [
    { key: 'sku', header: t('stockWork.sku'), cell: (line) => line.skuCode, card: 'title' },
    { key: 'name', header: t('stockWork.name'), cell: (line) => line.skuName, card: 'sub' },
    figure('ordered'),
    figure('received'),
    figure('damaged'),
    figure('cancelled'),
    figure('open', 'end'),
    {
      key: 'cost',
      header: `${t('purchasing.unitCost')} (${page.currency})`,
      right: true,
      cell: (line) => <span className="wb-number">{line.unitCost ?? t('ui.unknown')}</span>,
    },
    {
      key: 'expected',
      header: t('purchasing.expected'),
      cell: (line) => line.expectedOn ?? page.expectedOn ?? t('purchasing.noDay'),
    },
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

function Receipts({ receipts }: { receipts: readonly ReceiptView[] }) {
  const { t } = useMessages();
  const actor = useActorName();
  type Row = ReceiptView['lines'][number] & { readonly key: string; readonly receipt: ReceiptView };
  const rows: Row[] = receipts.flatMap((receipt) =>
    receipt.lines.map((line, index) => ({ ...line, receipt, key: `${receipt.id}:${index}` })),
  );
  const columns: Column<Row>[] = [
    { key: 'when', header: t('stock.when'), cell: (row) => <TimeAgo at={row.receipt.at} />, card: 'sub' },
    { key: 'sku', header: t('stockWork.sku'), cell: (row) => row.skuCode, card: 'title' },
    {
      key: 'received',
      header: t('purchasing.received'),
      right: true,
      cell: (row) => <Quantity value={row.received} />,
      card: 'end',
    },
    { key: 'damaged', header: t('purchasing.damaged'), right: true, cell: (row) => <Quantity value={row.damaged} /> },
    { key: 'who', header: t('stock.who'), cell: (row) => actor(row.receipt.actor), card: 'endSub' },
  ];
  return (
    <Section title={t('purchasing.receipts')} count={receipts.length}>
      {rows.length === 0 ? (
        <EmptyState compact title={t('purchasing.receipts')} reason={t('purchasing.noReceipts')} />
      ) : (
        <DataTable
          embedded
          label={t('purchasing.receipts')}
          columns={columns}
          rows={rows}
          rowKey={(row) => row.key}
          rowLabel={(row) => row.skuCode}
        />
      )}
    </Section>
  );
}

function StepDialog({ page, step, onClose }: { page: PurchaseOrderPage; step: Step; onClose: () => void }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const toast = useToast();
  const queryClient = useQueryClient();
  const request = useRequestKey();
  const { number } = page;
  const move = useMutation(
    trpc.purchaseOrders.move.mutationOptions({
      onSuccess: () => {
        toast.success({ message: t(`purchasing.steps.${step}.done`, { number }) });
        onClose();
      },
      onError: request.failed,
      onSettled: () => queryClient.invalidateQueries(trpc.purchaseOrders.pathFilter()),
    }),
  );
  return (
    <EffectDialog
      opened
      onClose={onClose}
      title={t(`purchasing.steps.${step}.title`, { number })}
      preview={<p>{t(`purchasing.steps.${step}.effect`)}</p>}
      {...(step === 'order' ? {} : { reason: { required: true } })}
      verb={t(`purchasing.steps.${step}.verb`, { number })}
      danger={step === 'cancel'}
      error={shownError(move.error)}
      busy={move.isPending}
      onConfirm={(reason) => move.mutate(request.keyed({ purchaseOrderId: page.id, step, reason: reason || undefined }))}
    />
  );
}

const isStep = (open: string): open is Step => (STEPS as readonly string[]).includes(open);

const why = (page: PurchaseOrderPage, action: Parameters<typeof mayPurchase>[1]): string | null => {
  const verdict = mayPurchase(page.status, action);
  return verdict.allowed ? null : verdict.why;
};

function Body({ page }: { page: PurchaseOrderPage }) {
  const { t } = useMessages();
  const powers = usePowers();
  const actor = useActorName();
  const overlay = useOverlay(['receive', 'edit', 'file', ...STEPS]);
  const { open } = overlay;
  const may = powers.may('purchaseOrders.receive');
  const first = page.status === 'draft' ? 'order' : 'receive';
  const header = (
    <PageHeader
      breadcrumbs={[{ label: t('purchasing.title'), href: '/purchase-orders' }]}
      title={<CopyText value={page.number} what={t('purchasing.number')} />}
      badges={<StatusBadge kind="purchase" value={page.status} />}
      sub={`${page.supplier} · ${page.merchantName}`}
      primary={
        may && (
          <ActionButton
            label={first === 'order' ? t('purchasing.steps.order.button') : t('purchasing.receive')}
            keys="r"
            reason={why(page, first)}
            onClick={() => overlay.show(first)}
          />
        )
      }
      menu={
        may
          ? [
              { label: t('stockIo.edit.button'), reason: why(page, 'edit'), onClick: () => overlay.show('edit') },
              { label: t('stockIo.importButton'), reason: why(page, 'receive'), onClick: () => overlay.show('file') },
              ...(['close', 'cancel'] as const).map((step) => ({
                label: t(`purchasing.steps.${step}.button`),
                reason: why(page, step),
                danger: step === 'cancel',
                onClick: () => overlay.show(step),
              })),
            ]
          : []
      }
    />
  );
  const aside = (
    <Section title={t('purchasing.facts')}>
      <KeyValue
        items={[
          { label: t('purchasing.node'), value: `${page.nodeName} (${page.nodeCode})` },
          { label: t('purchasing.expected'), value: page.expectedOn ?? t('purchasing.noDay') },
          { label: t('purchasing.created'), value: <TimeAgo at={page.createdAt} /> },
          { label: t('stock.who'), value: actor(page.createdBy) },
          ...(page.note ? [{ label: t('purchasing.note'), value: page.note }] : []),
        ]}
      />
    </Section>
  );
  return (
    <DetailLayout header={header} aside={aside}>
      <Lines page={page} />
      <Receipts receipts={page.receipts} />
      {may && open === 'receive' && <ReceiveDialog page={page} onClose={overlay.close} />}
      {may && open === 'edit' && <EditPurchaseDialog page={page} onClose={overlay.close} />}
      {may && open === 'file' && (
        <StockFileDialog
          title={t('stockIo.receiptTitle', { number: page.number })}
          kind="receipt"
          target={{ kind: 'receipt', purchaseOrderId: page.id }}
          exportHref={`/api/exports/purchase-receipt.csv?number=${page.number}`}
          exportLabel={t('stockIo.receiptExport')}
          onClose={overlay.close}
        />
      )}
      {may && open && isStep(open) && <StepDialog page={page} step={open} onClose={overlay.close} />}
    </DetailLayout>
  );
}

/** One purchase order by its number. */
export function PurchaseOrderDetail({ number }: { number: string }) {
  const trpc = useTRPC();
  const found = useQuery(trpc.purchaseOrders.get.queryOptions({ number }));
  const id = found.data?.id;
  useLive(id ? [`purchase_order:${id}`] : [], { queryKeys: [trpc.purchaseOrders.get.queryKey({ number })] });
  return (
    <Loaded data={found.data} error={shownError(found.error)} onRetry={() => void found.refetch()} lines={8}>
      {(page) => <Body page={page} />}
    </Loaded>
  );
}
