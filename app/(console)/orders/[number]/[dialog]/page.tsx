import { notFound } from 'next/navigation';
import { ORDER_DIALOGS } from '../../../../../components/orders/order-dialogs.ts';
import { OrderOverlay } from '../../../../../components/orders/order-overlay.tsx';

interface Props {
  readonly params: Promise<{ number: string; dialog: string }>;
}

export default async function OrderDialogPage({ params }: Props) {
  const { number, dialog } = await params;
  const known = ORDER_DIALOGS.find((name) => name === dialog);
  if (!known) notFound();
  return <OrderOverlay number={decodeURIComponent(number)} dialog={known} />;
}
