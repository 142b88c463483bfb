import type pg from 'pg';
import { newId } from '../../kernel/ids.ts';
import { createSession } from '../../platform/auth/sessions.ts';
import { buildShop } from '../../views/shop-fixture.ts';
import type { SampleWorld } from './samples.ts';

/** Fills an empty database with what the samples are about. */
export async function sampleWorld(pool: pg.Pool): Promise<SampleWorld> {
  const shop = await buildShop(pool);
  const extra = {
    otherSession: newId(),
    otherUser: newId(),
    northKey: newId(),
    northAccount: newId(),
    northTransfer: newId(),
    northJournal: newId(),
    northCheckout: newId(),
    northWallet: newId(),
    northTopUp: newId(),
    northBankAccount: newId(),
    northRequest: newId(),
    northGiftCard: newId(),
    northStoreCredit: newId(),
    northPurchaseOrder: newId(),
    northTransferOfStock: newId(),
    northCount: newId(),
    northChannel: newId(),
    northSimulation: newId(),
    northManifest: newId(),
    northReturn: newId(),
    northDispute: newId(),
  };
  const world = { ...shop, ...extra };
  await pool.query(
    `INSERT INTO users (id, email, email_normalized, name, role, created_at) VALUES ($1, 'o@w.test', 'o@w.test', 'Other', 'agent', now())`,
    [world.otherUser],
  );
  const session = { id: world.otherSession, userId: world.otherUser, secondFactor: true, ip: null, userAgent: null };
  await createSession(pool, session, new Date());
  await pool.query(
    `INSERT INTO api_keys (id, merchant_id, name, mode, prefix, key_hash, scopes, created_by, created_at)
     VALUES ($1, $2, 'North key', 'test', 'wb_test_north', '\\x00', '{orders:read}', 'system:test', now())`,
    [world.northKey, shop.merchants[0]],
  );
  await pool.query(
    `INSERT INTO accounts (id, code, kind, home, merchant_id, currency, normal_side, created_at)
     VALUES ($1, 'receivable:north:EUR', 'receivable', 'EU', $2, 'EUR', 'debit', now())`,
    [world.northAccount, shop.merchants[0]],
  );
  await pool.query(
    `INSERT INTO accounts (id, code, kind, home, currency, normal_side, created_at) VALUES ($1, 'suspense:EUR', 'suspense', 'EU', 'EUR', 'debit', now())`,
    [extra.northJournal],
  );
  await pool.query(
    `INSERT INTO transfers (id, journal_id, kind, phase, debit_account, credit_account, amount_minor, currency, debit_version, credit_version,
       debit_balance_minor, credit_balance_minor, actor, trace_id, at)
     VALUES ($1, $2, 'sale', 'single', $3, $2, 100, 'EUR', 1, 1, 100, -100, 'system:test', 't', now())`,
    [world.northTransfer, world.northJournal, world.northAccount],
  );
  await pool.query(
    `INSERT INTO checkouts (id, home, merchant_id, source, state, currency, lines, customer, locale, created_by, created_at, updated_at, expires_at, version)
     VALUES ($1, 'EU', $2, 'console', 'open', 'EUR', '[{"sku": "TENT-2", "name": "Tent", "quantity": 1}]', '{"email": "ana@example.com"}', 'en',
             'system:test', now(), now(), now() + interval '1 day', 1)`,
    [world.northCheckout, shop.merchants[0]],
  );
  const rules = '{"splitMinor": 0, "lateDayMinor": 0, "rules": []}';
  await pool.query(
    `WITH r AS (INSERT INTO routing_rule_sets (id, merchant_id, number, status, content, version, created_by, created_at, updated_at)
                VALUES ($1, $2, 1, 'retired', $3, 1, 'system:test', now(), now()))
     INSERT INTO routing_simulations (id, merchant_id, rule_set_id, rules, last_orders, status, started_by, created_at)
     VALUES ($1, $2, $1, $3, 10, 'queued', 'system:test', now())`,
    [world.northSimulation, shop.merchants[0], rules],
  );
  await pool.query(
    `INSERT INTO purchase_orders (id, number, home, merchant_id, node_id, supplier, status, currency, created_by, created_at, ordered_at, trace_id)
     VALUES ($1, 'EU-B501', 'EU', $2, $3, 'North Makers', 'ordered', 'EUR', 'system:test', now(), now(), 't')`,
    [world.northPurchaseOrder, shop.merchants[0], shop.nodes[0]],
  );
  await pool.query(
    `INSERT INTO purchase_order_lines (id, purchase_order_id, position, sku_id, ordered, open_units) VALUES ($1, $2, 1, $3, 10, 10)`,
    [newId(), world.northPurchaseOrder, shop.skus[0]],
  );
  const farNode = newId();
  await pool.query(
    `INSERT INTO nodes (id, merchant_id, home, code, name, kind, created_at) VALUES ($1, $2, 'EU', 'FAR', 'Far', 'warehouse', now())`,
    [farNode, shop.merchants[0]],
  );
  await pool.query(
    `INSERT INTO stock_transfers (id, number, home, merchant_id, from_node_id, to_node_id, status, created_by, created_at, trace_id)
     VALUES ($1, 'EU-T501', 'EU', $2, $3, $4, 'requested', 'system:test', now(), 't')`,
    [world.northTransferOfStock, shop.merchants[0], shop.nodes[0], farNode],
  );
  await pool.query(
    `INSERT INTO stock_counts (id, number, home, merchant_id, node_id, status, blind, chosen, created_by, created_at, trace_id)
     VALUES ($1, 'EU-I501', 'EU', $2, $3, 'counting', false, 'all', 'system:test', now(), 't')`,
    [world.northCount, shop.merchants[0], shop.nodes[0]],
  );
  await pool.query(
    `INSERT INTO channel_connections (id, home, merchant_id, channel, kind, name, url, secret_sealed, status, created_at, updated_at, report_due_at)
     VALUES ($1, 'EU', $2, 'marketplace', 'marketplace', 'Bazaar', 'https://bazaar.example', 'x', 'paused', now(), now(), now())`,
    [world.northChannel, shop.merchants[0]],
  );
  await pool.query(
    `INSERT INTO manifests (id, number, home, merchant_id, node_id, carrier, status, version, created_by, created_at, trace_id)
     VALUES ($1, 'EU-M501', 'EU', $2, $3, 'parcel', 'closed', 1, 'system:test', now(), 't')`,
    [world.northManifest, shop.merchants[0], shop.nodes[0]],
  );
  await pool.query(
    `INSERT INTO returns (id, number, home, merchant_id, order_id, customer_id, status, wants, policy_version, terms, requested_by, requested_at, currency,
                          version, trace_id)
     VALUES ($1, 'EU-A501', 'EU', $2, $3, $4, 'requested', 'refund', 0, '{"labelFeeMinor": 0, "finalSale": []}', 'system:test', now(), 'EUR', 1, 't')`,
    [world.northReturn, shop.merchants[0], shop.orders[0], shop.customers[0]],
  );
  await pool.query(
    `INSERT INTO return_photos (id, return_id, order_id, content_type, bytes, added_by, added_at)
     VALUES ($1, $1, $2, 'image/jpeg', '\\xffd8ff', 'system:test', now())`,
    [world.northReturn, shop.orders[0]],
  );
  await pool.query(
    `INSERT INTO disputes (id, number, home, merchant_id, order_id, payment_id, provider, provider_ref, status, reason, currency, amount_minor, taken_minor,
                           fee_minor, fee_back_minor, set_off_minor, evidence, opened_at, said_at, version)
     VALUES ($1, 'EU-D501', 'EU', $2, $3, $1, 'card', 'dp_501', 'inquiry', 'fraudulent', 'EUR', 100, 0, 0, 0, 0, '{}', now(), now(), 1)`,
    [world.northDispute, shop.merchants[0], shop.orders[0]],
  );
  await pool.query(
    `INSERT INTO dispute_files (id, dispute_id, order_id, kind, content_type, bytes, added_by, added_at)
     VALUES ($1, $1, $2, 'other', 'image/jpeg', '\\xffd8ff', 'system:test', now())`,
    [world.northDispute, shop.orders[0]],
  );
  await pool.query(
    `INSERT INTO pickups (order_id, merchant_id, node_id, status, created_at, updated_at, version)
     VALUES ($1, $2, $3, 'waiting', now(), now(), 1)`,
    [shop.orders[0], shop.merchants[0], shop.nodes[0]],
  );
  const walletAccount = newId();
  await pool.query(
    `INSERT INTO accounts (id, code, kind, home, customer_id, currency, normal_side, limited, created_at)
     VALUES ($1, 'wallet:north', 'wallet', 'EU', $2, 'EUR', 'credit', true, now())`,
    [walletAccount, shop.customers[0]],
  );
  await pool.query(
    `INSERT INTO wallets (id, customer_id, currency, account_id, tier, status, home, day, month, opened_at)
     VALUES ($1, $2, 'EUR', $3, 'basic', 'active', 'EU', '2026-11-28', '2026-11-01', now())`,
    [world.northWallet, shop.customers[0], walletAccount],
  );
  await pool.query(
    `INSERT INTO top_ups (id, wallet_id, customer_id, home, method, currency, amount_minor, status, reference, trace_id, created_at)
     VALUES ($1, $2, $3, 'EU', 'bank', 'EUR', 500, 'awaiting_transfer', 'RF00NORTH', 't', now())`,
    [world.northTopUp, world.northWallet, shop.customers[0]],
  );
  await pool.query(
    `INSERT INTO bank_accounts (id, customer_id, holder, country, last4, token, added_by, added_at)
     VALUES ($1, $2, 'North', 'DE', '3000', 'ben_none', 'system:test', now())`,
    [world.northBankAccount, shop.customers[0]],
  );
  await pool.query(
    `INSERT INTO money_requests (id, requester_wallet, requester_id, payer_id, currency, amount_minor, status, home, created_at, expires_at)
     VALUES ($1, $2, $3, $4, 'EUR', 500, 'open', 'EU', now(), now() + interval '14 days')`,
    [world.northRequest, world.northWallet, shop.customers[0], newId()],
  );
  await pool.query(
    `INSERT INTO accounts (id, code, kind, home, merchant_id, customer_id, currency, normal_side, limited, created_at)
     VALUES ($1, 'gift_card:north', 'gift_card', 'EU', $3, NULL, 'EUR', 'credit', true, now()),
            ($2, 'store_credit:north', 'store_credit', 'EU', $3, $4, 'EUR', 'credit', true, now())`,
    [world.northGiftCard, world.northStoreCredit, shop.merchants[0], shop.customers[0]],
  );
  await pool.query(
    `INSERT INTO gift_cards (id, home, merchant_id, account_id, currency, code_hash, last4, initial_minor, status, reason, issued_by, created_at,
                             updated_at, version)
     VALUES ($1, 'EU', $2, $1, 'EUR', 'hash', '0000', 100, 'active', 'sold', 'system:test', now(), now(), 1)`,
    [world.northGiftCard, shop.merchants[0]],
  );
  await pool.query(
    `INSERT INTO store_credits (id, home, merchant_id, customer_id, currency, status, created_at, updated_at, version)
     VALUES ($1, 'EU', $2, $3, 'EUR', 'active', now(), now(), 1)`,
    [world.northStoreCredit, shop.merchants[0], shop.customers[0]],
  );
  // South's order has something in it, so that what is done to it is done to an order like any other.
  const line = newId();
  await pool.query(
    `INSERT INTO order_lines (id, order_id, position, kind, sku_id, sku_code, name, stocked, quantity, unit_price, net_minor, discount_minor, tax_minor, total_minor, tax_rate)
     VALUES ($1, $2, 1, 'item', $3, 'MUG-RED', 'Red mug', true, 1, 12, 1200, 0, 0, 1200, 0)`,
    [line, shop.orders[1], shop.skus[1]],
  );
  await pool.query(`INSERT INTO line_spans (line_id, from_unit, to_unit, order_id, state) VALUES ($1, 1, 1, $2, 'open')`, [
    line,
    shop.orders[1],
  ]);
  return world;
}
