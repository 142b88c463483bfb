/** The mark: a label with a route on it. Decorative; the name beside it is the text. */
export function Mark({ size = 20 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 20 20" fill="none" aria-hidden="true">
      <rect width="20" height="20" rx="5" fill="var(--mantine-color-accent-6)" />
      <path d="M4.5 6.5 7 13.5l3-6 3 6 2.5-7" stroke="#fff" strokeWidth="1.8" strokeLinecap="round" strokeLinejoin="round" />
    </svg>
  );
}

export const PRODUCT_NAME = 'Waybill';
