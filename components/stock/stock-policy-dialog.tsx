'use client';
import { Switch } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { StockPolicyPreview, StockPolicyRow } from '../../server/views/stock-policies.ts';
import { useRequestKey } from '../request-key.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { EffectDialog } from '../ui/effect-dialog.tsx';
import { QuantityInput } from '../ui/form-fields.tsx';
import { useMessages } from '../ui/locale.tsx';
import { useToast } from '../ui/toast.tsx';

const MOST_PERCENT = 100;
const MOST_DAYS = 3650;
const MOST_UNITS = 10_000_000;
const MOST_MINUTES = 60;

interface Wish {
  readonly over: number | null;
  readonly limit: number | null;
  readonly days: number | null;
  readonly inbound: boolean;
  readonly minutes: number | null;
}

const within = (value: number | null, most: number): boolean => value !== null && value >= 0 && value <= most;

function Effect({ wish, preview }: { wish: Wish; preview: StockPolicyPreview }) {
  const { t } = useMessages();
  const low = wish.inbound ? preview.lowWithInbound : preview.lowWithoutInbound;
  return (
    <ul>
      <li>{t('stockPolicy.effects.over', { percent: wish.over ?? 0 })}</li>
      <li>
        {wish.limit === null
          ? t('stockPolicy.effects.noLimit')
          : t('stockPolicy.effects.waiting', { count: preview.waiting, of: preview.differences })}
      </li>
      <li>{t('stockPolicy.effects.expiring', { count: preview.expiring })}</li>
      <li>{t('stockPolicy.effects.low', { count: low })}</li>
    </ul>
  );
}

/** Changes how a merchant looks after its stock; says what that would mean today. */
export function StockPolicyDialog({ policy, onClose }: { policy: StockPolicyRow; onClose: () => void }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const toast = useToast();
  const queryClient = useQueryClient();
  const request = useRequestKey();
  const [wish, setWish] = useState<Wish>({
    over: policy.overReceiptPercent,
    limit: policy.countLimitUnits === null ? null : Number(policy.countLimitUnits),
    days: policy.expiryWarningDays,
    inbound: policy.lowCountsInbound,
    minutes: policy.cartMinutes,
  });
  const change = (more: Partial<Wish>) => setWish((before) => ({ ...before, ...more }));
  const limitIsRight = wish.limit === null || within(wish.limit, MOST_UNITS);
  const minutesAreRight = within(wish.minutes, MOST_MINUTES) && wish.minutes !== 0;
  const right = within(wish.over, MOST_PERCENT) && within(wish.days, MOST_DAYS) && limitIsRight && minutesAreRight;
  const { merchantId } = policy;
  const asked = { merchantId, expiryWarningDays: wish.days ?? 0, countLimitUnits: wish.limit };
  const preview = useQuery(
    trpc.stockPolicies.preview.queryOptions(asked, { enabled: right, placeholderData: (before) => before }),
  );
  const save = useMutation(
    trpc.stockPolicies.save.mutationOptions({
      onSuccess: () => {
        toast.success({ message: t('stockPolicy.saved', { merchant: policy.merchantName }) });
        onClose();
      },
      onError: request.failed,
      onSettled: () => queryClient.invalidateQueries(trpc.stockPolicies.pathFilter()),
    }),
  );
  return (
    <EffectDialog
      opened
      onClose={onClose}
      title={t('stockPolicy.changeNamed', { merchant: policy.merchantName })}
      preview={right ? preview.data && <Effect wish={wish} preview={preview.data} /> : null}
      verb={t('stockPolicy.save')}
      blocked={right ? null : t('stockPolicy.outside')}
      error={shownError(save.error) ?? shownError(preview.error)}
      busy={save.isPending}
      onConfirm={() =>
        save.mutate(
          request.keyed({
            merchantId,
            version: Number(policy.version),
            overReceiptPercent: wish.over ?? 0,
            countLimitUnits: wish.limit,
            expiryWarningDays: wish.days ?? 0,
            lowCountsInbound: wish.inbound,
            cartMinutes: wish.minutes ?? policy.cartMinutes,
          }),
        )
      }
    >
      <QuantityInput
        label={t('stockPolicy.overField')}
        description={t('stockPolicy.overHint')}
        value={wish.over}
        max={MOST_PERCENT}
        onChange={(over) => change({ over })}
      />
      <QuantityInput
        label={t('stockPolicy.limitField')}
        description={t('stockPolicy.limitHint')}
        value={wish.limit}
        max={MOST_UNITS}
        onChange={(limit) => change({ limit })}
      />
      <QuantityInput
        label={t('stockPolicy.daysField')}
        description={t('stockPolicy.daysHint')}
        value={wish.days}
        max={MOST_DAYS}
        onChange={(days) => change({ days })}
      />
      <QuantityInput
        label={t('stockPolicy.cartField')}
        description={t('stockPolicy.cartHint')}
        value={wish.minutes}
        min={1}
        max={MOST_MINUTES}
        onChange={(minutes) => change({ minutes })}
      />
      <Switch
        label={t('stockPolicy.inboundField')}
        description={t('stockPolicy.inboundHint')}
        checked={wish.inbound}
        onChange={(event) => change({ inbound: event.currentTarget.checked })}
      />
    </EffectDialog>
  );
}
