'use client';
import { useClipboard } from '@mantine/hooks';
import type { OrderPage } from '../../server/views/order.ts';
import { useShortcut } from '../ui/keyboard.tsx';
import { useFormat, useMessages } from '../ui/locale.tsx';
import { useToast } from '../ui/toast.tsx';
import { orderSummary } from './order-summary.ts';

/** Copies the order as text; `y` does it too. */
export function useCopySummary(page: OrderPage & { readonly trackingUrl?: string }): () => void {
  const { t, word } = useMessages();
  const format = useFormat();
  const toast = useToast();
  const clipboard = useClipboard();
  const copy = () => {
    const text = orderSummary(page, {
      label: (what) => t(`actions.summary.${what}`),
      status: (kind, value) => word(`status.${kind}`, value),
      money: (minor) => format.money(minor, page.order.currency, true),
      when: format.dateTime,
      replacement: t('orders.replacement'),
    });
    clipboard.copy(text);
    toast.success({ message: t('actions.summary.done', { number: page.order.number }) });
  };
  useShortcut('y', t('actions.summary.button'), copy);
  return copy;
}
