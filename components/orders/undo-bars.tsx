'use client';
import { Button } from '@mantine/core';
import { IconArrowBackUp, IconHourglass } from '@tabler/icons-react';
import { UNDO_WINDOW_MS } from '../../server/kernel/undo.ts';
import type { OrderPage } from '../../server/views/order.ts';
import { useActorName } from '../actor-name.ts';
import { usePowers } from '../powers.ts';
import { Badge } from '../ui/badge.tsx';
import { Bar } from '../ui/bars.tsx';
import { useFormat, useMessages } from '../ui/locale.tsx';
import { useCountdown, useUndoable } from '../ui/undo.tsx';
import classes from './order-page.module.css';
import { cancelUndoId, refundUndoId, useUndoOrder } from './use-undo.ts';

type Waiting = OrderPage['undoable'][number];

function UndoBar({ page, waiting }: { page: OrderPage; waiting: Waiting }) {
  const { t } = useMessages();
  const format = useFormat();
  const powers = usePowers();
  const actor = useActorName();
  const undo = useUndoOrder();
  const seconds = useCountdown(waiting.until);
  const { order } = page;
  const refund = page.refunds.find(({ id }) => id === waiting.refundId);
  const may = powers.may(waiting.kind === 'cancel' ? 'orders.undoCancel' : 'orders.undoRefund');
  const run = () => (waiting.refundId ? undo.refund(order.id, waiting.refundId) : undo.cancel(order.id));
  const id = waiting.refundId ? refundUndoId(waiting.refundId) : cancelUndoId(order.id);
  useUndoable(may && !undo.busy ? { id, since: waiting.until.getTime() - UNDO_WINDOW_MS, run } : null);
  const title =
    waiting.kind === 'cancel'
      ? t('actions.undo.cancelling')
      : t('actions.undo.refunding', { amount: refund ? format.money(refund.amountMinor, refund.currency) : '' });
  const name = actor(waiting.actor);
  return (
    <Bar
      tone="moving"
      icon={IconHourglass}
      title={title}
      action={
        may && (
          <Button
            variant="default"
            size="xs"
            leftSection={<IconArrowBackUp size={14} aria-hidden />}
            loading={undo.busy}
            aria-keyshortcuts="z"
            onClick={run}
          >
            {t('ui.undo')}
          </Button>
        )
      }
    >
      {seconds > 0 ? t('actions.undo.waits', { name, count: seconds }) : t('actions.undo.goes', { name })}
    </Bar>
  );
}

/** What waits and can be taken back, newest first; also after a reload, and for whoever else looks at the order. */
export function UndoBars({ page }: { page: OrderPage }) {
  return page.undoable.map((waiting) => <UndoBar key={waiting.sagaId} page={page} waiting={waiting} />);
}

/** In a list: an order that is about to be cancelled, and the way back. */
export function CancellingBadge({ orderId }: { orderId: string }) {
  const { t } = useMessages();
  const powers = usePowers();
  const undo = useUndoOrder();
  return (
    <>
      <Badge tone="moving" icon={IconHourglass}>
        {t('actions.undo.cancelling')}
      </Badge>
      {powers.may('orders.undoCancel') && (
        <button
          type="button"
          className={classes.linkButton}
          disabled={undo.busy}
          onClick={(event) => {
            // On a phone the row is a link around this button.
            event.preventDefault();
            event.stopPropagation();
            undo.cancel(orderId);
          }}
        >
          {t('ui.undo')}
        </button>
      )}
    </>
  );
}
