'use client';
import { Select } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { mayHappen } from '../../server/domains/orders/rules.ts';
import { HAND_HOLDS, type HandHold, type Hold, type OrderStatus } from '../../server/kernel/vocabulary.ts';
import { useEachRow } from '../each-row.ts';
import { usePowers } from '../powers.ts';
import { useTRPC, useTRPCClient } from '../trpc.tsx';
import { ActionButton } from '../ui/action-button.tsx';
import { EffectDialog } from '../ui/effect-dialog.tsx';
import { useMessages } from '../ui/locale.tsx';
import { useToast } from '../ui/toast.tsx';
import classes from './order-page.module.css';

/** What a hold needs to know of an order in a list. */
export interface HeldOrder {
  readonly id: string;
  readonly number: string;
  readonly status: OrderStatus;
  readonly holds: readonly Hold[];
}

type HoldVerb = 'hold' | 'release';

/** Whether the verb would change anything about this order: the same rules as the server's. */
function applies(verb: HoldVerb, hold: Hold, { status, holds }: HeldOrder): boolean {
  return verb === 'release' ? holds.includes(hold) : !holds.includes(hold) && mayHappen(status, 'hold').allowed;
}

/** The holds of this role that the verb can do something with among these orders. */
function useChoices(verb: HoldVerb, orders: readonly HeldOrder[]): HandHold[] {
  const powers = usePowers();
  return HAND_HOLDS.filter((hold) => powers[verb].includes(hold) && orders.some((order) => applies(verb, hold, order)));
}

/** Places or lifts one kind of hold on several orders: each for itself, and whoever is refused is named. */
export function HoldRowsDialog(props: {
  verb: HoldVerb;
  orders: readonly HeldOrder[];
  onClose: () => void;
  onDone?: () => void;
}) {
  const { verb, orders } = props;
  const { t } = useMessages();
  const trpc = useTRPC();
  const client = useTRPCClient();
  const queryClient = useQueryClient();
  const toast = useToast();
  const choices = useChoices(verb, orders);
  const [chosen, setChosen] = useState<HandHold | null>(null);
  const kind = chosen ?? (choices.includes('manual') ? 'manual' : choices[0]);
  const affected = kind ? orders.filter((order) => applies(verb, kind, order)) : [];
  const each = useEachRow<HeldOrder>();
  const run = async (reason: string) => {
    if (!kind) return;
    const act = (order: HeldOrder, idempotencyKey: string) =>
      client.orders[verb].mutate({ orderId: order.id, hold: kind, reason, idempotencyKey });
    const { done, refused } = await each.run(affected, (order) => `${order.id}${kind}`, act);
    void queryClient.invalidateQueries(trpc.orders.pathFilter());
    void queryClient.invalidateQueries(trpc.home.pathFilter());
    if (done.length > 0) toast.success({ message: t(`actions.${verb}.doneRows`, { count: done.length }) });
    if (refused.length > 0) return;
    props.onDone?.();
    props.onClose();
  };
  const left = orders.length - affected.length;
  return (
    <EffectDialog
      opened
      onClose={props.onClose}
      title={t(`actions.${verb}.titleRows`, { count: orders.length })}
      preview={
        <>
          <p>{t(`actions.${verb}.effect`)}</p>
          <p>{affected.map((order) => order.number).join(', ')}</p>
          {left > 0 && <p>{t(`actions.${verb}.leftRows`, { count: left })}</p>}
          <RefusedRows refused={each.refused} />
        </>
      }
      reason={{ required: true }}
      verb={t(`actions.${verb}.verbRows`, { count: affected.length })}
      blocked={kind === undefined ? t(verb === 'hold' ? 'actions.hold.every' : 'actions.release.none') : null}
      busy={each.busy}
      onConfirm={(reason) => void run(reason)}
    >
      <Select
        label={t('actions.hold.kind')}
        data={choices.map((value) => ({ value, label: t(`status.hold.${value}`) }))}
        value={kind ?? null}
        onChange={(value) => setChosen(HAND_HOLDS.find((known) => known === value) ?? null)}
      />
    </EffectDialog>
  );
}

/** Orders that a verb could not change, each with the sentence it was refused with. */
export function RefusedRows(props: {
  refused: readonly { readonly row: { readonly id: string; readonly number: string }; readonly why: string }[];
}) {
  if (props.refused.length === 0) return null;
  return (
    <ul role="alert" className={classes.refused}>
      {props.refused.map(({ row, why }) => (
        <li key={row.id}>
          {row.number}: {why}
        </li>
      ))}
    </ul>
  );
}

/** The buttons over selected orders. */
export function HoldActions({ orders, clear }: { orders: readonly HeldOrder[]; clear: () => void }) {
  const { t } = useMessages();
  const [verb, setVerb] = useState<HoldVerb | null>(null);
  const choices = { hold: useChoices('hold', orders), release: useChoices('release', orders) };
  const reasons = { hold: t('actions.hold.noneRows'), release: t('actions.release.none') };
  return (
    <>
      {(['release', 'hold'] as const).map((each) => (
        <ActionButton
          key={each}
          size="xs"
          variant={each === 'release' ? 'filled' : 'default'}
          label={t(`actions.${each}.button`)}
          reason={choices[each].length === 0 ? reasons[each] : null}
          onClick={() => setVerb(each)}
        />
      ))}
      {verb && <HoldRowsDialog verb={verb} orders={orders} onClose={() => setVerb(null)} onDone={clear} />}
    </>
  );
}
