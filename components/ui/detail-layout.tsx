'use client';
import { Title } from '@mantine/core';
import { type ReactNode, useId } from 'react';
import classes from './detail-layout.module.css';
import { formatCount } from './format.ts';

interface DetailLayoutProps {
  /** A <PageHeader>. */
  readonly header: ReactNode;
  /** <ChangedBar>, <NextActionBanner>. */
  readonly bars?: ReactNode;
  /** <PathTabs>. */
  readonly tabs?: ReactNode;
  /** Left, two thirds: <Section>s. */
  readonly children: ReactNode;
  /** Right, one third: <Section>s. */
  readonly aside?: ReactNode;
}

/** A record's page: header over two thirds and one third; one column without an aside and on small screens. */
export function DetailLayout(props: DetailLayoutProps) {
  return (
    <div className={classes.page}>
      {props.header}
      {props.tabs}
      {props.bars && <div className={classes.bars}>{props.bars}</div>}
      {props.aside ? (
        <div className={classes.columns}>
          <div className={classes.column}>{props.children}</div>
          <aside className={classes.aside}>{props.aside}</aside>
        </div>
      ) : (
        <div className={classes.columns} style={{ gridTemplateColumns: 'minmax(0, 1fr)' }}>
          <div className={classes.column}>{props.children}</div>
        </div>
      )}
    </div>
  );
}

/** A page of one narrow column, for forms and settings. */
export function NarrowLayout({ header, tabs, children }: { header: ReactNode; tabs?: ReactNode; children: ReactNode }) {
  return (
    <div className={classes.page}>
      {header}
      {tabs}
      <div className={`${classes.narrow} ${classes.column}`}>{children}</div>
    </div>
  );
}

/** A titled part of a page: a heading, a line, content. Never a card inside a card. */
export function Section(props: { title: string; count?: number; actions?: ReactNode; children: ReactNode }) {
  const id = useId();
  return (
    <section className={classes.section} aria-labelledby={id}>
      <div className={classes.sectionHead}>
        <Title order={2} id={id} className={classes.sectionTitle}>
          {props.title}
          {props.count !== undefined && <span className={classes.count}>{formatCount(props.count)}</span>}
        </Title>
        {props.actions}
      </div>
      <div className={classes.sectionBody}>{props.children}</div>
    </section>
  );
}

export interface Pair {
  readonly label: string;
  readonly value: ReactNode;
  /** A total. */
  readonly strong?: boolean;
}

/** Labels and values. `figures` sets the values right-aligned, as sums want it. */
export function KeyValue({ items, figures = false }: { items: readonly Pair[]; figures?: boolean }) {
  return (
    <dl className={classes.pairs} data-figures={figures || undefined}>
      {items.map((item) => (
        <div key={item.label} style={{ display: 'contents' }}>
          <dt className={item.strong ? classes.strong : undefined}>{item.label}</dt>
          <dd className={item.strong ? classes.strong : undefined}>{item.value}</dd>
        </div>
      ))}
    </dl>
  );
}
