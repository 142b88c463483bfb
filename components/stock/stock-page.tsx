'use client';
import { useQuery } from '@tanstack/react-query';
import type { NodeLevel, StockPage } from '../../server/views/stock.ts';
import { PolicyDialog } from '../backorders/policy-dialog.tsx';
import { useLive } from '../live.tsx';
import { useOverlay } from '../overlay.ts';
import { usePowers } from '../powers.ts';
import { ReorderDialog, ReorderPoints } from '../replenishment/reorder-points.tsx';
import { shownError, useTRPC } from '../trpc.tsx';
import { ActionButton } from '../ui/action-button.tsx';
import { CopyText } from '../ui/copy.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { DetailLayout, KeyValue, Section } from '../ui/detail-layout.tsx';
import { useMessages } from '../ui/locale.tsx';
import { Quantity } from '../ui/money.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { EmptyState, Loaded } from '../ui/states.tsx';
import { AdjustDialog } from './adjust-dialog.tsx';
import { PromiseHolders } from './promise-holders.tsx';
import { PromisesPanel } from './promises-panel.tsx';
import { StockBanner } from './stock-banner.tsx';
import { StockChannels } from './stock-channels.tsx';
import { StockChart } from './stock-chart.tsx';
import { StockInbound } from './stock-inbound.tsx';
import { StockLots, TrackLotsDialog } from './stock-lots.tsx';
import { StockMovements } from './stock-movements.tsx';
import { ChannelDialog, SafetyDialog } from './supply-rule-dialogs.tsx';

function Levels({ nodes }: { nodes: readonly NodeLevel[] }) {
  const { t } = useMessages();
  const total = (key: 'onHand' | 'allocated' | 'safety' | 'short') => nodes.reduce((sum, node) => sum + node[key], 0n);
  const figure = (key: 'onHand' | 'allocated' | 'safety' | 'short'): Column<NodeLevel> => ({
    key,
    header: t(`stock.${key}`),
    right: true,
    cell: (node) => <Quantity value={node[key]} />,
    footer: <Quantity value={total(key)} />,
  });
  const columns: Column<NodeLevel>[] = [
    { key: 'node', header: t('stock.node'), cell: (node) => `${node.nodeName} (${node.nodeCode})` },
    { key: 'bin', header: t('stock.bin'), cell: (node) => node.bin ?? t('ui.unknown') },
    figure('onHand'),
    figure('allocated'),
    figure('safety'),
    figure('short'),
  ];
  return (
    <Section title={t('stock.levels')} count={nodes.length}>
      {nodes.length === 0 ? (
        <EmptyState compact title={t('stock.levels')} reason={t('stock.noLevels')} />
      ) : (
        <DataTable
          embedded
          label={t('stock.levels')}
          columns={columns}
          rows={nodes}
          rowKey={(node) => node.nodeId}
          rowLabel={(node) => node.nodeCode}
        />
      )}
    </Section>
  );
}

function Supply({ supply }: { supply: StockPage['supply'] }) {
  const { t } = useMessages();
  return (
    <Section title={t('stock.supply')}>
      {supply.length === 0 && <EmptyState compact title={t('stock.supply')} reason={t('stock.noSupply')} />}
      {supply.map((region) => (
        <KeyValue
          key={region.region}
          figures
          items={[
            { label: t('stock.region'), value: region.region },
            { label: t('stock.sellable'), value: <Quantity value={region.sellable} /> },
            { label: t('stock.limitOver'), value: <Quantity value={region.limitOver} /> },
            { label: t('stock.promised'), value: <Quantity value={-region.promised} /> },
            { label: t('stock.shortfall'), value: <Quantity value={region.shortfall} /> },
            { label: t('stock.available'), value: <Quantity value={region.available} />, strong: true },
          ]}
        />
      ))}
    </Section>
  );
}

