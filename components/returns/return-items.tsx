'use client';
import { Select, Textarea } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useState } from 'react';
import { RETURN_REASONS, type ReturnReason, type ReturnWish } from '../../server/domains/returns/schema.ts';
import type { ReturnOffer } from '../../server/flows/returns/request-return.ts';
import { usePowers } from '../powers.ts';
import { useRequestKey } from '../request-key.ts';
import { shownError, useTRPC, useTRPCClient } from '../trpc.tsx';
import { ActionButton } from '../ui/action-button.tsx';
import { StatusBadge } from '../ui/badge.tsx';
import { Section } from '../ui/detail-layout.tsx';
import { EffectDialog } from '../ui/effect-dialog.tsx';
import { QuantityInput } from '../ui/form-fields.tsx';
import { useFormat, useMessages } from '../ui/locale.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';
import { useToast } from '../ui/toast.tsx';
import classes from './returns.module.css';
import { useReturnDone } from './use-return-done.ts';

interface About {
  readonly orderId: string;
  readonly orderNumber: string;
  /** Where a return's page is: the customer's own, or the console's. */
  readonly base: '/returns' | '/account/returns';
}

type Chosen = Readonly<Record<string, { readonly quantity: number | null; readonly reason: ReturnReason }>>;
const UNTOUCHED = { quantity: 0, reason: 'changed_mind' } as const;

/** What of the order goes back: units, reasons, and what somebody would like to have; the policy's own sentences beside them. */
function RequestDialog({ orderId, orderNumber, base, onClose }: About & { onClose: () => void }) {
  const { t } = useMessages();
  const format = useFormat();
  const trpc = useTRPC();
  const client = useTRPCClient();
  const toast = useToast();
  const request = useRequestKey();
  const done = useReturnDone();
  const [chosen, setChosen] = useState<Chosen>({});
  const [wants, setWants] = useState<ReturnWish | null>(null);
  const [note, setNote] = useState('');
  const offer = useQuery({
    queryKey: ['return-offer', orderId],
    queryFn: () => client.returns.offer.mutate({ orderId }),
    gcTime: 0,
    retry: false,
  });
  const ask = useMutation(
    trpc.returns.request.mutationOptions({
      onSuccess: ({ number }) => {
        const link = { href: `${base}/${number}`, label: t('returns.open') };
        toast.success({ message: t('returns.asked', { number }), link });
        onClose();
      },
      onError: request.failed,
      onSettled: done,
    }),
  );
  const of = (lineId: string) => chosen[lineId] ?? UNTOUCHED;
  const lines = (offer.data?.lines ?? []).flatMap(({ lineId }) => {
    const { quantity, reason } = of(lineId);
    return quantity ? [{ lineId, quantity, reason }] : [];
  });
  const worth = (data: ReturnOffer): number =>
    data.lines.reduce(
      (sum, line) => sum + line.unitsMinor.slice(0, of(line.lineId).quantity ?? 0).reduce((all, unit) => all + unit, 0),
      0,
    );
  const wish = wants ?? offer.data?.wishes[0] ?? 'refund';
  const own = base === '/returns';
  return (
    <EffectDialog
      opened
      onClose={onClose}
      title={t('returns.requestTitle', { number: orderNumber })}
      preview={
        offer.data && (
          <>
            <p>{offer.data.terms}</p>
            {lines.length > 0 && <p>{t('returns.worth', { amount: format.money(worth(offer.data), offer.data.currency) })}</p>}
          </>
        )
      }
      verb={own ? t('returns.requestAndApprove') : t('returns.request')}
      blocked={lines.length === 0 ? t('returns.chooseUnits') : null}
      error={shownError(ask.error ?? offer.error)}
      busy={ask.isPending}
      onConfirm={() =>
        ask.mutate(
          request.keyed({
            orderId,
            lines,
            wants: wish,
            ...(note.trim() ? { note: note.trim() } : {}),
            ...(own ? { approve: true } : {}),
          }),
        )
      }
    >
      <ul className={classes.lines}>
        {offer.data?.lines.map(({ lineId, name, quantity, until, why }) => (
          <li key={lineId} className={classes.line}>
            {why !== null ? (
              <span className={classes.dim}>{why}</span>
            ) : (
              <div className={classes.fields}>
                <QuantityInput
                  label={t('returns.unitsOf', { name, max: quantity })}
                  description={until ? t('returns.until', { day: format.day(until.slice(0, 10)) }) : undefined}
                  value={of(lineId).quantity}
                  onChange={(next) => setChosen({ ...chosen, [lineId]: { ...of(lineId), quantity: next } })}
                  max={quantity}
                />
                <Select
                  label={t('returns.reasonOf', { name })}
                  data={RETURN_REASONS.map((value) => ({ value, label: t(`returns.reasons.${value}`) }))}
                  value={of(lineId).reason}
                  onChange={(value) => {
                    const reason = RETURN_REASONS.find((known) => known === value);
                    if (reason) setChosen({ ...chosen, [lineId]: { ...of(lineId), reason } });
                  }}
                  allowDeselect={false}
                />
              </div>
            )}
          </li>
        ))}
      </ul>
      {offer.data && offer.data.wishes.length > 1 && (
        <Select
          label={t('returns.wants')}
          data={offer.data.wishes.map((value) => ({ value, label: t(`returns.wishes.${value}`) }))}
          value={wish}
          onChange={(value) => setWants(offer.data.wishes.find((known) => known === value) ?? null)}
          allowDeselect={false}
        />
      )}
      <Textarea
        label={t('returns.note')}
        value={note}
        maxLength={1000}
        autosize
        onChange={(event) => setNote(event.currentTarget.value)}
      />
    </EffectDialog>
  );
}

/** Opens the planner of a return; visible where goods have left, and silent about policy until it is asked. */
export function ReturnButton({ delivered, ...about }: About & { delivered: boolean }) {
  const { t } = useMessages();
  const powers = usePowers();
  const [open, setOpen] = useState(false);
  if (!powers.may('returns.request')) return null;
  return (
    <>
      <ActionButton
        variant="default"
        label={t('returns.button')}
        reason={delivered ? null : t('returns.notDelivered')}
        onClick={() => setOpen(true)}
      />
      {open && <RequestDialog {...about} onClose={() => setOpen(false)} />}
    </>
  );
}

/** The returns of an order, on its page. */
export function OrderReturns({ orderId, base }: Pick<About, 'orderId' | 'base'>) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const list = useQuery(trpc.returns.ofOrder.queryOptions({ orderId }));
  if (!list.data || list.data.items.length === 0) return null;
  return (
    <Section title={t('returns.title')} count={list.data.items.length}>
      <ul className={classes.lines}>
        {list.data.items.map((one) => (
          <li key={one.id}>
            <Link href={`${base}/${one.number}`}>{one.number}</Link> <StatusBadge kind="return" value={one.status} />{' '}
            {t('returns.unitCount', { count: one.units })} · <TimeAgo at={one.requestedAt} />
          </li>
        ))}
      </ul>
    </Section>
  );
}
