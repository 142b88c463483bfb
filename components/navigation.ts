import {
  type Icon,
  IconAlertTriangle,
  IconArrowBackUp,
  IconArrowBarToDown,
  IconArrowsDiff,
  IconArrowsExchange,
  IconArrowsUpDown,
  IconBook2,
  IconBox,
  IconBuildingBank,
  IconBuildingStore,
  IconBuildingWarehouse,
  IconChecklist,
  IconClipboardList,
  IconClockPlay,
  IconCreditCard,
  IconFileInvoice,
  IconFileSpreadsheet,
  IconFlask,
  IconGift,
  IconHeartbeat,
  IconHelp,
  IconHistory,
  IconHome,
  IconHourglass,
  IconListCheck,
  IconListDetails,
  IconMail,
  IconPackage,
  IconPlugConnected,
  IconReceipt,
  IconReceiptRefund,
  IconRoute,
  IconScale,
  IconSettings,
  IconShoppingBag,
  IconTruck,
  IconTruckDelivery,
  IconUsers,
  IconWallet,
} from '@tabler/icons-react';
import type { Role } from '../server/kernel/vocabulary.ts';
import type { MessageKey } from './ui/messages/catalogue.ts';

/**
 * The console's map, as data. An entry is added together with its page: navigation.test.ts fails for an entry without one.
 * Showing an entry permits nothing; every procedure authorises itself.
 */
export interface NavigationEntry {
  /** The heading it stands under; none for the first entries. */
  readonly group?: MessageKey;
  readonly label: MessageKey;
  readonly href: string;
  readonly icon: Icon;
  readonly roles: readonly Role[];
  /** Keys that lead there, such as 'g o'. */
  readonly keys?: string;
  /** Only where simulators run. */
  readonly demoOnly?: boolean;
}

const STAFF = ['agent', 'warehouse', 'fraud_analyst', 'finance', 'admin'] as const;
const SELLERS = [...STAFF, 'merchant'] as const;
/** Who may look up customers and follow their money. */
const MONEY = ['agent', 'fraud_analyst', 'finance', 'admin', 'merchant'] as const;
const EVERYONE = [...SELLERS, 'customer'] as const;

