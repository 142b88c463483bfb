'use client';
import Link from 'next/link';
import type { CSSProperties, ReactNode } from 'react';
import classes from './bar-list.module.css';
import type { Tone } from './tokens.ts';

export interface BarRow {
  readonly key: string;
  readonly label: ReactNode;
  /** Sets the bar's length against the longest one. */
  readonly size: number;
  readonly value: ReactNode;
  readonly href?: string;
  readonly tone?: Tone;
}

/**
 * Magnitudes side by side, from zero. Each row is text and figure first and a bar beside it, so that it reads the same without seeing
 * the bar, and a link to what it counts.
 */
export function BarList({ label, rows }: { label: string; rows: readonly BarRow[] }) {
  const longest = Math.max(1, ...rows.map((row) => row.size));
  return (
    <ul className={classes.list} aria-label={label}>
      {rows.map((row) => (
        <li key={row.key} style={{ display: 'contents' }}>
          <Row row={row} share={row.size / longest} />
        </li>
      ))}
    </ul>
  );
}

function Row({ row, share }: { row: BarRow; share: number }) {
  const colour = row.tone ? `var(--wb-${row.tone}-fg)` : 'var(--wb-focus)';
  const content = (
    <>
      <span className={classes.label}>{row.label}</span>
      <span className={classes.track} aria-hidden>
        {row.size > 0 && (
          <span className={classes.bar} style={{ width: `${share * 100}%`, '--bar-colour': colour } as CSSProperties} />
        )}
      </span>
      <span className={classes.value}>{row.value}</span>
    </>
  );
  return row.href ? (
    <Link href={row.href} className={classes.row} prefetch={false}>
      {content}
    </Link>
  ) : (
    <div className={classes.row}>{content}</div>
  );
}
