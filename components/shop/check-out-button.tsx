'use client';
import { ActionButton } from '../ui/action-button.tsx';
import { useMessages } from '../ui/locale.tsx';

/** The way from the cart to paying. */
export function CheckOutButton(props: {
  merchant: string;
  lines: readonly { readonly sku: string; readonly quantity: number }[];
  blocked: string | null;
}) {
  const { t } = useMessages();
  return <ActionButton label={t('shop.checkOut')} reason={props.blocked} onClick={() => {}} />;
}