export const NAVIGATION: readonly NavigationEntry[] = [
  { label: 'nav.home', href: '/', icon: IconHome, roles: EVERYONE, keys: 'g h' },
  { group: 'nav.groups.orders', label: 'nav.orders', href: '/orders', icon: IconClipboardList, roles: SELLERS, keys: 'g o' },
  {
    group: 'nav.groups.orders',
    label: 'nav.drafts',
    href: '/orders/drafts',
    icon: IconFileInvoice,
    roles: ['agent', 'admin', 'merchant'],
  },
  { group: 'nav.groups.orders', label: 'nav.returns', href: '/returns', icon: IconArrowBackUp, roles: SELLERS },
  {
    group: 'nav.groups.fulfilment',
    label: 'nav.pickQueue',
    href: '/shipments/queue',
    icon: IconPackage,
    roles: SELLERS,
    keys: 'g f',
  },
  { group: 'nav.groups.fulfilment', label: 'nav.pickup', href: '/pickup', icon: IconShoppingBag, roles: SELLERS },
  { group: 'nav.groups.fulfilment', label: 'nav.shipments', href: '/shipments', icon: IconTruck, roles: SELLERS },
  {
    group: 'nav.groups.fulfilment',
    label: 'nav.exceptions',
    href: '/shipments/exceptions',
    icon: IconAlertTriangle,
    roles: SELLERS,
  },
  { group: 'nav.groups.fulfilment', label: 'nav.manifests', href: '/shipments/manifests', icon: IconListDetails, roles: SELLERS },
  { group: 'nav.groups.fulfilment', label: 'nav.partners', href: '/partners', icon: IconTruckDelivery, roles: SELLERS },
  { group: 'nav.groups.fulfilment', label: 'nav.nodes', href: '/nodes', icon: IconBuildingStore, roles: SELLERS },
  { group: 'nav.groups.fulfilment', label: 'nav.routing', href: '/routing', icon: IconRoute, roles: SELLERS },
  { group: 'nav.groups.stock', label: 'nav.stock', href: '/stock', icon: IconBuildingWarehouse, roles: SELLERS, keys: 'g s' },
  {
    group: 'nav.groups.stock',
    label: 'nav.purchaseOrders',
    href: '/purchase-orders',
    icon: IconTruckDelivery,
    roles: SELLERS,
  },
  { group: 'nav.groups.stock', label: 'nav.lowStock', href: '/stock/low', icon: IconArrowBarToDown, roles: SELLERS },
  { group: 'nav.groups.stock', label: 'nav.backorders', href: '/stock/backorders', icon: IconHourglass, roles: SELLERS },
  { group: 'nav.groups.stock', label: 'nav.transfers', href: '/transfers', icon: IconArrowsExchange, roles: SELLERS },
  { group: 'nav.groups.stock', label: 'nav.counts', href: '/counts', icon: IconListCheck, roles: SELLERS },
  { group: 'nav.groups.stock', label: 'nav.movements', href: '/stock/movements', icon: IconArrowsUpDown, roles: SELLERS },
  { group: 'nav.groups.stock', label: 'nav.products', href: '/products', icon: IconBox, roles: SELLERS },
  { group: 'nav.groups.customers', label: 'nav.customers', href: '/customers', icon: IconUsers, roles: MONEY, keys: 'g c' },
  {
    group: 'nav.groups.money',
    label: 'nav.payments',
    href: '/payments',
    icon: IconCreditCard,
    roles: MONEY,
    keys: 'g m',
  },
  { group: 'nav.groups.money', label: 'nav.refunds', href: '/refunds', icon: IconReceiptRefund, roles: MONEY },
  { group: 'nav.groups.money', label: 'nav.disputes', href: '/disputes', icon: IconScale, roles: MONEY },
  { group: 'nav.groups.money', label: 'nav.invoices', href: '/invoices', icon: IconFileInvoice, roles: MONEY },
  { group: 'nav.groups.money', label: 'nav.inDoubt', href: '/payments/in-doubt', icon: IconHelp, roles: MONEY },
  { group: 'nav.groups.money', label: 'nav.giftCards', href: '/gift-cards', icon: IconGift, roles: MONEY },
  { group: 'nav.groups.money', label: 'nav.ledger', href: '/ledger', icon: IconBook2, roles: ['finance', 'admin', 'merchant'] },
  {
    group: 'nav.groups.money',
    label: 'nav.payouts',
    href: '/payouts',
    icon: IconBuildingBank,
    roles: ['finance', 'admin'],
  },
  {
    group: 'nav.groups.money',
    label: 'nav.generalLedger',
    href: '/ledger/export',
    icon: IconFileSpreadsheet,
    roles: ['finance', 'admin', 'merchant'],
  },
  {
    group: 'nav.groups.money',
    label: 'nav.reconciliation',
    href: '/reconciliation',
    icon: IconArrowsDiff,
    roles: ['finance', 'admin'],
  },
  {
    group: 'nav.groups.money',
    label: 'nav.wallets',
    href: '/wallets',
    icon: IconWallet,
    roles: ['agent', 'fraud_analyst', 'finance', 'admin'],
  },
  {
    group: 'nav.groups.money',
    label: 'nav.approvals',
    href: '/approvals',
    icon: IconChecklist,
    roles: ['agent', 'finance', 'admin'],
  },
  { group: 'nav.groups.channels', label: 'nav.channels', href: '/channels', icon: IconPlugConnected, roles: SELLERS },
  { group: 'nav.groups.channels', label: 'nav.mail', href: '/channels/mail', icon: IconMail, roles: SELLERS },
  { group: 'nav.groups.operations', label: 'nav.health', href: '/ops/health', icon: IconHeartbeat, roles: ['admin'] },
  { group: 'nav.groups.operations', label: 'nav.jobs', href: '/ops/jobs', icon: IconClockPlay, roles: ['admin'] },
  {
    group: 'nav.groups.operations',
    label: 'nav.integrity',
    href: '/ops/integrity',
    icon: IconScale,
    roles: ['finance', 'admin'],
  },
  { group: 'nav.groups.operations', label: 'nav.audit', href: '/ops/audit', icon: IconHistory, roles: ['finance', 'admin'] },
  {
    group: 'nav.groups.development',
    label: 'nav.simulators',
    href: '/dev/simulators',
    icon: IconFlask,
    roles: ['admin'],
    demoOnly: true,
  },
  { group: 'nav.groups.account', label: 'nav.myWallet', href: '/account/wallet', icon: IconWallet, roles: ['customer'] },
  { group: 'nav.groups.account', label: 'nav.myOrders', href: '/account/orders', icon: IconReceipt, roles: ['customer'] },
  { group: 'nav.groups.settings', label: 'nav.settings', href: '/settings', icon: IconSettings, roles: EVERYONE },
];

/** The entries a role sees, in order. */
export function navigationFor(role: Role, demo: boolean): NavigationEntry[] {
  return NAVIGATION.filter((entry) => entry.roles.includes(role) && (demo || !entry.demoOnly));
}
