'use client';
import { Select, Textarea } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import type { FoundGoods, PlaceOption } from '../../server/views/goods.ts';
import { useTRPC } from '../trpc.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { useMessages } from '../ui/locale.tsx';
import { Quantity } from '../ui/money.tsx';

const REST_MS = 200;
const BETWEEN = /[\t;]|,(?!\d{3}\b)|\s+/;

/** One line of what somebody typed, pasted or scanned: an article, a quantity, and what a unit costs. */
export interface TypedLine {
  readonly line: number;
  readonly code: string;
  readonly quantity: number | null;
  readonly cost: string | null;
}

/** What a text says, line by line; blank lines say nothing. */
export function readLines(text: string): TypedLine[] {
  return text.split(/\r?\n/).flatMap((raw, index) => {
    const [code = '', quantity = '', cost] = raw.trim().split(BETWEEN).filter(Boolean);
    if (code === '') return [];
    const units = /^[+\-−]?\d{1,8}$/.test(quantity) ? Number(quantity.replace('−', '-')) : null;
    return [
      {
        line: index + 1,
        code,
        quantity: units,
        cost: cost && /^\d{1,8}([.,]\d{1,6})?$/.test(cost) ? cost.replace(',', '.') : null,
      },
    ];
  });
}

export interface GoodsLine extends FoundGoods {
  readonly quantity: number;
  readonly cost: string | null;
}

/** The lines with their articles at a node, or the first thing that is wrong with them. */
export function useGoodsLines(
  nodeId: string | null,
  text: string,
): { readonly lines: GoodsLine[]; readonly problem: string | null } {
  const { t } = useMessages();
  const trpc = useTRPC();
  const typed = readLines(text);
  const codes = [...new Set(typed.map((line) => line.code))];
  const [rested] = useDebouncedValue(codes.join('\n'), REST_MS);
  const settled = rested === codes.join('\n');
  const found = useQuery({
    ...trpc.goods.find.queryOptions({ nodeId: nodeId ?? '', codes }),
    enabled: nodeId !== null && codes.length > 0 && settled,
    retry: false,
  });
  if (nodeId === null) return { lines: [], problem: t('stockWork.chooseNode') };
  if (typed.length === 0) return { lines: [], problem: t('stockWork.linesNone') };
  const byCode = new Map((found.data ?? []).map((goods) => [goods.asked, goods]));
  const seen = new Set<string>();
  const lines: GoodsLine[] = [];
  let problem: string | null = found.data && settled ? null : '…';
  for (const { line, code, quantity, cost } of typed) {
    const goods = byCode.get(code);
    const wrong = !goods ? 'linesUnknown' : seen.has(goods.skuId) ? 'linesTwice' : quantity === null ? 'linesNumber' : null;
    if (goods) seen.add(goods.skuId);
    if (wrong && found.data && settled) problem ??= t(`stockWork.${wrong}`, { line, code });
    if (goods && !wrong && quantity !== null) lines.push({ ...goods, quantity, cost });
  }
  return { lines, problem };
}

/** A choice of node among those one sees; the merchant is the node's. */
export function useNodes() {
  const trpc = useTRPC();
  const places = useQuery(trpc.goods.places.queryOptions());
  return places.data ?? [];
}

export function NodeSelect(props: {
  readonly label: string;
  readonly places: readonly PlaceOption[];
  readonly value: string | null;
  readonly onChange: (nodeId: string | null) => void;
}) {
  const merchants = new Set(props.places.map((place) => place.merchantId));
  const label = (place: PlaceOption) =>
    merchants.size > 1 ? `${place.merchantName} · ${place.name} (${place.code})` : `${place.name} (${place.code})`;
  return (
    <Select
      label={props.label}
      data={props.places.map((place) => ({ value: place.id, label: label(place) }))}
      value={props.value}
      onChange={props.onChange}
      allowDeselect={false}
      searchable
      required
    />
  );
}

/** Articles and quantities as a text: typed, pasted from a sheet, or scanned. */
export function LinesField(props: {
  readonly value: string;
  readonly onChange: (text: string) => void;
  readonly hint: string;
  readonly label?: string;
  readonly required?: boolean;
}) {
  const { t } = useMessages();
  return (
    <Textarea
      label={props.label ?? t('stockWork.lines')}
      description={props.hint}
      value={props.value}
      onChange={(event) => props.onChange(event.currentTarget.value)}
      minRows={4}
      maxRows={12}
      autosize
      required={props.required ?? true}
      spellCheck={false}
      styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
    />
  );
}

/** What the text was understood as. */
export function GoodsTable({ lines, signed = false }: { readonly lines: readonly GoodsLine[]; readonly signed?: boolean }) {
  const { t } = useMessages();
  const columns: Column<GoodsLine>[] = [
    { key: 'sku', header: t('stockWork.sku'), cell: (line) => line.code, card: 'title' },
    { key: 'name', header: t('stockWork.name'), cell: (line) => line.name, card: 'sub', wideOnly: true },
    { key: 'onHand', header: t('stockWork.onHand'), right: true, cell: (line) => <Quantity value={line.onHand} /> },
    { key: 'units', header: t('stockWork.units'), right: true, cell: (line) => <Quantity value={line.quantity} />, card: 'end' },
    ...(signed
      ? [
          {
            key: 'after',
            header: t('stockWork.after'),
            right: true,
            cell: (line: GoodsLine) => <Quantity value={line.onHand + BigInt(line.quantity)} />,
          },
        ]
      : []),
  ];
  return (
    <DataTable
      embedded
      label={t('stockWork.lines')}
      columns={columns}
      rows={lines}
      rowKey={(line) => line.skuId}
      rowLabel={(line) => line.code}
    />
  );
}
