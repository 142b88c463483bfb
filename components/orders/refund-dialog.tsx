'use client';
import { SegmentedControl } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { isRefundable, mayRefund } from '../../server/domains/orders/rules.ts';
import { disputedAwayMinor } from '../../server/domains/payments/rules.ts';
import { REFUND_REASONS, REFUND_TARGETS, type RefundReason } from '../../server/domains/refunds/schema.ts';
import type { RefundPreview } from '../../server/flows/refund-order.ts';
import { valueOfUnits } from '../../server/kernel/units.ts';
import { REFUND_KINDS } from '../../server/kernel/vocabulary.ts';
import type { OrderPage } from '../../server/views/order.ts';
import { useMethodName } from '../payments/method-name.ts';
import { useTRPC, useTRPCClient } from '../trpc.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { MoneyInput } from '../ui/form-fields.tsx';
import { useFormat, useMessages } from '../ui/locale.tsx';
import { Money } from '../ui/money.tsx';
import { orderFacts, pendingRefundMinor } from './order-facts.ts';
import classes from './order-page.module.css';
import { PlanDialog } from './plan-dialog.tsx';
import type { Figure } from './plan-preview.tsx';
import { choosable, UnitFields, useLineName, useUnits } from './unit-fields.tsx';
import { useOrderDone } from './use-order-done.ts';
import { usePlan } from './use-plan.ts';
import { refundUndoId, undoOffer, useUndoOrder } from './use-undo.ts';

type AskedKind = (typeof REFUND_KINDS)[number];

/** What most refunds are for. */
const QUICK_REASONS = ['damaged', 'not_received', 'wrong_item', 'customer_request'] as const satisfies readonly RefundReason[];

function useFigures(page: OrderPage) {
  const { t } = useMessages();
  const methodName = useMethodName();
  const format = useFormat();
  return (plan: RefundPreview): Figure[] => {
    const money = (minor: number) => format.money(minor, plan.currency);
    const method = (paymentId: string) => {
      if (plan.to === 'store_credit') return t('actions.refund.targets.store_credit');
      const payment = page.payments.find(({ id }) => id === paymentId);
      return payment ? methodName(payment) : t('ui.unknown');
    };
    return [
      { label: t('actions.refund.total'), text: money(plan.amountMinor), strong: true },
      ...legsShown(plan).map((leg) => ({
        label: t('actions.refund.to', { method: method(leg.paymentId) }),
        text: money(leg.amountMinor),
      })),
      { label: t('actions.refund.left'), text: money(plan.leftMinor) },
    ];
  };
}

/** Whatever it was paid with, as credit it is one amount. */
function legsShown({ to, legs, amountMinor }: RefundPreview): RefundPreview['legs'] {
  return to === 'store_credit' ? [{ paymentId: '', amountMinor }] : legs;
}

interface LineValue {
  readonly id: string;
  readonly name: string;
  readonly netMinor: bigint;
  readonly discountMinor: bigint;
  readonly taxMinor: bigint;
  readonly totalMinor: bigint;
}

/** What each chosen line gives back, by component: the frozen shares of its units. */
function LineValues({ page, plan }: { page: OrderPage; plan: RefundPreview }) {
  const { t } = useMessages();
  const nameOf = useLineName();
  const rows = plan.units.flatMap((range): LineValue[] => {
    const line = page.lines.find(({ id }) => id === range.lineId);
    if (!line) return [];
    const name = t('actions.refund.line', { count: range.to - range.from + 1, name: nameOf(line) });
    return [{ id: `${range.lineId}:${range.from}`, name, ...valueOfUnits(line, range.from, range.to) }];
  });
  if (rows.length === 0) return null;
  const money = (key: string, header: string, of: (row: LineValue) => bigint): Column<LineValue> => ({
    key,
    header,
    right: true,
    cell: (row) => <Money amountMinor={of(row)} currency={plan.currency} />,
  });
  const columns: Column<LineValue>[] = [
    { key: 'name', header: t('orders.item'), cell: (row) => row.name, card: 'title' },
    money('net', t('actions.refund.net'), (row) => row.netMinor),
    money('discount', t('actions.refund.discount'), (row) => -row.discountMinor),
    money('tax', t('actions.refund.tax'), (row) => row.taxMinor),
    { ...money('total', t('actions.refund.total'), (row) => row.totalMinor), card: 'end' },
  ];
  return (
    <DataTable
      embedded
      label={t('orders.lines')}
      columns={columns}
      rows={rows}
      rowKey={(row) => row.id}
      rowLabel={(row) => row.name}
    />
  );
}

