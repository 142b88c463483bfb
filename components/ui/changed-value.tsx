'use client';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import classes from './changed-value.module.css';

/** Long enough to be found by an eye that was elsewhere. */
const SHOWN_MS = 2_000;

/** Shows for a moment that what it holds changed while somebody was looking; at first sight nothing has. */
export function ChangedValue({ of, children }: { of: string | number | bigint; children: ReactNode }) {
  const before = useRef(of);
  const [changed, setChanged] = useState(false);
  useEffect(() => {
    if (before.current === of) return;
    before.current = of;
    setChanged(true);
    const timer = setTimeout(() => setChanged(false), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [of]);
  return (
    <span className={classes.value} data-changed={changed || undefined}>
      {children}
    </span>
  );
}
