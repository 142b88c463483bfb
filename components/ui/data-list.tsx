'use client';
import { Button, Skeleton } from '@mantine/core';
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react';
import { usePathname } from 'next/navigation';
import { type ReactNode, useState } from 'react';
import { ColumnChoice, useHiddenColumns } from './column-choice.tsx';
import classes from './data-list.module.css';
import { DataTable, type DataTableProps } from './data-table.tsx';
import { FilterChips, type ListFilter, type ListView, SearchField, ViewTabs } from './list-toolbar.tsx';
import { useMessages } from './locale.tsx';
import { useKeepTrail } from './record-trail.tsx';
import { EmptyState, type ErrorShown, ErrorState, NoMatch, useDelayed } from './states.tsx';

interface ListPager {
  /** The cursor behind the last row; null on the last page. */
  readonly nextCursor: string | null;
  readonly next: (cursor: string) => void;
  readonly previous?: () => void;
  readonly first?: () => void;
}

interface DataListProps<Row> extends Omit<DataTableProps<Row>, 'rows' | 'selection' | 'keyboard' | 'embedded' | 'hidden'> {
  /** A <PageHeader>. */
  readonly header: ReactNode;
  /** Undefined while loading. */
  readonly rows: readonly Row[] | undefined;
  readonly error?: ErrorShown;
  readonly onRetry?: () => void;
  readonly views?: readonly ListView[];
  readonly search?: { readonly value: string; readonly label: string; readonly onChange: (value: string) => void };
  readonly filters?: readonly ListFilter[];
  /** Right of the filters: an export, a switch. */
  readonly toolbarEnd?: ReactNode;
  readonly isFiltered: boolean;
  readonly onClear: () => void;
  readonly empty: { readonly title: string; readonly reason: string; readonly action?: ReactNode };
  /** Left of the pager: "as of 3 s ago". */
  readonly foot?: ReactNode;
  readonly pager?: ListPager;
  /** Makes rows selectable: what can be done with the selected ones. */
  readonly bulk?: (selected: readonly Row[], clear: () => void) => ReactNode;
}

const SKELETON_ROWS = 10;

function Skeletons() {
  const { t } = useMessages();
  const late = useDelayed(true);
  return (
    <div className={classes.body} role="status" aria-label={t('ui.loading')}>
      {late &&
        Array.from({ length: SKELETON_ROWS }, (_, row) => (
          <div key={row} className={classes.skeletonRow}>
            <Skeleton height={10} width={90} />
            <Skeleton height={10} width={`${20 + ((row * 7) % 20)}%`} />
            <Skeleton height={10} width={80} ml="auto" />
          </div>
        ))}
    </div>
  );
}

function Pager({ pager, foot }: { pager: ListPager; foot?: ReactNode }) {
  const { t } = useMessages();
  const { nextCursor } = pager;
  return (
    <nav className={classes.pager} aria-label={t('ui.pager')}>
      {foot}
      <div className={classes.pagerEnd}>
        {pager.first && !pager.previous && (
          <Button variant="default" size="xs" onClick={pager.first}>
            {t('ui.first')}
          </Button>
        )}
        <Button
          variant="default"
          size="xs"
          disabled={!pager.previous}
          onClick={pager.previous}
          leftSection={<IconChevronLeft size={14} aria-hidden />}
        >
          {t('ui.previous')}
        </Button>
        <Button
          variant="default"
          size="xs"
          disabled={nextCursor === null}
          onClick={() => nextCursor !== null && pager.next(nextCursor)}
          rightSection={<IconChevronRight size={14} aria-hidden />}
        >
          {t('ui.next')}
        </Button>
      </div>
    </nav>
  );
}

/** What stands where rows would: skeleton, error, empty, no match, or nothing because there are rows. */
function Instead<Row>(props: DataListProps<Row>) {
  if (props.error && !props.rows) {
    return (
      <div className={classes.body}>
        <ErrorState error={props.error} onRetry={props.onRetry} />
      </div>
    );
  }
  if (!props.rows) return <Skeletons />;
  return (
    <div className={classes.body}>{props.isFiltered ? <NoMatch onClear={props.onClear} /> : <EmptyState {...props.empty} />}</div>
  );
}

/** A list page: header, views, search and filters, rows, selection bar, pager. It fills the window; the rows scroll. */
export function DataList<Row>(props: DataListProps<Row>) {
  const { t } = useMessages();
  const [keys, setKeys] = useState<ReadonlySet<string>>(new Set());
  const [hidden, hide] = useHiddenColumns();
  const { rowHref } = props;
  useKeepTrail(usePathname(), rowHref && props.rows ? props.rows.map(rowHref) : null);
  const { rows, search, bulk, pager } = props;
  const selected = rows?.filter((row) => keys.has(props.rowKey(row))) ?? [];
  const clear = () => setKeys(new Set());
  return (
    <div className={classes.page}>
      {props.header}
      {props.views && <ViewTabs views={props.views} />}
      {(search || props.filters || props.toolbarEnd) && (
        <div className={classes.toolbar}>
          {search && <SearchField {...search} />}
          <FilterChips filters={props.filters ?? []} end={props.toolbarEnd} />
          <ColumnChoice columns={props.columns} hidden={hidden} onChange={hide} />
        </div>
      )}
      {rows && rows.length > 0 ? (
        <DataTable {...props} rows={rows} hidden={hidden} keyboard selection={bulk ? { keys, onChange: setKeys } : undefined} />
      ) : (
        <Instead {...props} />
      )}
      {bulk && selected.length > 0 && (
        <section className={classes.selectionBar} aria-label={t('ui.actions')}>
          <span className="wb-number">{t('ui.selected', { count: selected.length })}</span>
          {bulk(selected, clear)}
          <Button variant="subtle" size="xs" onClick={clear}>
            {t('ui.clearSelection')}
          </Button>
        </section>
      )}
      {pager && rows && (rows.length > 0 || pager.first) && <Pager pager={pager} foot={props.foot} />}
    </div>
  );
}
