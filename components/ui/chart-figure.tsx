'use client';
import type { ReactNode } from 'react';
import classes from './chart-figure.module.css';
import { type Column, DataTable } from './data-table.tsx';
import { useMessages } from './locale.tsx';

/**
 * A chart with what it shows in words and, below it, as a table: for those who do not see it, and for those who want the figures. The
 * drawing itself is one image to assistive technology.
 */
export function ChartFigure<Row>(props: {
  /** What is drawn, in a sentence. */
  label: string;
  children: ReactNode;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string;
  rowHref?: (row: Row) => string;
}) {
  const { t } = useMessages();
  return (
    <figure className={classes.figure}>
      <div role="img" aria-label={props.label}>
        {props.children}
      </div>
      <details className={classes.table}>
        <summary>{t('ui.asTable')}</summary>
        <div className={classes.scroll}>
          <DataTable
            embedded
            compact
            label={props.label}
            columns={props.columns}
            rows={props.rows}
            rowKey={props.rowKey}
            rowLabel={props.rowKey}
            rowHref={props.rowHref}
          />
        </div>
      </details>
    </figure>
  );
}

/** Two or three parts of a page side by side where there is room. */
export function ChartColumns({ children }: { children: ReactNode }) {
  return <div className={classes.columns}>{children}</div>;
}
