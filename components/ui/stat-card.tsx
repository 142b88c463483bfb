'use client';
import Link from 'next/link';
import type { ReactNode } from 'react';
import classes from './stat-card.module.css';

/** One figure that leads to the list behind it. `note` compares it or says how old it is. */
export function StatCard(props: { label: string; value: ReactNode; note?: ReactNode; href?: string }) {
  const content = (
    <>
      <span className={classes.label}>{props.label}</span>
      <span className={classes.value}>{props.value}</span>
      {props.note && <span className={classes.note}>{props.note}</span>}
    </>
  );
  return props.href ? (
    <Link href={props.href} className={classes.card}>
      {content}
    </Link>
  ) : (
    <div className={classes.card}>{content}</div>
  );
}

export function StatGrid({ children }: { children: ReactNode }) {
  return <div className={classes.grid}>{children}</div>;
}
