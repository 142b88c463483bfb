'use client';
import { Button, NumberInput, TextInput } from '@mantine/core';
import { IconBarcode, IconPlus } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type KeyboardEvent, useState } from 'react';
import type { PackingLine } from '../../server/views/packing.ts';
import type { QueueRow } from '../../server/views/queue.ts';
import { useRequestKey } from '../request-key.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { EffectDialog } from '../ui/effect-dialog.tsx';
import { useMessages } from '../ui/locale.tsx';
import { LoadingLines } from '../ui/states.tsx';
import { useToast } from '../ui/toast.tsx';
import {
  addBox,
  boxesToSend,
  catalogueWeight,
  lineOf,
  moveUnit,
  NEW_BOX,
  type PackedBox,
  type Packing,
  startPacking,
  unitsIn,
} from './pack-boxes.ts';
import classes from './parcels.module.css';

const MAX_GRAMS = 1_000_000;

function BoxCard(props: {
  box: PackedBox;
  number: number;
  current: boolean;
  lines: readonly PackingLine[];
  onChoose: () => void;
  onWeigh: (grams: number | null) => void;
}) {
  const { box, number, lines } = props;
  const { t } = useMessages();
  const grams = catalogueWeight(box, lines);
  return (
    <fieldset className={props.current ? classes.boxCurrent : classes.box}>
      <legend>
        <Button
          size="compact-xs"
          variant={props.current ? 'filled' : 'default'}
          aria-pressed={props.current}
          onClick={props.onChoose}
        >
          {t('parcels.box', { number })}
        </Button>
      </legend>
      {unitsIn(box) === 0 && <p className={classes.dim}>{t('parcels.boxEmpty')}</p>}
      <ul className={classes.plain}>
        {lines.map((line) => {
          const units = box.units[line.lineId] ?? 0;
          return units > 0 ? (
            <li key={line.lineId}>
              <span className="wb-number">{units} ×</span> <span className="wb-mono">{line.skuCode}</span> {line.name}
            </li>
          ) : null;
        })}
      </ul>
      <NumberInput
        label={t('parcels.weight', { number })}
        placeholder={grams > 0 ? String(grams) : t('parcels.weightUnknown')}
        value={box.weightGrams ?? ''}
        onChange={(value) => props.onWeigh(typeof value === 'number' ? value : null)}
        min={1}
        max={MAX_GRAMS}
        allowDecimal={false}
        suffix=" g"
        size="xs"
      />
    </fieldset>
  );
}

/** Takes what a scanner types: an article's code or barcode puts one unit into the box; BOX opens another one. */
function ScanUnits({ onScan, said }: { onScan: (code: string) => void; said: string | null }) {
  const { t } = useMessages();
  const scan = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key !== 'Enter' || event.metaKey || event.ctrlKey) return;
    event.preventDefault();
    const code = event.currentTarget.value.trim();
    event.currentTarget.value = '';
    if (code !== '') onScan(code);
  };
  return (
    <TextInput
      label={t('parcels.scanUnit')}
      description={t('parcels.scanUnitHint', { command: NEW_BOX })}
      leftSection={<IconBarcode size={16} aria-hidden />}
      autoComplete="off"
      spellCheck={false}
      error={said}
      onKeyDown={scan}
    />
  );
}

/** Puts an order's goods into boxes, weighs them and buys their labels: by keyboard and scanner alone. */
export function PackDialog({ row, onClose, onDone }: { row: QueueRow; onClose: () => void; onDone: () => void }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const toast = useToast();
  const queryClient = useQueryClient();
  const request = useRequestKey();
  const about = { orderId: row.orderId, nodeId: row.nodeId };
  const table = useQuery(trpc.shipments.packing.queryOptions(about));
  const lines = table.data ?? [];
  const [touched, setPacking] = useState<Packing | null>(null);
  const [said, setSaid] = useState<string | null>(null);
  const packing = touched ?? startPacking(lines);
  const ship = useMutation(
    trpc.orders.ship.mutationOptions({
      onSuccess: (made) => {
        const number = made.shipments[0]?.number ?? '';
        toast.success({
          message: t('shipments.shipped', { count: 1 }),
          link: { href: `/shipments/${encodeURIComponent(number)}`, label: number },
        });
        onDone();
        onClose();
      },
      onError: request.failed,
      onSettled: () => {
        for (const changed of [trpc.shipments, trpc.orders, trpc.home]) void queryClient.invalidateQueries(changed.pathFilter());
      },
    }),
  );
  const scan = (code: string) => {
    setSaid(null);
    if (code.toUpperCase() === NEW_BOX) return setPacking(addBox(packing));
    const line = lineOf(lines, code);
    if (!line) return setSaid(t('parcels.scanForeign', { code }));
    const moved = moveUnit(packing, line.lineId, packing.current);
    if (moved) setPacking(moved);
    else setSaid(t('parcels.scanAllIn', { code: line.skuCode, number: packing.current + 1 }));
  };
  const full = packing.boxes.filter((box) => unitsIn(box) > 0).length;
  return (
    <EffectDialog
      opened
      onClose={onClose}
      size="lg"
      title={t('parcels.packTitle', { number: row.number })}
      preview={table.data ? <p>{t('parcels.packEffect', { count: full })}</p> : undefined}
      verb={t('parcels.packVerb', { count: full })}
      error={shownError(ship.error ?? table.error)}
      busy={ship.isPending}
      onConfirm={() => ship.mutate(request.keyed({ ...about, boxes: boxesToSend(packing) }))}
    >
      {!table.data && <LoadingLines lines={3} />}
      {table.data && (
        <>
          <ScanUnits onScan={scan} said={said} />
          <div className={classes.boxes}>
            {packing.boxes.map((box, at) => (
              <BoxCard
                key={at}
                box={box}
                number={at + 1}
                current={at === packing.current}
                lines={lines}
                onChoose={() => setPacking({ ...packing, current: at })}
                onWeigh={(weightGrams) =>
                  setPacking({ ...packing, boxes: packing.boxes.map((one, of) => (of === at ? { ...one, weightGrams } : one)) })
                }
              />
            ))}
          </div>
          <Button
            variant="default"
            size="xs"
            leftSection={<IconPlus size={14} aria-hidden />}
            onClick={() => setPacking(addBox(packing))}
          >
            {t('parcels.addBox')}
          </Button>
        </>
      )}
    </EffectDialog>
  );
}