/** What the form asks for, or why it asks for nothing yet. */
function useWanted(page: OrderPage) {
  const { t } = useMessages();
  const format = useFormat();
  // A replacement, or shipping that was free: what cost nothing has nothing to give back.
  const lines = choosable(page, isRefundable).filter(({ line }) => line.totalMinor > 0n);
  const units = useUnits(lines);
  const [kind, setKind] = useState<AskedKind>(lines.length > 0 ? 'units' : 'amount');
  const [amountMinor, setAmount] = useState<bigint | null>(null);
  const [to, setTo] = useState<(typeof REFUND_TARGETS)[number] | null>(null);
  const [reason] = useState<RefundReason>('other');
  const pending = pendingRefundMinor(page);
  const disputed = disputedAwayMinor(page.payments);
  const left = page.order.capturedMinor - page.order.refundedMinor - pending - disputed;
  const allowed = mayRefund(orderFacts(page), pending, disputed);
  const base = { orderId: page.order.id, reason, ...(to === null ? {} : { to }) };
  const most = t('actions.refund.amountMost', { amount: format.money(left, page.order.currency) });
  const typed = amountMinor !== null && amountMinor > 0n;
  const amountProblem = !typed ? t('actions.refund.amountFirst') : amountMinor > left ? most : null;
  const problem = kind === 'units' ? units.problem : amountProblem;
  const input =
    !allowed.allowed || problem !== null
      ? null
      : kind === 'units'
        ? { ...base, kind, units: units.selection }
        : { ...base, kind, amountMinor: amountMinor ?? 0n };
  const blocked = !allowed.allowed ? allowed.why : problem;
  return { lines, units, kind, setKind, amountMinor, setAmount, to, setTo, left, input, blocked };
}

function Fields({
  page,
  wanted,
  planned,
}: {
  page: OrderPage;
  wanted: ReturnType<typeof useWanted>;
  planned: RefundPreview['to'];
}) {
  const { t } = useMessages();
  const { kind, lines } = wanted;
  return (
    <>
      <SegmentedControl
        aria-label={t('actions.refund.kind')}
        value={kind}
        onChange={(value) => wanted.setKind(value as AskedKind)}
        data={REFUND_KINDS.map((value) => ({
          value,
          label: t(`actions.refund.kinds.${value}`),
          disabled: value === 'units' && lines.length === 0,
        }))}
      />
      {/* Before the fields: from the last of them one Tab leads to the reason. */}
      {page.order.customerId !== null && (
        <SegmentedControl
          aria-label={t('actions.refund.target')}
          value={wanted.to ?? planned}
          onChange={(value) => wanted.setTo(value === 'store_credit' ? 'store_credit' : 'original')}
          data={REFUND_TARGETS.map((value) => ({ value, label: t(`actions.refund.targets.${value}`) }))}
        />
      )}
      {(wanted.to ?? planned) === 'store_credit' && <p className={classes.dim}>{t('actions.refund.targetHint')}</p>}
      {kind === 'units' ? (
        <UnitFields lines={lines} units={wanted.units} />
      ) : (
        <MoneyInput
          label={t('actions.amount')}
          currency={page.order.currency}
          value={wanted.amountMinor}
          onChange={wanted.setAmount}
          max={wanted.left}
          required
        />
      )}
    </>
  );
}

/** Gives money back: units at their frozen price, an amount, or goodwill. What is shown is what is sent. */
export function RefundDialog({ page, onClose }: { page: OrderPage; onClose: () => void }) {
  const { t } = useMessages();
  const format = useFormat();
  const trpc = useTRPC();
  const client = useTRPCClient();
  const figures = useFigures(page);
  const wanted = useWanted(page);
  const { order } = page;
  const planned = usePlan('refund', wanted.input, order.version, (input) => client.orders.previewRefund.mutate(input));
  const { plan } = planned;
  const undo = useUndoOrder();
  const done = useOrderDone(page, onClose, planned.again);
  const refund = useMutation(
    trpc.orders.refund.mutationOptions({
      onSuccess: (result) => {
        const amount = format.money(result.amountMinor, result.currency);
        done.succeeded(
          t(result.approvalId ? 'actions.refund.waits' : 'actions.refund.done', { number: result.number, amount }),
          undoOffer(refundUndoId(result.id), result.undoUntil, () => undo.refund(order.id, result.id)),
        );
      },
      onError: done.failed,
    }),
  );
  const amount = plan && format.money(plan.amountMinor, plan.currency);
  const verb = !plan
    ? t('actions.refund.verbWaiting')
    : t(plan.needsApproval ? 'actions.refund.verbAsk' : 'actions.refund.verb', { amount: amount ?? '' });
  return (
    <PlanDialog
      onClose={onClose}
      size="lg"
      title={t('actions.refund.title', { number: order.number })}
      planned={planned}
      figures={figures}
      effect={(shown) => (
        <>
          <LineValues page={page} plan={shown} />
          {shown.needsApproval && <p>{t('actions.refund.needsApproval')}</p>}
        </>
      )}
      reason={{
        required: true,
        options: REFUND_REASONS.map((value) => ({ value, label: t(`actions.refund.reasons.${value}`) })),
        quick: QUICK_REASONS,
        remember: 'refund',
      }}
      noted
      verb={verb}
      blocked={wanted.blocked}
      sending={refund}
      onConfirm={(asked, { reason, note }) =>
        refund.mutate(done.keyed({ ...asked, reason: reason as RefundReason, note, undoable: true }))
      }
    >
      <Fields page={page} wanted={wanted} planned={plan?.to ?? 'original'} />
    </PlanDialog>
  );
}
