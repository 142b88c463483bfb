const HEADER = 'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country';
const BETWEEN_MS = 5_400_000;

/**
 * A made-up month of an online shop with this many invoices. Every fifth gives something back, every seventh is a guest's, some carry
 * postage; now and then goods are damaged, given away, or a line cannot be read.
 */
export function onlineRetailMonth(invoices: number): string {
  const lines = [HEADER];
  for (let n = 0; n < invoices; n++) {
    const at = new Date(Date.UTC(2011, 0, 1) + n * BETWEEN_MS).toISOString().replace('T', ' ').slice(0, 19);
    const customer = n % 7 === 6 ? '' : `${14_000 + (n % 37)}.0`;
    const sku = (k: number): string => `2${1_000 + ((n * 7 + k) % 60)}`;
    const line = (invoice: string, code: string, quantity: number | string, price: string): void => {
      lines.push(`${invoice},${code},GOOD ${code},${quantity},${at},${price},${customer},Spain`);
    };
    for (let k = 0; k < 1 + (n % 4); k++) line(`${20_000 + n}`, sku(k), 1 + ((n + k) % 9), `${1 + (k % 3)}.25`);
    if (n % 6 === 0) line(`${20_000 + n}`, 'POST', 1, '18.00');
    if (n % 5 === 4) line(`C${50_000 + n}`, sku(0), -1, '1.25');
    if (n % 50 === 0) line(`${60_000 + n}`, sku(1), -2, '0.0');
    if (n % 40 === 1) line(`${70_000 + n}`, sku(2), 1, '0.0');
    if (n % 40 === 2) line(`${80_000 + n}`, sku(3), 'some', '1.00');
  }
  return `${lines.join('\n')}\n`;
}
