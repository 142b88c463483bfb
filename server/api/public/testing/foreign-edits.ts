/** What of North's, and of South's own, these calls name. */
interface Names {
  readonly order: string;
  readonly southOrder: string;
  readonly line: string;
}

const ADD = { change: 'add', sku: 'MUG-RED', quantity: 1 };

/** Ways to name what is North's where orders are edited. */
export const FOREIGN_EDITS = {
  'v1.orderEdits.preview': [{ path: (n: Names) => `/orders/${n.order}/edits/preview`, body: () => ({ changes: [ADD] }) }],
  'v1.orderEdits.create': [
    { path: (n: Names) => `/orders/${n.order}/edits`, body: () => ({ changes: [ADD] }) },
    {
      path: (n: Names) => `/orders/${n.southOrder}/edits`,
      body: (n: Names) => ({ changes: [ADD, { change: 'remove', line_id: n.line }] }),
    },
  ],
  'v1.orderEdits.withdraw': [{ path: (n: Names) => `/orders/${n.order}/edits/${n.line}/withdraw`, body: () => ({}) }],
} as const;
