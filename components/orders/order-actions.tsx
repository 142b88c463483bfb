'use client';
import { IconCreditCard, IconUser } from '@tabler/icons-react';
import type { OrderPage } from '../../server/views/order.ts';
import { useMessages } from '../ui/locale.tsx';
import type { MenuAction } from '../ui/page-header.tsx';

/** What stands in the "…" menu of an order. Buttons and dialogs of the verbs stand beside it in the header. */
export function useOrderMenu({ order, payments }: OrderPage): MenuAction[] {
  const { t } = useMessages();
  const actions: MenuAction[] = [];
  if (order.customerId !== null) {
    actions.push({ label: t('orders.openCustomer'), icon: IconUser, href: `/customers/${order.customerId}` });
  }
  const payment = payments.at(-1);
  if (payment) actions.push({ label: t('orders.openPayments'), icon: IconCreditCard, href: `/payments/${payment.id}` });
  return actions;
}
