'use client';
import { Checkbox, NumberInput, SegmentedControl, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { DEFAULT_PAY_DAYS, MAX_LIMIT_UNITS, POLICY_KINDS, type PolicyKind } from '../../server/domains/backorders/schema.ts';
import type { BackorderPolicyView } from '../../server/views/backorders.ts';
import type { StockPage } from '../../server/views/stock.ts';
import { useRequestKey } from '../request-key.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { EffectDialog } from '../ui/effect-dialog.tsx';
import { useMessages } from '../ui/locale.tsx';
import { useToast } from '../ui/toast.tsx';

/** What the form holds. Days are ISO dates, empty where none is said. */
interface Typed {
  readonly kind: PolicyKind;
  readonly limit: number | null;
  readonly leadDays: number | null;
  readonly releaseOn: string;
  readonly stopOn: string;
  readonly stopWithoutInbound: boolean;
  readonly stopAtWaiting: number | null;
}

const typedOf = (policy: BackorderPolicyView | undefined): Typed => ({
  kind: policy?.kind ?? 'none',
  limit: policy && policy.limitUnits > 0n ? Number(policy.limitUnits) : null,
  leadDays: policy?.leadDays ?? null,
  releaseOn: policy?.releaseOn ?? '',
  stopOn: policy?.stopOn ?? '',
  stopWithoutInbound: policy?.stopWithoutInbound ?? false,
  stopAtWaiting: policy?.stopAtWaiting == null ? null : Number(policy.stopAtWaiting),
});

function Fields({ typed, type }: { typed: Typed; type: (change: Partial<Typed>) => void }) {
  const { t } = useMessages();
  const number = (key: 'limit' | 'leadDays' | 'stopAtWaiting', max: number, required: boolean) => (
    <NumberInput
      label={t(`backorders.policy.${key}`)}
      value={typed[key] ?? ''}
      onChange={(value) => type({ [key]: typeof value === 'number' ? value : null })}
      min={key === 'leadDays' ? 0 : 1}
      max={max}
      allowDecimal={false}
      clampBehavior="strict"
      required={required}
    />
  );
  const day = (key: 'releaseOn' | 'stopOn', required: boolean) => (
    <TextInput
      type="date"
      label={t(`backorders.policy.${key}`)}
      value={typed[key]}
      onChange={(event) => type({ [key]: event.currentTarget.value })}
      required={required}
    />
  );
  return (
    <>
      <SegmentedControl
        aria-label={t('backorders.policy.kind')}
        value={typed.kind}
        onChange={(value) => type({ kind: POLICY_KINDS.find((kind) => kind === value) ?? 'none' })}
        data={POLICY_KINDS.map((value) => ({ value, label: t(`backorders.policy.kinds.${value}`) }))}
      />
      {typed.kind !== 'none' && number('limit', MAX_LIMIT_UNITS, true)}
      {typed.kind === 'backorder' && number('leadDays', 730, true)}
      {typed.kind === 'preorder' && day('releaseOn', true)}
      {typed.kind !== 'none' && day('stopOn', false)}
      {typed.kind !== 'none' && number('stopAtWaiting', MAX_LIMIT_UNITS, false)}
      {typed.kind !== 'none' && (
        <Checkbox
          label={t('backorders.policy.stopWithoutInbound')}
          checked={typed.stopWithoutInbound}
          onChange={(event) => type({ stopWithoutInbound: event.currentTarget.checked })}
        />
      )}
    </>
  );
}

/** What may be sold of a SKU beyond its stock. What was promised already stays promised, and the dialog says so. */
export function PolicyDialog({ page, onClose }: { page: StockPage; onClose: () => void }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const toast = useToast();
  const queryClient = useQueryClient();
  const request = useRequestKey();
  const { sku } = page;
  const found = useQuery(trpc.backorders.policy.queryOptions({ skuId: sku.id }));
  const [changed, setChanged] = useState<Partial<Typed>>({});
  const policy = found.data?.policies[0];
  const typed = { ...typedOf(policy), ...changed };
  const set = useMutation(
    trpc.backorders.setPolicy.mutationOptions({
      onSuccess: ({ promisedBeyond }) => {
        const keeps = promisedBeyond > 0 ? 'backorders.policy.doneKeeps' : 'backorders.policy.done';
        toast.success({ message: t(keeps, { sku: sku.code, units: promisedBeyond }) });
        onClose();
      },
      onError: (refused) => request.failed(refused),
      onSettled: () =>
        Promise.all([
          queryClient.invalidateQueries(trpc.stock.pathFilter()),
          queryClient.invalidateQueries(trpc.backorders.pathFilter()),
        ]),
    }),
  );
  const missing =
    typed.kind === 'none'
      ? null
      : typed.limit === null
        ? 'needsLimit'
        : typed.kind === 'backorder' && typed.leadDays === null
          ? 'needsLead'
          : typed.kind === 'preorder' && typed.releaseOn === ''
            ? 'needsRelease'
            : null;
  const waiting = found.data?.waiting ?? 0;
  const confirm = (note: string) =>
    set.mutate(
      request.keyed({
        merchantId: sku.merchantId,
        skuId: sku.id,
        kind: typed.kind,
        limitUnits: typed.limit ?? 0,
        ...(typed.leadDays === null ? {} : { leadDays: typed.leadDays }),
        ...(typed.releaseOn === '' ? {} : { releaseOn: typed.releaseOn }),
        ...(typed.stopOn === '' ? {} : { stopOn: typed.stopOn }),
        ...(typed.stopAtWaiting === null ? {} : { stopAtWaiting: typed.stopAtWaiting }),
        stopWithoutInbound: typed.stopWithoutInbound,
        payDays: policy?.payDays ?? DEFAULT_PAY_DAYS,
        version: policy?.version ?? 0,
        ...(note ? { note } : {}),
      }),
    );
  return (
    <EffectDialog
      opened
      onClose={onClose}
      title={t('backorders.policy.title', { sku: sku.code })}
      preview={
        found.data ? (
          <p>
            {t(waiting > 0 ? 'backorders.policy.waits' : 'backorders.policy.nothingWaits', { units: waiting })}
            {policy?.stopped === 'waiting' ? ` ${t('backorders.policy.stopped')}` : ''}
          </p>
        ) : found.error ? (
          <span />
        ) : undefined
      }
      reason={{ required: false }}
      verb={t('backorders.policy.verb')}
      blocked={missing ? t(`backorders.policy.${missing}`) : null}
      error={shownError(set.error ?? found.error)}
      busy={set.isPending}
      onConfirm={confirm}
    >
      <Fields typed={typed} type={(change) => setChanged((now) => ({ ...now, ...change }))} />
    </EffectDialog>
  );
}
