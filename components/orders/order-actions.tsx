'use client';
import {
  IconClipboardText,
  IconCreditCard,
  IconEdit,
  IconHandStop,
  IconHomeEdit,
  IconMail,
  IconPackageExport,
  IconPlayerPlay,
  IconPrinter,
  IconRoute,
  IconTruck,
  IconUser,
} from '@tabler/icons-react';
import { useRouter } from 'next/navigation';
import {
  mayCancel,
  mayChangeAddress,
  mayEdit,
  mayHappen,
  mayRefund,
  mayShip,
  type Verdict,
} from '../../server/domains/orders/rules.ts';
import { disputedAwayMinor } from '../../server/domains/payments/rules.ts';
import type { OrderPage } from '../../server/views/order.ts';
import { usePowers } from '../powers.ts';
import { documentHref } from '../print-link.tsx';
import { ActionButton } from '../ui/action-button.tsx';
import { useShortcut } from '../ui/keyboard.tsx';
import { useMessages } from '../ui/locale.tsx';
import type { MenuAction } from '../ui/page-header.tsx';
import { CaptureButton } from './capture-button.tsx';
import type { OrderDialog } from './order-dialogs.ts';
import { orderFacts, pendingRefundMinor, reshippable, waitingNodes } from './order-facts.ts';
import { useCopySummary } from './use-summary.ts';

const whyNot = (verdict: Verdict): string | null => (verdict.allowed ? null : verdict.why);

/** Opens a dialog of this order under its own address. */
function useOpen({ order }: OrderPage): (dialog: OrderDialog) => void {
  const router = useRouter();
  return (dialog) => router.push(`/orders/${encodeURIComponent(order.number)}/${dialog}`, { scroll: false });
}

/** What stands in the "…" menu of an order. Buttons and dialogs of the verbs stand beside it in the header. */
export function useOrderMenu(page: OrderPage & { readonly trackingUrl?: string }): MenuAction[] {
  const { order, payments } = page;
  const { t } = useMessages();
  const powers = usePowers();
  const open = useOpen(page);
  const copySummary = useCopySummary(page);
  const free = powers.hold.filter((hold) => !order.holds.includes(hold));
  const liftable = powers.release.filter((hold) => order.holds.includes(hold));
  const holdReason = whyNot(mayHappen(order.status, 'hold')) ?? (free.length === 0 ? t('actions.hold.every') : null);
  useShortcut('h', t('actions.hold.button'), () => open(liftable.length > 0 ? 'release' : 'hold'), {
    enabled: powers.may('orders.hold') && (holdReason === null || liftable.length > 0),
  });
  useShortcut('e', t('edits.button'), () => open('edit'), {
    enabled: powers.may('edits.edit') && mayEdit(orderFacts(page)).allowed,
  });
  useShortcut('m', t('mails.message.button'), () => open('message'), { enabled: powers.may('mails.message') });
  const actions: MenuAction[] = [];
  if (powers.may('mails.message'))
    actions.push({ label: t('mails.message.button'), icon: IconMail, onClick: () => open('message') });
  if (powers.may('orders.hold')) {
    actions.push({ label: t('actions.hold.button'), icon: IconHandStop, reason: holdReason, onClick: () => open('hold') });
    const reason = liftable.length === 0 ? t('actions.release.none') : null;
    actions.push({ label: t('actions.release.button'), icon: IconPlayerPlay, reason, onClick: () => open('release') });
  }
  if (powers.may('edits.edit')) {
    const reason = whyNot(mayEdit(orderFacts(page)));
    actions.push({ label: t('edits.button'), icon: IconEdit, reason, onClick: () => open('edit') });
  }
  if (powers.may('orders.readdress')) {
    const reason = whyNot(mayChangeAddress(orderFacts(page)));
    actions.push({ label: t('actions.address.button'), icon: IconHomeEdit, reason, onClick: () => open('address') });
  }
  if (powers.may('orders.reship')) {
    const refused = whyNot(mayHappen(order.status, 'reship'));
    const reason = refused ?? (reshippable(page).length === 0 ? t('actions.reship.none') : null);
    actions.push({ label: t('actions.reship.button'), icon: IconPackageExport, reason, onClick: () => open('reship') });
  }
  if (powers.may('routing.reroute')) {
    const reason = waitingNodes(page).length === 0 ? t('routing.reroute.none') : null;
    actions.push({ label: t('routing.reroute.button'), icon: IconRoute, reason, onClick: () => open('reroute') });
  }
  actions.push({ label: t('actions.summary.button'), icon: IconClipboardText, onClick: copySummary });
  if (order.customerId !== null) {
    actions.push({ label: t('orders.openCustomer'), icon: IconUser, href: `/customers/${order.customerId}` });
  }
  const print = () => window.open(documentHref('orders', order.number), '_blank', 'noopener');
  actions.push({ label: t('orders.print'), icon: IconPrinter, onClick: print });
  if (page.trackingUrl) actions.push({ label: t('orders.openTracking'), icon: IconTruck, href: page.trackingUrl });
  const payment = payments.at(-1);
  if (payment) actions.push({ label: t('orders.openPayments'), icon: IconCreditCard, href: `/payments/${payment.id}` });
  return actions;
}

/** Cancel, refund, ship: greyed out by the rules that decide under the lock, in their words. */
export function OrderButtons({ page }: { page: OrderPage }) {
  const { t } = useMessages();
  const powers = usePowers();
  const open = useOpen(page);
  const facts = orderFacts(page);
  return (
    <>
      <CaptureButton page={page} />
      {powers.may('orders.cancel') && (
        <ActionButton
          variant="default"
          label={t('actions.cancel.button')}
          keys="c"
          reason={whyNot(mayCancel(facts))}
          onClick={() => open('cancel')}
        />
      )}
      {powers.may('orders.refund') && (
        <ActionButton
          variant="default"
          label={t('actions.refund.button')}
          keys="r"
          reason={whyNot(mayRefund(facts, pendingRefundMinor(page), disputedAwayMinor(page.payments)))}
          onClick={() => open('refund')}
        />
      )}
      {powers.may('orders.ship') && (
        <ActionButton label={t('actions.ship.button')} keys="s" reason={whyNot(mayShip(facts))} onClick={() => open('ship')} />
      )}
    </>
  );
}
