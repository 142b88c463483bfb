'use client';
import { Checkbox, Select } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { isCancellable, isReplacement, mayChangeAddress, mayEdit } from '../../server/domains/orders/rules.ts';
import type { EditChange } from '../../server/domains/orders/schema.ts';
import type { EditPreview } from '../../server/flows/edits/preview-edit.ts';
import type { OrderPage } from '../../server/views/order.ts';
import type { LineView } from '../../server/views/order-lines.ts';
import { type DraftLine, DraftLines } from '../drafts/draft-lines.tsx';
import { SkuFinder } from '../drafts/sku-finder.tsx';
import { useTRPC, useTRPCClient } from '../trpc.tsx';
import { QuantityInput } from '../ui/form-fields.tsx';
import { useFormat, useMessages } from '../ui/locale.tsx';
import { AddressFields, type AddressForm, formOf, typedAddress } from './address-fields.tsx';
import { orderFacts } from './order-facts.ts';
import classes from './order-page.module.css';
import { PlanDialog } from './plan-dialog.tsx';
import type { Figure } from './plan-preview.tsx';
import { useLineName } from './unit-fields.tsx';
import { editUndoId, useWithdrawEdit } from './use-edit.ts';
import { useOrderDone } from './use-order-done.ts';
import { usePlan } from './use-plan.ts';
import { undoOffer } from './use-undo.ts';

const MOST = 10_000;

interface EditableLine {
  readonly line: LineView;
  readonly units: number;
  /** Units that are packed already, and stay. */
  readonly packed: number;
}

/** The item lines that an edit may change, with what there is of them. */
function editable(page: OrderPage): EditableLine[] {
  const facts = orderFacts(page);
  return page.lines.flatMap((line) => {
    if (line.kind !== 'item' || isReplacement(facts.lines, line.id)) return [];
    const own = facts.spans.filter((span) => span.lineId === line.id && span.state !== 'cancelled');
    const count = (spans: typeof own) => spans.reduce((sum, span) => sum + span.to - span.from + 1, 0);
    const units = count(own);
    return units > 0 ? [{ line, units, packed: units - count(own.filter(isCancellable)) }] : [];
  });
}

/** What was chosen, as the changes that it makes; null where something is not filled in. */
function useChanges(page: OrderPage) {
  const lines = editable(page);
  const [quantities, setQuantities] = useState<Readonly<Record<string, number | null>>>({});
  const [added, setAdded] = useState<readonly DraftLine[]>([]);
  const [method, setMethod] = useState<string | null>(null);
  const [address, setAddress] = useState<AddressForm | null>(null);
  const typed = address && typedAddress(address);
  const complete =
    lines.every(({ line, packed }) => {
      const value = quantities[line.id];
      return value === undefined || (value !== null && value >= packed && value <= MOST);
    }) &&
    added.every(({ quantity }) => quantity !== null && quantity >= 1 && quantity <= MOST) &&
    (address === null || typed !== null);
  const changes: EditChange[] = [
    ...lines.flatMap(({ line, units }): EditChange[] => {
      const quantity = quantities[line.id];
      return quantity === undefined || quantity === null || quantity === units
        ? []
        : [{ change: 'quantity', lineId: line.id, quantity }];
    }),
    ...added.map(({ product, quantity }): EditChange => ({ change: 'add', sku: product.code, quantity: quantity ?? 1 })),
    ...(method === null ? [] : [{ change: 'shipping' as const, method }]),
    ...(typed ? [{ change: 'address' as const, address: typed }] : []),
  ];
  const state = { lines, quantities, setQuantities, added, setAdded, method, setMethod, address, setAddress };
  return { ...state, changes, complete };
}

function useFigures(currency: string) {
  const { t } = useMessages();
  const format = useFormat();
  const signed = (minor: number) => `${minor > 0 ? '+' : ''}${format.money(minor, currency)}`;
  return (plan: EditPreview): Figure[] => [
    { label: t('edits.before'), text: format.money(plan.beforeMinor, currency) },
    ...plan.removed.map((line) => ({
      label: t('edits.goes', { name: `${line.quantity} × ${line.name}` }),
      text: signed(-line.valueMinor),
    })),
    ...plan.added.map((line) => ({
      label: t('edits.comes', {
        name: `${line.quantity} × ${line.name}${line.restored ? ` (${t('edits.restored')})` : ''}`,
      }),
      text: signed(line.totalMinor),
    })),
    { label: t('edits.after'), text: format.money(plan.afterMinor, currency), strong: true },
    { label: t('edits.difference'), text: signed(plan.netMinor), strong: true },
  ];
}

