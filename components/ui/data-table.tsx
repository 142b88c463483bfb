'use client';
import { IconChevronDown, IconChevronUp } from '@tabler/icons-react';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { type MouseEvent, type ReactNode, useRef } from 'react';
import classes from './data-table.module.css';
import { useMessages } from './locale.tsx';
import { useCellKeys, useRowKeys } from './row-keys.ts';
import { useNarrow } from './use-narrow.ts';
import { useScrolls } from './use-scrolls.ts';

/**
 * Where a column stands on a phone's two-line card; a column without a place is left out there. Actions stand below, outside the link
 * that the card is.
 */
export type CardPlace = 'title' | 'sub' | 'end' | 'endSub' | 'actions';

export interface Column<Row> {
  readonly key: string;
  readonly header: string;
  /** What a short header stands for. */
  readonly headerTitle?: string;
  readonly cell: (row: Row) => ReactNode;
  /** Figures and money. */
  readonly right?: boolean;
  /** The API's sort key; makes the header a button. */
  readonly sort?: string;
  readonly card?: CardPlace;
  /** What a card says instead: with its own label, or without links, since the card is one. */
  readonly cardCell?: (row: Row) => ReactNode;
  /** Left out of the table: what another column says there, a card says apart. */
  readonly cardOnly?: boolean;
  /** Left out of the table on a phone, where there are no cards. */
  readonly wideOnly?: boolean;
  /** Gives way where there is little room: what does not fit ends with dots. */
  readonly fluid?: boolean;
  readonly width?: number | string;
  /** The column's total, in a last row. */
  readonly footer?: ReactNode;
}

export interface Selection {
  readonly keys: ReadonlySet<string>;
  readonly onChange: (keys: ReadonlySet<string>) => void;
}

export interface DataTableProps<Row> {
  /** Names the table for a screen reader. */
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string;
  /** What a person calls the row: its number. */
  readonly rowLabel: (row: Row) => string;
  /** Where the row leads; its first column becomes the link and the whole row can be clicked. */
  readonly rowHref?: (row: Row) => string;
  readonly sort?: string;
  readonly onSort?: (sort: string) => void;
  readonly selection?: Selection;
  readonly compact?: boolean;
  /** Inside a Section: flush with its edges. */
  readonly embedded?: boolean;
  /** Keys of columns that the person has put away; cards on a phone keep their own. */
  readonly hidden?: ReadonlySet<string>;
  /** j, k, x work here. One table per page. */
  readonly keyboard?: boolean;
  /** The first column stays while the others scroll; arrows go from cell to cell, among those with `data-cell`. */
  readonly grid?: boolean;
}

function toggled(keys: ReadonlySet<string>, key: string): ReadonlySet<string> {
  const next = new Set(keys);
  if (!next.delete(key)) next.add(key);
  return next;
}

function shownColumns<Row>({ columns, hidden }: DataTableProps<Row>): readonly Column<Row>[] {
  return columns.filter((column, index) => !column.cardOnly && (index === 0 || !hidden?.has(column.key)));
}

function cellClass<Row>(column: Column<Row>): string | undefined {
  return (
    [column.right && classes.right, column.wideOnly && classes.wideOnly, column.fluid && classes.fluid]
      .filter(Boolean)
      .join(' ') || undefined
  );
}

function HeaderCell<Row>({ column, props }: { column: Column<Row>; props: DataTableProps<Row> }) {
  const { sort: key } = column;
  const className = cellClass(column);
  if (!key || !props.onSort) {
    return (
      <th scope="col" className={className} style={{ width: column.width }} title={column.headerTitle}>
        {column.header}
      </th>
    );
  }
  const up = props.sort === key;
  const down = props.sort === `-${key}`;
  const Arrow = up ? IconChevronUp : IconChevronDown;
  return (
    <th
      scope="col"
      className={className}
      style={{ width: column.width }}
      aria-sort={up ? 'ascending' : down ? 'descending' : undefined}
    >
      <button
        type="button"
        className={classes.sort}
        data-sorted={up || down || undefined}
        onClick={() => props.onSort?.(down ? key : `-${key}`)}
      >
        {column.header}
        {(up || down) && <Arrow size={14} aria-hidden />}
      </button>
    </th>
  );
}

/** A browser's own box, dressed: fifty of a component library's would be what a list waits for. */
function SelectBox<Row>({ row, props }: { row: Row; props: DataTableProps<Row> }) {
  const { t } = useMessages();
  const { selection } = props;
  if (!selection) return null;
  const key = props.rowKey(row);
  return (
    <input
      type="checkbox"
      className={classes.box}
      aria-label={t('ui.selectRow', { name: props.rowLabel(row) })}
      checked={selection.keys.has(key)}
      onChange={() => selection.onChange(toggled(selection.keys, key))}
    />
  );
}

