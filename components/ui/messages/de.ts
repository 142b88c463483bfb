/** German. What is missing here is shown in English, and listed by the catalogue test. */
import { actions } from './de/actions.ts';
import { approvals } from './de/approvals.ts';
import { audit } from './de/audit.ts';
import { backorders } from './de/backorders.ts';
import { channels } from './de/channels.ts';
import { customers } from './de/customers.ts';
import { dashboard } from './de/dashboard.ts';
import { disputes } from './de/disputes.ts';
import { drafts } from './de/drafts.ts';
import { edits } from './de/edits.ts';
import { errors } from './de/errors.ts';
import { evidence } from './de/evidence.ts';
import { partners, pickups } from './de/fetching.ts';
import { giftCards } from './de/gift-cards.ts';
import { gl } from './de/gl.ts';
import { health } from './de/health.ts';
import { home } from './de/home.ts';
import { integrity } from './de/integrity.ts';
import { invoices } from './de/invoices.ts';
import { jobs } from './de/jobs.ts';
import { ledger } from './de/ledger.ts';
import { mails } from './de/mails.ts';
import { nav } from './de/nav.ts';
import { orders } from './de/orders.ts';
import { parcels } from './de/parcels.ts';
import { pay } from './de/pay.ts';
import { payments } from './de/payments.ts';
import { payouts } from './de/payouts.ts';
import { people } from './de/people.ts';
import { policies } from './de/policies.ts';
import { products } from './de/products.ts';
import { purchasing } from './de/purchasing.ts';
import { rails } from './de/rails.ts';
import { reconciliation } from './de/reconciliation.ts';
import { returns } from './de/returns.ts';
import { routing } from './de/routing.ts';
import { search } from './de/search.ts';
import { shipments } from './de/shipments.ts';
import { shipping } from './de/shipping.ts';
import { shop } from './de/shop.ts';
import { simulators } from './de/simulators.ts';
import { status } from './de/status.ts';
import { stock } from './de/stock.ts';
import { stockIo } from './de/stock-io.ts';
import { stockPolicy } from './de/stock-policy.ts';
import { stockWork } from './de/stock-work.ts';
import { track } from './de/track.ts';
import { ui } from './de/ui.ts';
import { wallet } from './de/wallet.ts';
import { wallets } from './de/wallets.ts';

export const de = {
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
