'use client';
import { MultiSelect, Select, Switch } from '@mantine/core';
import {
  type ApprovalTerms,
  CAPTURES,
  type CancellationTerms,
  type CaptureTerms,
  REFUND_DESTINATIONS,
  type RefundTerms,
} from '../../server/domains/policies/schema.ts';
import type { ReturnTerms } from '../../server/domains/returns/schema.ts';
import { CANCEL_REASONS, CUSTOMER_CANCELS_UNTIL, type PolicyKind } from '../../server/kernel/vocabulary.ts';
import type { TermsByKind } from '../../server/views/policies.ts';
import { QuantityInput } from '../ui/form-fields.tsx';
import { useMessages } from '../ui/locale.tsx';
import { AmountField, type FieldsProps, ShareField } from './policy-inputs.tsx';
import { ReturnFields } from './return-fields.tsx';

/** The fields of a policy, by its kind. */
export function PolicyFields<K extends PolicyKind>({ kind, ...rest }: { readonly kind: K } & FieldsProps<TermsByKind[K]>) {
  const props = rest as unknown;
  if (kind === 'cancellation') return <CancellationFields {...(props as FieldsProps<CancellationTerms>)} />;
  if (kind === 'refund') return <RefundFields {...(props as FieldsProps<RefundTerms>)} />;
  if (kind === 'capture') return <CaptureFields {...(props as FieldsProps<CaptureTerms>)} />;
  if (kind === 'approval') return <ApprovalFields {...(props as FieldsProps<ApprovalTerms>)} />;
  return <ReturnFields {...(props as FieldsProps<ReturnTerms>)} />;
}

function CancellationFields({ terms, currency, onChange }: FieldsProps<CancellationTerms>) {
  const { t } = useMessages();
  const change = (more: Partial<CancellationTerms>) => onChange({ ...terms, ...more });
  return (
    <>
      <Select
        label={t('policies.cancellation.until')}
        data={CUSTOMER_CANCELS_UNTIL.map((value) => ({ value, label: t(`policies.cancellation.untils.${value}`) }))}
        value={terms.customerUntil}
        allowDeselect={false}
        onChange={(value) => change({ customerUntil: value as CancellationTerms['customerUntil'] })}
      />
      <QuantityInput
        label={t('policies.cancellation.remorse')}
        description={t('policies.cancellation.remorseHint')}
        value={terms.remorseMinutes}
        max={20_160}
        onChange={(minutes) => change({ remorseMinutes: minutes ?? 0 })}
      />
      <Switch
        label={t('policies.cancellation.hold')}
        disabled={terms.remorseMinutes === 0}
        checked={terms.holdGoods}
        onChange={(event) => change({ holdGoods: event.currentTarget.checked })}
      />
      <AmountField
        label={t('policies.cancellation.fee')}
        description={t('policies.cancellation.feeHint')}
        currency={currency}
        amounts={terms.feeMinor}
        onChange={(feeMinor) => change({ feeMinor })}
      />
      <ShareField
        label={t('policies.cancellation.share')}
        description={t('policies.cancellation.shareHint')}
        bps={terms.feeBps}
        onChange={(feeBps) => change({ feeBps })}
      />
      <Switch
        label={t('policies.cancellation.agents')}
        checked={terms.agentCharges}
        onChange={(event) => change({ agentCharges: event.currentTarget.checked })}
      />
      <MultiSelect
        label={t('policies.cancellation.reasons')}
        data={CANCEL_REASONS.map((value) => ({ value, label: t(`actions.cancel.reasons.${value}`) }))}
        value={[...terms.reasons]}
        error={terms.reasons.length === 0 ? t('ui.required') : undefined}
        onChange={(reasons) => change({ reasons: CANCEL_REASONS.filter((one) => reasons.includes(one)) })}
      />
    </>
  );
}

function RefundFields({ terms, currency, onChange }: FieldsProps<RefundTerms>) {
  const { t } = useMessages();
  return (
    <>
      <Select
        label={t('policies.refund.destination')}
        data={REFUND_DESTINATIONS.map((value) => ({ value, label: t(`policies.refund.destinations.${value}`) }))}
        value={terms.destination}
        allowDeselect={false}
        onChange={(value) => onChange({ ...terms, destination: value as RefundTerms['destination'] })}
      />
      <QuantityInput
        label={t('policies.refund.alone')}
        description={t('policies.refund.aloneHint')}
        value={terms.aloneDays}
        max={3650}
        onChange={(aloneDays) => onChange({ ...terms, aloneDays })}
      />
      <AmountField
        label={t('policies.refund.goodwill')}
        description={t('policies.refund.goodwillHint')}
        currency={currency}
        amounts={terms.goodwillMinor}
        onChange={(goodwillMinor) => onChange({ ...terms, goodwillMinor })}
      />
    </>
  );
}

function CaptureFields({ terms, onChange }: FieldsProps<CaptureTerms>) {
  const { t } = useMessages();
  return (
    <Select
      label={t('policies.capture.when')}
      data={CAPTURES.map((value) => ({ value, label: t(`policies.capture.whens.${value}`) }))}
      value={terms.when}
      allowDeselect={false}
      onChange={(value) => onChange({ when: value as CaptureTerms['when'] })}
    />
  );
}

function ApprovalFields({ terms, currency, onChange }: FieldsProps<ApprovalTerms>) {
  const { t } = useMessages();
  return (
    <>
      <AmountField
        label={t('policies.approval.refunds')}
        description={t('policies.approval.refundsHint')}
        currency={currency}
        amounts={terms.refundsMinor}
        onChange={(refundsMinor) => onChange({ ...terms, refundsMinor })}
      />
      <AmountField
        label={t('policies.approval.cancellations')}
        description={t('policies.approval.cancellationsHint')}
        currency={currency}
        amounts={terms.cancellationsMinor}
        onChange={(cancellationsMinor) => onChange({ ...terms, cancellationsMinor })}
      />
    </>
  );
}
