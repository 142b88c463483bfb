'use client';
import { Select } from '@mantine/core';
import { useState } from 'react';
import { useNodes } from '../stock/lines-field.tsx';
import { useMessages } from '../ui/locale.tsx';
import { StockFileDialog } from './file-dialog.tsx';

interface Props {
  readonly onClose: () => void;
}

/** The merchants whose nodes one sees, which the warehouse sees too, and the one that is chosen or the only one there is. */
function useMerchantOfNodes() {
  const merchants = [...new Map(useNodes().map(({ merchantId, merchantName }) => [merchantId, merchantName]))];
  const [chosen, choose] = useState<string | null>(null);
  return { id: chosen ?? (merchants.length === 1 ? (merchants[0]?.[0] ?? null) : null), choose, merchants };
}

function MerchantChoice({ merchant }: { merchant: ReturnType<typeof useMerchantOfNodes> }) {
  const { t } = useMessages();
  if (merchant.merchants.length < 2) return null;
  return (
    <Select
      label={t('stockIo.low.merchant')}
      data={merchant.merchants.map(([value, label]) => ({ value, label }))}
      value={merchant.id}
      onChange={merchant.choose}
      allowDeselect={false}
      required
    />
  );
}

/** Levels of a merchant, out and in: what was counted, what is kept back, where goods lie, and when they are ordered again. */
export function LevelsFileDialog({ onClose }: Props) {
  const { t } = useMessages();
  const merchant = useMerchantOfNodes();
  return (
    <StockFileDialog
      title={t('stockIo.levelsTitle')}
      kind="levels"
      target={merchant.id === null ? null : { kind: 'levels', merchantId: merchant.id }}
      exportHref={merchant.id && `/api/exports/stock-levels.csv?merchant=${merchant.id}`}
      exportLabel={t('stockIo.levelsExport')}
      hint={t('stockIo.levelsHint')}
      onClose={onClose}
    >
      <MerchantChoice merchant={merchant} />
    </StockFileDialog>
  );
}

/** Purchase orders of a merchant from a file: drafts, one per supplier, node and day. */
export function PurchasesFileDialog({ onClose }: Props) {
  const { t } = useMessages();
  const merchant = useMerchantOfNodes();
  return (
    <StockFileDialog
      title={t('stockIo.purchasesTitle')}
      kind="purchase_orders"
      target={merchant.id === null ? null : { kind: 'purchase_orders', merchantId: merchant.id }}
      exportHref="/api/exports/purchase-orders.csv"
      exportLabel={t('stockIo.purchasesExport')}
      hint={t('stockIo.purchasesHint')}
      onClose={onClose}
    >
      <MerchantChoice merchant={merchant} />
    </StockFileDialog>
  );
}
