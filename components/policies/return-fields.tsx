'use client';
import { Select, Switch, TagsInput } from '@mantine/core';
import { LABEL_PAYERS, RETURN_DESTINATIONS, type ReturnTerms } from '../../server/domains/returns/schema.ts';
import { MoneyInput, QuantityInput } from '../ui/form-fields.tsx';
import { useMessages } from '../ui/locale.tsx';
import { type FieldsProps, ShareField } from './policy-inputs.tsx';

/** On which terms goods are taken back. */
export function ReturnFields({ terms, currency, onChange }: FieldsProps<ReturnTerms>) {
  const { t } = useMessages();
  const change = (more: Partial<ReturnTerms>) => onChange({ ...terms, ...more });
  return (
    <>
      <QuantityInput
        label={t('policies.returns.window')}
        description={t('policies.returns.windowHint')}
        value={terms.windowDays}
        max={3650}
        onChange={(days) => change({ windowDays: days ?? 0 })}
      />
      <QuantityInput
        label={t('policies.returns.send')}
        value={terms.sendWithinDays}
        min={1}
        max={365}
        onChange={(days) => change({ sendWithinDays: days ?? 1 })}
      />
      <ShareField
        label={t('policies.returns.restocking')}
        description={t('policies.returns.restockingHint')}
        bps={terms.restockingBps}
        onChange={(restockingBps) => change({ restockingBps })}
      />
      <Select
        label={t('policies.returns.payer')}
        data={LABEL_PAYERS.map((value) => ({ value, label: t(`policies.returns.payers.${value}`) }))}
        value={terms.labelPayer}
        allowDeselect={false}
        onChange={(value) => change({ labelPayer: value as ReturnTerms['labelPayer'] })}
      />
      {terms.labelPayer === 'customer' && (
        <MoneyInput
          label={t('policies.returns.labelFee')}
          currency={currency}
          value={terms.labelFeeMinor}
          onChange={(minor) => change({ labelFeeMinor: minor ?? 0n })}
        />
      )}
      <Select
        label={t('policies.returns.destination')}
        data={RETURN_DESTINATIONS.map((value) => ({ value, label: t(`policies.refund.destinations.${value}`) }))}
        value={terms.destination}
        allowDeselect={false}
        onChange={(value) => change({ destination: value as ReturnTerms['destination'] })}
      />
      <Switch
        label={t('policies.returns.exchanges')}
        checked={terms.exchanges}
        onChange={(event) => change({ exchanges: event.currentTarget.checked })}
      />
      <Switch
        label={t('policies.returns.auto')}
        checked={terms.autoApprove}
        onChange={(event) => change({ autoApprove: event.currentTarget.checked })}
      />
      <TagsInput
        label={t('policies.returns.finalSale')}
        description={t('policies.returns.finalSaleHint')}
        value={[...terms.finalSale]}
        onChange={(finalSale) => change({ finalSale })}
      />
    </>
  );
}