function TableRow<Row>({ row, props }: { row: Row; props: DataTableProps<Row> }) {
  const router = useRouter();
  const href = props.rowHref?.(row);
  // A mouse's shortcut; the keyboard's way is the link in the first cell.
  const open = (event: MouseEvent<HTMLTableRowElement>) => {
    const inside = (event.target as HTMLElement).closest('a, button, input, label, [role=menu]');
    if (!href || inside || window.getSelection()?.toString()) return;
    if (event.metaKey || event.ctrlKey) window.open(href, '_blank', 'noopener');
    else router.push(href);
  };
  return (
    <tr
      className={classes.row}
      data-row
      data-link={href ? true : undefined}
      data-selected={props.selection?.keys.has(props.rowKey(row)) || undefined}
      onClick={open}
    >
      {props.selection && (
        <td className={classes.check}>
          <SelectBox row={row} props={props} />
        </td>
      )}
      {shownColumns(props).map((column, index) => (
        <td key={column.key} className={cellClass(column)}>
          {index === 0 && href ? (
            <Link href={href} className={classes.rowLink} data-row-link prefetch={false}>
              {column.cell(row)}
            </Link>
          ) : (
            column.cell(row)
          )}
        </td>
      ))}
    </tr>
  );
}

function Cards<Row>(props: DataTableProps<Row>) {
  const at = (row: Row, place: CardPlace) =>
    props.columns
      .filter((column) => column.card === place)
      .map((column) => (
        <span key={column.key} className={place === 'title' ? classes.cardTitle : undefined}>
          {(column.cardCell ?? column.cell)(row)}
        </span>
      ));
  return (
    <ul className={classes.cards} aria-label={props.label}>
      {props.rows.map((row) => {
        const content = (
          <>
            <span className={classes.cardTitle}>{at(row, 'title')}</span>
            <span className={classes.cardEnd}>{at(row, 'end')}</span>
            <span className={classes.cardSub}>{at(row, 'sub')}</span>
            <span className={classes.cardEnd}>{at(row, 'endSub')}</span>
          </>
        );
        const href = props.rowHref?.(row);
        return (
          <li key={props.rowKey(row)} className={classes.card}>
            <SelectBox row={row} props={props} />
            {href ? (
              <Link href={href} className={classes.cardLink} prefetch={false}>
                {content}
              </Link>
            ) : (
              <div className={classes.cardLink}>{content}</div>
            )}
            {props.columns.some((column) => column.card === 'actions') && (
              <div className={classes.cardActions}>{at(row, 'actions')}</div>
            )}
          </li>
        );
      })}
    </ul>
  );
}

/** The rows under their headers, with a last row of totals where columns have them. */
function Table<Row>(props: DataTableProps<Row>) {
  const { t } = useMessages();
  const { selection } = props;
  const all = props.rows.map(props.rowKey);
  const chosen = selection ? all.filter((key) => selection.keys.has(key)).length : 0;
  return (
    <table className={classes.table}>
      <thead>
        <tr>
          {selection && (
            <th scope="col" className={classes.check}>
              <input
                type="checkbox"
                className={classes.box}
                aria-label={t('ui.selectAll')}
                checked={chosen > 0 && chosen === all.length}
                ref={(box) => {
                  if (box) box.indeterminate = chosen > 0 && chosen < all.length;
                }}
                onChange={() => selection.onChange(new Set(chosen === all.length ? [] : all))}
              />
            </th>
          )}
          {shownColumns(props).map((column) => (
            <HeaderCell key={column.key} column={column} props={props} />
          ))}
        </tr>
      </thead>
      <tbody>
        {props.rows.map((row) => (
          <TableRow key={props.rowKey(row)} row={row} props={props} />
        ))}
      </tbody>
      {props.columns.some((column) => column.footer !== undefined) && (
        <tfoot>
          <tr className={classes.foot}>
            {selection && <td />}
            {shownColumns(props).map((column) => (
              <td key={column.key} className={cellClass(column)}>
                {column.footer}
              </td>
            ))}
          </tr>
        </tfoot>
      )}
    </table>
  );
}

/**
 * Rows with a sticky header; cards on a phone where columns name their place there. A semantic table of our own: a grid library's
 * roles and focus handling would stand in the way of links, and 50 rows need no virtualisation.
 */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const region = useRef<HTMLElement>(null);
  const scrolls = useScrolls(region);
  useRowKeys(region, { enabled: props.keyboard ?? false, selectable: props.selection !== undefined });
  useCellKeys(region, props.grid ?? false);
  const hasCards = props.columns.some((column) => column.card);
  const asCards = useNarrow() && hasCards;
  const shape = [
    hasCards && classes.hasCards,
    props.embedded && classes.embedded,
    props.compact && classes.compact,
    props.grid && classes.grid,
  ];
  return (
    <section
      data-table
      ref={region}
      // Inside a Section the landmark is the Section's: two of one name cannot be told apart.
      role={props.embedded ? 'group' : undefined}
      className={[classes.scroll, ...shape.filter(Boolean)].join(' ')}
      tabIndex={scrolls ? 0 : undefined}
      aria-label={props.label}
    >
      {asCards ? <Cards {...props} /> : <Table {...props} />}
    </section>
  );
}
