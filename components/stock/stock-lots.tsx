'use client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { LotRow } from '../../server/views/lots.ts';
import { useRequestKey } from '../request-key.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { Section } from '../ui/detail-layout.tsx';
import { EffectDialog } from '../ui/effect-dialog.tsx';
import { useMessages } from '../ui/locale.tsx';
import { Quantity } from '../ui/money.tsx';
import { useToast } from '../ui/toast.tsx';

/** The lots of a SKU that is tracked by lot, what expires first first; nothing of one that is not. */
export function StockLots({ skuId }: { skuId: string }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const lots = useQuery(trpc.stock.lots.queryOptions({ skuId }));
  if (!lots.data) return null;
  const columns: Column<LotRow>[] = [
    { key: 'lot', header: t('stockWork.lots.lot'), cell: (row) => row.code || t('stockWork.lots.unnamed'), card: 'title' },
    { key: 'node', header: t('stockWork.node'), cell: (row) => row.nodeCode, card: 'sub' },
    { key: 'expires', header: t('stockWork.lots.expires'), cell: (row) => row.expiresOn ?? t('ui.unknown'), card: 'endSub' },
    { key: 'onHand', header: t('stockWork.onHand'), right: true, cell: (row) => <Quantity value={row.onHand} />, card: 'end' },
    { key: 'expired', header: t('stockWork.lots.expired'), right: true, cell: (row) => <Quantity value={row.expired} /> },
  ];
  return (
    <Section title={t('stockWork.lots.title')} count={lots.data.length}>
      <DataTable
        embedded
        label={t('stockWork.lots.title')}
        columns={columns}
        rows={lots.data}
        rowKey={(row) => row.id}
        rowLabel={(row) => row.code || row.nodeCode}
      />
    </Section>
  );
}

/** Keeps a SKU by lot from now on. */
export function TrackLotsDialog(props: { readonly skuId: string; readonly code: string; readonly onClose: () => void }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const toast = useToast();
  const queryClient = useQueryClient();
  const request = useRequestKey();
  const { skuId, code: sku } = props;
  const track = useMutation(
    trpc.stock.trackLots.mutationOptions({
      onSuccess: () => {
        toast.success({ message: t('stockWork.lots.tracked', { sku }) });
        props.onClose();
      },
      onError: request.failed,
      onSettled: () => queryClient.invalidateQueries(trpc.stock.pathFilter()),
    }),
  );
  return (
    <EffectDialog
      opened
      onClose={props.onClose}
      title={t('stockWork.lots.trackTitle', { sku })}
      preview={<p>{t('stockWork.lots.trackEffect')}</p>}
      verb={t('stockWork.lots.trackVerb', { sku })}
      error={shownError(track.error)}
      busy={track.isPending}
      onConfirm={() => track.mutate(request.keyed({ skuId }))}
    />
  );
}
