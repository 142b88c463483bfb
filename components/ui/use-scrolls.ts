import { type RefObject, useEffect, useState } from 'react';

/**
 * Whether more is in a region than fits. What scrolls must be reachable by keyboard (WCAG 2.1.1); what does not would only be one more
 * stop on the way. Until it is measured it counts as scrolling.
 */
export function useScrolls(region: RefObject<HTMLElement | null>): boolean {
  const [scrolls, setScrolls] = useState(true);
  useEffect(() => {
    const element = region.current;
    if (!element) return;
    const measure = () => setScrolls(element.scrollWidth > element.clientWidth || element.scrollHeight > element.clientHeight);
    const watched = new ResizeObserver(measure);
    for (const each of [element, ...element.children]) watched.observe(each);
    return () => watched.disconnect();
  }, [region]);
  return scrolls;
}
