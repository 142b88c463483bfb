'use client';
import { Select, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { REDIRECTS, type Redirect } from '../../server/domains/refunds/schema.ts';
import type { OrderPage } from '../../server/views/order.ts';
import type { RefundLegView, RefundView } from '../../server/views/order-money.ts';
import { usePowers } from '../powers.ts';
import { useRequestKey } from '../request-key.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { ActionButton } from '../ui/action-button.tsx';
import { EffectDialog } from '../ui/effect-dialog.tsx';
import { useFormat, useMessages } from '../ui/locale.tsx';
import classes from './order-page.module.css';

interface About {
  readonly order: Pick<OrderPage['order'], 'id'>;
  readonly refund: Pick<RefundView, 'id' | 'number' | 'currency'>;
  readonly leg: RefundLegView;
}

function Dialog({ order, refund, leg, onClose }: About & { onClose: () => void }) {
  const { t } = useMessages();
  const format = useFormat();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const request = useRequestKey();
  const [to, setTo] = useState<Redirect>('store_credit');
  const [reference, setReference] = useState('');
  const redirect = useMutation(
    trpc.orders.redirectRefund.mutationOptions({
      onSuccess: onClose,
      onError: request.failed,
      onSettled: () => void queryClient.invalidateQueries(trpc.orders.pathFilter()),
    }),
  );
  const said = reference.trim();
  return (
    <EffectDialog
      opened
      onClose={onClose}
      title={t('orders.redirect.title', { amount: format.money(leg.amountMinor, refund.currency), number: refund.number })}
      preview={<p>{t(`orders.redirect.effects.${to}`)}</p>}
      verb={t('orders.redirect.verb')}
      blocked={to === 'by_hand' && said.length < 3 ? t('orders.redirect.referenceFirst') : null}
      error={shownError(redirect.error)}
      busy={redirect.isPending}
      onConfirm={() =>
        redirect.mutate(
          request.keyed({
            ...{ orderId: order.id, refundId: refund.id, legId: leg.id, to },
            ...(to === 'by_hand' ? { reference: said } : {}),
          }),
        )
      }
    >
      <p>{leg.failure?.message ?? leg.failure?.code}</p>
      <Select
        label={t('orders.redirect.to')}
        data={REDIRECTS.map((value) => ({ value, label: t(`orders.redirect.targets.${value}`) }))}
        value={to}
        onChange={(value) => value && setTo(value)}
        allowDeselect={false}
      />
      {to === 'by_hand' && (
        <TextInput
          label={t('orders.redirect.reference')}
          value={reference}
          onChange={(event) => setReference(event.currentTarget.value)}
        />
      )}
    </EffectDialog>
  );
}

/** A part of a refund that its tender does not take: somebody says where it goes. */
export function RedirectLeg(about: About) {
  const { t } = useMessages();
  const powers = usePowers();
  const [opened, setOpened] = useState(false);
  return (
    <>
      <p className={classes.failure}>{about.leg.failure?.message ?? about.leg.failure?.code}</p>
      {powers.may('orders.redirectRefund') && (
        <ActionButton variant="default" label={t('orders.redirect.open')} onClick={() => setOpened(true)} />
      )}
      {opened && <Dialog {...about} onClose={() => setOpened(false)} />}
    </>
  );
}