function Body({ page }: { page: StockPage }) {
  const { t } = useMessages();
  const { sku } = page;
  const powers = usePowers();
  const overlay = useOverlay(['adjust', 'safety', 'channel', 'policy', 'lots', 'reorder']);
  const product = `/products/${encodeURIComponent(sku.code)}?merchant=${sku.merchantId}`;
  const header = (
    <PageHeader
      breadcrumbs={[{ label: t('stock.title'), href: '/stock' }]}
      title={<CopyText value={sku.code} what={t('stock.sku')} />}
      sub={`${sku.name} · ${sku.merchantName}`}
      primary={
        powers.may('stock.adjust') && (
          <ActionButton
            label={t('actions.stock.button')}
            keys="a"
            reason={sku.stocked ? null : t('products.notStocked')}
            onClick={() => overlay.show('adjust')}
          />
        )
      }
      menu={[
        ...(powers.may('promises.setSafety') && page.nodes.length > 0
          ? [{ label: t('stock.promises.safetyVerb'), onClick: () => overlay.show('safety') }]
          : []),
        ...(powers.may('promises.setChannel') && sku.stocked
          ? [{ label: t('stock.promises.channelVerb'), onClick: () => overlay.show('channel') }]
          : []),
        ...(powers.may('backorders.setPolicy') && sku.stocked
          ? [{ label: t('backorders.policy.button'), onClick: () => overlay.show('policy') }]
          : []),
        ...(powers.may('replenishment.setPoints') && sku.stocked
          ? [{ label: t('stockIo.reorder.button'), onClick: () => overlay.show('reorder') }]
          : []),
        { label: t('stock.openProduct'), href: product },
        ...(powers.may('stock.trackLots') && sku.stocked
          ? [{ label: t('stockWork.lots.track'), onClick: () => overlay.show('lots') }]
          : []),
      ]}
    />
  );
  return (
    <DetailLayout
      header={header}
      bars={<StockBanner page={page} />}
      aside={
        <>
          <Supply supply={page.supply} />
          {sku.stocked && <StockInbound skuId={sku.id} />}
          {sku.stocked && <StockChannels skuId={sku.id} />}
        </>
      }
    >
      {sku.stocked && <StockChart sku={sku} />}
      <Levels nodes={page.nodes} />
      {sku.stocked && <PromisesPanel page={page} />}
      {sku.stocked && <PromiseHolders skuId={sku.id} />}
      {sku.stocked && <ReorderPoints skuId={sku.id} />}
      <StockLots skuId={sku.id} />
      <StockMovements skuId={sku.id} />
      {overlay.open === 'safety' && powers.may('promises.setSafety') && <SafetyDialog page={page} onClose={overlay.close} />}
      {overlay.open === 'channel' && powers.may('promises.setChannel') && <ChannelDialog page={page} onClose={overlay.close} />}
      {overlay.open === 'policy' && powers.may('backorders.setPolicy') && <PolicyDialog page={page} onClose={overlay.close} />}
      {overlay.open === 'adjust' && powers.may('stock.adjust') && (
        <AdjustDialog sku={sku} nodeId={page.nodes[0]?.nodeId} onClose={overlay.close} />
      )}
      {overlay.open === 'reorder' && powers.may('replenishment.setPoints') && <ReorderDialog sku={sku} onClose={overlay.close} />}
      {overlay.open === 'lots' && powers.may('stock.trackLots') && (
        <TrackLotsDialog skuId={sku.id} code={sku.code} onClose={overlay.close} />
      )}
    </DetailLayout>
  );
}

/** One SKU's stock. `merchantId` picks the merchant where several use the code. */
export function StockDetail(props: { code: string; merchantId: string | undefined }) {
  const trpc = useTRPC();
  const stock = useQuery(trpc.stock.get.queryOptions(props));
  const id = stock.data?.sku.id;
  useLive(id ? [`sku:${id}`, 'order'] : [], { queryKeys: [trpc.stock.get.queryKey(props), trpc.stock.movements.queryKey()] });
  return (
    <Loaded data={stock.data} error={shownError(stock.error)} onRetry={() => void stock.refetch()} lines={10}>
      {(page) => <Body page={page} />}
    </Loaded>
  );
}
