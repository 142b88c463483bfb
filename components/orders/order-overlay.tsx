'use client';
import { useQuery } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useTRPC } from '../trpc.tsx';
import { AddressDialog } from './address-dialog.tsx';
import { CancelDialog } from './cancel-dialog.tsx';
import { EditDialog } from './edit-dialog.tsx';
import { HoldDialog } from './hold-dialog.tsx';
import { MessageDialog } from './message-dialog.tsx';
import type { OrderDialog } from './order-dialogs.ts';
import { RefundDialog } from './refund-dialog.tsx';
import { RerouteDialog } from './reroute-dialog.tsx';
import { ReshipDialog } from './reship-dialog.tsx';
import { ShipDialog } from './ship-dialog.tsx';

/** The dialog that the address names, over the order's page. Closing it goes back to the order. */
export function OrderOverlay({ number, dialog }: { number: string; dialog: OrderDialog }) {
  const trpc = useTRPC();
  const router = useRouter();
  const { data: page } = useQuery(trpc.orders.get.queryOptions({ number }));
  if (!page) return null;
  const onClose = () => router.push(`/orders/${encodeURIComponent(number)}`, { scroll: false });
  if (dialog === 'cancel') return <CancelDialog page={page} onClose={onClose} />;
  if (dialog === 'refund') return <RefundDialog page={page} onClose={onClose} />;
  if (dialog === 'address') return <AddressDialog page={page} onClose={onClose} />;
  if (dialog === 'edit') return <EditDialog page={page} onClose={onClose} />;
  if (dialog === 'reship') return <ReshipDialog page={page} onClose={onClose} />;
  if (dialog === 'reroute') return <RerouteDialog page={page} onClose={onClose} />;
  if (dialog === 'ship') return <ShipDialog page={page} onClose={onClose} />;
  if (dialog === 'message') return <MessageDialog page={page} onClose={onClose} />;
  return <HoldDialog page={page} verb={dialog} onClose={onClose} />;
}
