import type { Metadata } from 'next';
import type { ReactNode } from 'react';
import { OrderDetail } from '../../../../components/orders/order-page.tsx';

interface Props {
  readonly params: Promise<{ number: string }>;
  readonly children: ReactNode;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: decodeURIComponent((await params).number) };
}

/** The order stays where it is while dialogs come and go over it. */
export default async function OrderLayout({ params, children }: Props) {
  return (
    <>
      <OrderDetail number={decodeURIComponent((await params).number)} />
      {children}
    </>
  );
}
