import type { MailWords } from './words.ts';

export const en: MailWords = {
  greeting: (name) => (name ? `Hello ${name},` : 'Hello,'),
  hello: (name) => (name ? `Hello ${name},` : 'Hello,'),
  order: 'Order',
  placed: 'Placed',
  total: 'Total',
  includedTax: 'of which tax',
  saved: 'Discount, taken off already',
  shipTo: 'Delivery to',
  carrier: 'Carrier',
  carriers: { parcel: 'Parcel service' },
  trackingNumber: 'Tracking number',
  refund: 'Refund',
  amount: 'Amount',
  units: (count) => `× ${count}`,
  track: 'Follow your order',
  questions: (merchant) => `Any questions? Reply to this mail and ${merchant} will help.`,
  why: (merchant) => `You receive this mail because you ordered from ${merchant}.`,
  reasons: {
    customer_request: 'You asked us to.',
    out_of_stock: 'Something you ordered is out of stock. We are sorry.',
    duplicate: 'The order was placed twice.',
    payment_declined: 'The payment was declined.',
    payment_timeout: 'The payment was not completed in time.',
    address_problem: 'We could not deliver to the address.',
    not_collected: 'It was not picked up in time.',
  },
  orderConfirmed: {
    subject: (number) => `Order ${number} confirmed`,
    title: 'Thank you for your order',
    text: 'We have your order and are getting it ready. We will write again when it is on its way.',
  },
  actionRequired: {
    subject: (number) => `Confirm your payment for order ${number}`,
    title: 'Your bank has a question',
    text: 'Before the payment goes through, your bank wants you to confirm it. Until then your order waits.',
    button: 'Confirm the payment',
  },
  shipped: {
    subject: (number) => `Order ${number} is on its way`,
    title: 'Your parcel is on its way',
    text: 'We have handed this parcel to the carrier:',
  },
  delivered: {
    subject: (number) => `Order ${number} was delivered`,
    title: 'Your parcel has arrived',
    text: 'The carrier says that this parcel was delivered. If it is not there, reply to this mail.',
  },
  orderCancelled: {
    subject: (number) => `Order ${number} was cancelled`,
    title: 'Your order was cancelled',
    text: 'Nothing of this order will be delivered.',
    notCharged: 'You were not charged. An amount your bank set aside is released within a few days.',
    charged: 'What you paid goes back to the way you paid. We write again when it is on its way.',
  },
  unitsCancelled: {
    subject: (number) => `A change to order ${number}`,
    title: 'Part of your order was cancelled',
    text: 'These items were taken off your order. The rest stays as it was.',
    value: 'Taken off the total',
  },
  refunded: {
    subject: (number) => `Refund for order ${number}`,
    title: 'Your refund is on its way',
    text: 'We have sent this amount back to the way you paid:',
    when: 'Banks take up to ten days to show it.',
  },
  readyForPickup: {
    subject: (number) => `Order ${number} is ready for pick-up`,
    title: 'Your order is ready',
    text: 'It waits for you at the counter. Show this code there, or say the number of your order.',
    code: 'Pick-up code',
    until: 'Kept until',
    place: 'Where',
  },
  pickupReminder: {
    subject: (number) => `Order ${number} still waits for you`,
    title: 'Your order still waits for you',
    text: 'Please fetch it in time: after that day it goes back on the shelf, and you get your money back.',
  },
  later: { text: 'These come later, as soon as they are in:', by: (day) => `expected ${day}` },
  dateMoved: {
    subject: (number) => `A new date for order ${number}`,
    title: 'The date of your order has moved',
    text: 'Some of what you ordered comes on another day than we promised:',
    was: 'Promised',
    is: 'Now expected',
    choose: 'You can agree to the new day, or cancel what is not here yet at no cost. If you do nothing, we keep it for you.',
    button: 'Keep or cancel',
  },
  payAgain: {
    subject: (number) => `Please pay for order ${number} again`,
    title: 'Your bank does not hold the payment any more',
    text: 'What you ordered is about to leave, but your bank did not hold the amount this long and did not agree to hold it again. You were not charged.',
    until: (time) => `Your order waits until ${time}. After that it is cancelled.`,
    button: 'Pay with a card',
  },
  returns: {
    number: 'Return',
    sendBy: 'To be sent by',
    print: 'Print the label',
    due: 'Worth of what came back',
    exchanged: 'Sent instead',
    kept: 'Kept by the return policy',
    back: 'Given back',
    credit: 'Store credit',
    charged: 'Charged for what was sent ahead',
    ahead: (amount) =>
      `Your replacement went ahead. ${amount} are held on your card for it: they are released when the items are back, and taken if you do not send them in time.`,
    return_requested: {
      subject: (number) => `We received your return ${number}`,
      title: 'Your return is with us',
      text: 'We look at it and write again. Please do not send anything yet:',
    },
    return_approved: {
      subject: (number) => `Return ${number}: please send the items`,
      title: 'Please send your return',
      text: 'Pack these items and send them, or bring them to us:',
    },
    return_declined: {
      subject: (number) => `We cannot take back ${number}`,
      title: 'Your return was declined',
      text: 'We cannot take these items back:',
    },
    return_received: {
      subject: (number) => `Your return ${number} has arrived`,
      title: 'Your return has arrived',
      text: 'We received these items and look at them now:',
    },
    return_settled: {
      subject: (number) => `Your return ${number} is settled`,
      title: 'Your return is settled',
      text: 'We have looked at these items:',
    },
    return_due: {
      subject: (number) => `Return ${number}: please send the items soon`,
      title: 'Your return is still awaited',
      text: 'Please send these items in time:',
    },
  },
  message: { title: (number) => `About your order ${number}` },
  paymentLink: {
    subject: (merchant) => `Your payment to ${merchant}`,
    title: 'Complete your payment',
    text: (merchant, amount) => `${merchant} has prepared an order for you.${amount === null ? '' : ` The total is ${amount}.`}`,
    button: 'Review and pay',
    note: 'Whoever holds this link can pay the order; it shows no card and no password.',
  },
  stockDigest: {
    subject: (low, expiring) =>
      [...(low > 0 ? [`${low} running low`] : []), ...(expiring > 0 ? [`${expiring} expiring soon`] : [])].join(', '),
    title: (merchant) => `Stock of ${merchant}`,
    low: (count) =>
      count === 1 ? 'One article is down to its reorder point:' : `${count} articles are down to their reorder point:`,
    point: (point, node) => `order again at ${point}${node === null ? '' : ` · ${node}`}`,
    expiring: (count) => (count === 1 ? 'One lot expires soon:' : `${count} lots expire soon:`),
    button: 'Open low stock',
    footer: (merchant) => `You receive this once a day because you work for ${merchant}.`,
  },
  resetLink: {
    subject: 'Choose a new password',
    title: 'Choose a new password',
    text: 'Somebody, you we hope, asked for a new password for this address.',
    button: 'Choose a new password',
    note: (until) => `The link works once, until ${until}. If it was not you, do nothing: your password stays as it is.`,
  },
  invitation: {
    subject: 'Your invitation to Waybill',
    title: 'You are invited',
    text: (from) => `${from ?? 'An administrator'} invites you to work in Waybill.`,
    button: 'Accept the invitation',
    note: (until) => `The link works once, until ${until}. Do not pass it on: it makes the account for whoever opens it.`,
  },
  wallet: {
    open: 'Open your wallet',
    openRequest: 'See the request',
    why: 'You receive this mail because you have a wallet with Waybill.',
    from: 'From',
    bankAccount: 'Bank account',
    received: {
      subject: ({ amount, person }) => `${person} sent you ${amount}`,
      title: 'You have received money',
      text: ({ amount, person }) => `${person} sent you ${amount}. It is in your wallet.`,
    },
    requestPaid: {
      subject: ({ amount, person }) => `${person} paid you ${amount}`,
      title: 'Your request was paid',
      text: ({ amount, person }) => `${person} paid the ${amount} that you asked for. It is in your wallet.`,
    },
    requested: {
      subject: ({ amount, person }) => `${person} asks you for ${amount}`,
      title: 'You are asked for money',
      text: ({ amount, person, until }) => `${person} asks you for ${amount}. You can pay or decline until ${until}.`,
      note: 'Nothing is paid by itself. If you do not know who asks, decline.',
    },
    topUp: {
      subject: ({ amount }) => `${amount} arrived in your wallet`,
      title: 'Your bank transfer has arrived',
      text: ({ amount }) => `Your transfer of ${amount} is in your wallet.`,
    },
    withdrawalFailed: {
      subject: ({ amount }) => `Your withdrawal of ${amount} failed`,
      title: 'Your withdrawal did not go through',
      text: ({ amount }) => `The bank did not accept ${amount} for this account. The money is in your wallet as before.`,
    },
    withdrawalReturned: {
      subject: ({ amount }) => `Your withdrawal of ${amount} came back`,
      title: 'Your withdrawal came back',
      text: ({ amount }) => `The bank of this account sent ${amount} back. The money is in your wallet again.`,
    },
    returnedToNobody: ({ amount }) =>
      `The bank of this account sent ${amount} back, and your wallet is closed. We keep it for you: reply to this mail and say where it is to go.`,
  },
  account: 'This mail is about signing in to Waybill.',
  canned: {
    delay: {
      subject: ({ number }) => `Your order ${number} takes a little longer`,
      body: ({ greeting, number, merchant }) =>
        `${greeting}\n\nYour order ${number} will leave a few days later than we promised. We are sorry about that. There is nothing you need to do: we write again as soon as the parcel is on its way.\n\nIf you would rather not wait, reply to this mail and we cancel the order at no cost.\n\nKind regards\n${merchant}`,
    },
    address: {
      subject: ({ number }) => `A question about the address of order ${number}`,
      body: ({ greeting, number, merchant }) =>
        `${greeting}\n\nWe are about to send your order ${number}, but something in the delivery address does not look right. Could you reply with the full address, including house number and postcode?\n\nWe send the parcel as soon as we have your answer.\n\nKind regards\n${merchant}`,
    },
    patience: {
      subject: ({ number }) => `Thank you for your patience with order ${number}`,
      body: ({ greeting, number, merchant }) =>
        `${greeting}\n\nThank you for your patience. We are looking into your order ${number} and write again within one working day.\n\nKind regards\n${merchant}`,
    },
    refund: {
      subject: ({ number }) => `About your refund for order ${number}`,
      body: ({ greeting, number, merchant }) =>
        `${greeting}\n\nWe have refunded your order ${number} to the way you paid. Banks take up to ten days to show the amount; card payments often appear as a credit on the next statement.\n\nIf it has not arrived by then, reply to this mail and we look into it with the bank.\n\nKind regards\n${merchant}`,
    },
    availability: {
      subject: ({ number }) => `Something in order ${number} is not available`,
      body: ({ greeting, number, merchant }) =>
        `${greeting}\n\nUnfortunately an item of your order ${number} is not available any more. Would you like us to send the rest now, or to cancel the order as a whole? Reply with what suits you; you only pay for what we send.\n\nKind regards\n${merchant}`,
    },
  },
};
