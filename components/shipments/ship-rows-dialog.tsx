'use client';
import { useQueryClient } from '@tanstack/react-query';
import type { QueueRow } from '../../server/views/queue.ts';
import { useEachRow } from '../each-row.ts';
import { useTRPC, useTRPCClient } from '../trpc.tsx';
import { EffectDialog } from '../ui/effect-dialog.tsx';
import { useMessages } from '../ui/locale.tsx';
import { useToast } from '../ui/toast.tsx';
import classes from './queue.module.css';

/** Ships packed orders, each from its node: a parcel per order, its label, its money. */
export function ShipDialog(props: { rows: readonly QueueRow[]; onClose: () => void; onDone: () => void }) {
  const { rows } = props;
  const { t } = useMessages();
  const trpc = useTRPC();
  const client = useTRPCClient();
  const queryClient = useQueryClient();
  const toast = useToast();
  const each = useEachRow<QueueRow>();
  const ship = async () => {
    const { done, refused } = await each.run(
      rows,
      (row) => row.orderId + row.nodeId,
      ({ orderId, nodeId }, idempotencyKey) => client.orders.ship.mutate({ orderId, nodeId, idempotencyKey }),
    );
    for (const touched of [trpc.shipments, trpc.orders, trpc.home]) void queryClient.invalidateQueries(touched.pathFilter());
    if (done.length > 0) {
      const link = { href: '/shipments?view=open', label: t('shipments.openShipments') };
      toast.success({ message: t('shipments.shipped', { count: done.length }), link });
    }
    if (refused.length > 0) return;
    props.onDone();
    props.onClose();
  };
  return (
    <EffectDialog
      opened
      onClose={props.onClose}
      title={t('shipments.shipTitle', { count: rows.length })}
      preview={
        <>
          <p>{t('shipments.shipEffect', { count: rows.length })}</p>
          <p>{rows.map((row) => row.number).join(', ')}</p>
          {each.refused.length > 0 && (
            <ul className={classes.refused} role="alert">
              {each.refused.map(({ row, why }) => (
                <li key={row.orderId + row.nodeId}>
                  {row.number}: {why}
                </li>
              ))}
            </ul>
          )}
        </>
      }
      verb={t('shipments.shipRows', { count: rows.length })}
      busy={each.busy}
      onConfirm={() => void ship()}
    />
  );
}
