'use client';
import { IconAlertTriangle, IconClock, IconPackage, IconTrendingDown } from '@tabler/icons-react';
import { useRouter } from 'next/navigation';
import type { LevelCell, LevelNode, LevelRow } from '../../server/views/levels.ts';
import { ChangedValue } from '../ui/changed-value.tsx';
import { useFormat, useMessages } from '../ui/locale.tsx';
import classes from './level-cell.module.css';

const MARK_PIXELS = 13;
const MARKS = {
  allocated: { icon: IconPackage, look: '' },
  short: { icon: IconAlertTriangle, look: classes.short },
  waiting: { icon: IconClock, look: classes.waiting },
} as const;
type MarkKind = keyof typeof MARKS;

/** A second figure beside the one that counts: an icon that says which, and how many. */
function Mark({ kind, units }: { kind: MarkKind; units: bigint }) {
  const { t } = useMessages();
  const format = useFormat();
  const { icon: Icon, look } = MARKS[kind];
  if (units === 0n) return null;
  return (
    <span className={`${classes.mark} ${look}`} title={t(`stock.grid.${kind}Units`, { count: Number(units) })}>
      <Icon size={MARK_PIXELS} aria-hidden />
      <span aria-hidden>{format.number(units)}</span>
      <span className="wb-visually-hidden">{t(`stock.grid.${kind}Units`, { count: Number(units) })}</span>
    </span>
  );
}

/** It fell to its reorder point. */
function LowMark() {
  const { t } = useMessages();
  return (
    <span className={`${classes.mark} ${classes.waiting}`}>
      <IconTrendingDown size={MARK_PIXELS} aria-hidden />
      {t('stock.grid.low')}
    </span>
  );
}

/** What the marks mean. */
export function MarksLegend({ hiddenNodes }: { hiddenNodes: number }) {
  const { t } = useMessages();
  return (
    <div className={classes.legend}>
      {(['allocated', 'short', 'waiting'] as const).map((kind) => {
        const { icon: Icon, look } = MARKS[kind];
        return (
          <span key={kind} className={look}>
            <Icon size={MARK_PIXELS} aria-hidden />
            {t(`stock.grid.${kind}`)}
          </span>
        );
      })}
      {hiddenNodes > 0 && <span>{t('stock.grid.hiddenNodes', { count: hiddenNodes })}</span>}
    </div>
  );
}

interface Level {
  readonly onHand: bigint;
  readonly allocated: bigint;
  readonly short: bigint;
}

function Figures({ level }: { level: Level }) {
  const format = useFormat();
  return (
    <>
      <Mark kind="short" units={level.short} />
      <Mark kind="allocated" units={level.allocated} />
      <span className={level.onHand === 0n ? `wb-number ${classes.none}` : 'wb-number'}>{format.number(level.onHand)}</span>
    </>
  );
}

/** What all nodes together hold. */
export function TotalLevel({ row }: { row: LevelRow }) {
  return (
    <ChangedValue of={`${row.onHand}/${row.allocated}/${row.short}`}>
      <span className={classes.cell}>
        <Figures level={row} />
      </span>
    </ChangedValue>
  );
}

/** A total that stands alone, or with one mark. */
export function Total(props: {
  readonly units: bigint;
  readonly mark?: { readonly kind: MarkKind; readonly units: bigint };
  readonly low?: boolean;
}) {
  const format = useFormat();
  const { units, mark, low = false } = props;
  return (
    <ChangedValue of={`${units}/${mark?.units ?? 0n}/${low}`}>
      <span className={classes.cell}>
        {low && <LowMark />}
        {mark && <Mark {...mark} />}
        <span className={units === 0n ? `wb-number ${classes.none}` : 'wb-number'}>{format.number(units)}</span>
      </span>
    </ChangedValue>
  );
}

/** What may be promised, where no header says so. */
export function AvailableCard({ row }: { row: LevelRow }) {
  const { t } = useMessages();
  return (
    <ChangedValue of={`${row.available}/${row.shortfall}/${row.low}`}>
      <span className={classes.cell}>
        {row.low && <LowMark />}
        <Mark kind="short" units={row.shortfall} />
        {t('stock.grid.availableCard', { count: Number(row.available) })}
      </span>
    </ChangedValue>
  );
}

/** What one node holds of one SKU; pressing it adjusts that, or opens the SKU for whoever may not. */
export function NodeLevel(props: {
  readonly row: LevelRow;
  readonly node: LevelNode;
  readonly href: string;
  readonly onAdjust?: (row: LevelRow, nodeId: string) => void;
}) {
  const { t } = useMessages();
  const format = useFormat();
  const router = useRouter();
  const { row, node, href, onAdjust } = props;
  const cell: LevelCell | undefined = row.cells[node.id];
  // Of several merchants: another one's node holds nothing of this one's, ever.
  if (node.merchantId !== row.merchantId) return null;
  const says = cell
    ? t('stock.grid.cell', { sku: row.code, node: node.code, onHand: format.number(cell.onHand) })
    : t('stock.grid.noCell', { sku: row.code, node: node.code });
  const marks = cell
    ? (['allocated', 'short'] as const)
        .filter((kind) => cell[kind] > 0n)
        .map((kind) => t(`stock.grid.${kind}Units`, { count: Number(cell[kind]) }))
    : [];
  return (
    <button
      type="button"
      className={classes.press}
      data-cell={`${row.skuId}.${node.id}`}
      tabIndex={-1}
      onClick={() => (onAdjust ? onAdjust(row, node.id) : router.push(href))}
    >
      <span className="wb-visually-hidden">{[says, ...marks].join(', ')}</span>
      <span aria-hidden>
        <ChangedValue of={cell ? `${cell.onHand}/${cell.allocated}/${cell.short}` : ''}>
          <span className={classes.cell}>
            {cell ? <Figures level={cell} /> : <span className={classes.none}>{t('ui.unknown')}</span>}
          </span>
        </ChangedValue>
      </span>
    </button>
  );
}

export function SkuCell({ row }: { row: LevelRow }) {
  return (
    <span className={classes.sku}>
      <span className="wb-mono">{row.code}</span>
      <span className={classes.name}>{row.name}</span>
    </span>
  );
}
