/** English, the reference. One file per noun in en/; a new noun is one import and one line here, and the same in de.ts. */
import { actions } from './en/actions.ts';
import { approvals } from './en/approvals.ts';
import { audit } from './en/audit.ts';
import { backorders } from './en/backorders.ts';
import { channels } from './en/channels.ts';
import { customers } from './en/customers.ts';
import { dashboard } from './en/dashboard.ts';
import { disputes } from './en/disputes.ts';
import { drafts } from './en/drafts.ts';
import { edits } from './en/edits.ts';
import { errors } from './en/errors.ts';
import { evidence } from './en/evidence.ts';
import { partners, pickups } from './en/fetching.ts';
import { giftCards } from './en/gift-cards.ts';
import { gl } from './en/gl.ts';
import { health } from './en/health.ts';
import { home } from './en/home.ts';
import { integrity } from './en/integrity.ts';
import { invoices } from './en/invoices.ts';
import { jobs } from './en/jobs.ts';
import { ledger } from './en/ledger.ts';
import { mails } from './en/mails.ts';
import { nav } from './en/nav.ts';
import { orders } from './en/orders.ts';
import { parcels } from './en/parcels.ts';
import { pay } from './en/pay.ts';
import { payments } from './en/payments.ts';
import { payouts } from './en/payouts.ts';
import { people } from './en/people.ts';
import { policies } from './en/policies.ts';
import { products } from './en/products.ts';
import { purchasing } from './en/purchasing.ts';
import { rails } from './en/rails.ts';
import { reconciliation } from './en/reconciliation.ts';
import { returns } from './en/returns.ts';
import { routing } from './en/routing.ts';
import { search } from './en/search.ts';
import { shipments } from './en/shipments.ts';
import { shipping } from './en/shipping.ts';
import { shop } from './en/shop.ts';
import { simulators } from './en/simulators.ts';
import { status } from './en/status.ts';
import { stock } from './en/stock.ts';
import { stockIo } from './en/stock-io.ts';
import { stockPolicy } from './en/stock-policy.ts';
import { stockWork } from './en/stock-work.ts';
import { track } from './en/track.ts';
import { ui } from './en/ui.ts';
import { wallet } from './en/wallet.ts';
import { wallets } from './en/wallets.ts';

export const en = {
  actions,
  approvals,
  audit,
  channels,
  customers,
  drafts,
  dashboard,
  edits,
  errors,
  evidence,
  gl,
  giftCards,
  health,
  home,
  integrity,
  invoices,
  jobs,
  ledger,
  mails,
  nav,
  orders,
  pay,
  partners,
  payments,
  payouts,
  people,
  pickups,
  policies,
  products,
  purchasing,
  rails,
  reconciliation,
  search,
  shipments,
  returns,
  disputes,
  routing,
  parcels,
  shipping,
  shop,
  simulators,
  status,
  stock,
  stockIo,
  stockPolicy,
  stockWork,
  backorders,
  track,
  ui,
  wallet,
  wallets,
} as const;