/** Changes what an order is before its goods leave: quantities, further goods, another delivery or address. */
export function EditDialog({ page, onClose }: { page: OrderPage; onClose: () => void }) {
  const { order } = page;
  const { t } = useMessages();
  const format = useFormat();
  const trpc = useTRPC();
  const client = useTRPCClient();
  const figures = useFigures(order.currency);
  const chosen = useChanges(page);
  const allowed = mayEdit(orderFacts(page));
  const ready = allowed.allowed && chosen.complete && chosen.changes.length > 0;
  const input = ready ? { orderId: order.id, changes: chosen.changes } : null;
  const planned = usePlan('edit', input, order.version, (wanted) => client.edits.preview.mutate(wanted));
  const { plan } = planned;
  const withdraw = useWithdrawEdit();
  const done = useOrderDone(page, onClose, planned.again);
  const edit = useMutation(
    trpc.edits.edit.mutationOptions({
      onSuccess: (result) =>
        done.succeeded(
          t(result.editStatus === 'applied' ? 'edits.done' : 'edits.waits', { number: order.number }),
          undoOffer(editUndoId(result.editId), result.undoUntil, () => withdraw.run(order.id, result.editId)),
        ),
      onError: done.failed,
    }),
  );
  const amount = plan ? format.money(Math.abs(plan.netMinor), order.currency) : '';
  const verb =
    !plan || plan.netMinor === 0 ? t('edits.verb') : t(plan.netMinor > 0 ? 'edits.verbMore' : 'edits.verbLess', { amount });
  const blocked = !allowed.allowed ? allowed.why : ready ? null : chosen.complete ? t('edits.nothing') : t('actions.checkUnits');
  return (
    <PlanDialog
      onClose={onClose}
      size="xl"
      title={t('edits.title', { number: order.number })}
      planned={planned}
      figures={figures}
      effect={(shown) => <Effect plan={shown} />}
      verb={verb}
      blocked={blocked}
      sending={edit}
      onConfirm={(asked) => edit.mutate(done.keyed({ ...asked, undoable: true }))}
    >
      <ChosenLines page={page} chosen={chosen} />
      <ChosenDelivery page={page} chosen={chosen} />
    </PlanDialog>
  );
}

/** How the difference settles, and what becomes of promises. */
function Effect({ plan }: { plan: EditPreview }) {
  const { t } = useMessages();
  const format = useFormat();
  const amount = format.money(plan.settles === 'refund' ? plan.refundMinor : plan.dueMinor, plan.currency);
  return (
    <>
      <p>{t(`edits.settles.${plan.settles}`, { amount })}</p>
      {plan.added.some(({ kind }) => kind === 'item') && <p>{t('edits.promised')}</p>}
      {plan.removed.length > 0 && <p>{t('edits.givenBack')}</p>}
      {plan.later.length > 0 && (
        <p>{t('edits.later', { goods: plan.later.map(({ sku, units }) => `${units} × ${sku}`).join(', ') })}</p>
      )}
      {plan.awaitsPartner && <p>{t('edits.partner')}</p>}
    </>
  );
}

type Chosen = ReturnType<typeof useChanges>;

function ChosenLines({ page, chosen }: { page: OrderPage; chosen: Chosen }) {
  const { t } = useMessages();
  const nameOf = useLineName();
  return (
    <>
      {chosen.lines.map(({ line, units, packed }) => (
        <QuantityInput
          key={line.id}
          label={t('edits.line', { name: nameOf(line), count: units })}
          description={packed > 0 ? t('edits.packed', { count: packed }) : undefined}
          min={packed}
          max={MOST}
          value={chosen.quantities[line.id] === undefined ? units : (chosen.quantities[line.id] ?? null)}
          onChange={(quantity) => chosen.setQuantities((before) => ({ ...before, [line.id]: quantity }))}
        />
      ))}
      <SkuFinder
        merchantId={page.order.merchantId}
        onPick={(product) =>
          chosen.setAdded((before) =>
            before.some((line) => line.product.id === product.id) ? before : [...before, { product, quantity: 1 }],
          )
        }
      />
      {chosen.added.length > 0 && <DraftLines lines={chosen.added} onChange={chosen.setAdded} />}
    </>
  );
}

function ChosenDelivery({ page, chosen }: { page: OrderPage; chosen: Chosen }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const { data: deliveries = [] } = useQuery(trpc.edits.deliveries.queryOptions({ orderId: page.order.id }));
  const movable = mayChangeAddress(orderFacts(page));
  return (
    <>
      {deliveries.length > 0 && (
        <Select
          label={t('edits.delivery')}
          placeholder={t('edits.deliveryStays')}
          clearable
          data={deliveries.map(({ code, name }) => ({ value: code, label: name }))}
          value={chosen.method}
          onChange={chosen.setMethod}
        />
      )}
      <Checkbox
        label={t('edits.address')}
        description={movable.allowed ? undefined : movable.why}
        disabled={!movable.allowed}
        checked={chosen.address !== null}
        onChange={(event) => chosen.setAddress(event.currentTarget.checked ? formOf(page.order.shipTo) : null)}
      />
      {chosen.address && (
        <div className={classes.editAddress}>
          <AddressFields form={chosen.address} problems={{}} onChange={chosen.setAddress} />
        </div>
      )}
    </>
  );
}
