/** No dialog is open: the layout shows the order. */
export default function OrderPage() {
  return null;
}
