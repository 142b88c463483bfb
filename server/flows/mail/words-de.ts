import type { MailWords } from './words.ts';

export const de: MailWords = {
  greeting: (name) => (name ? `Guten Tag ${name},` : 'Guten Tag,'),
  hello: (name) => (name ? `Guten Tag ${name}!` : 'Guten Tag!'),
  order: 'Bestellung',
  placed: 'Bestellt am',
  total: 'Summe',
  includedTax: 'darin Steuern',
  saved: 'Rabatt, schon abgezogen',
  shipTo: 'Lieferung an',
  carrier: 'Versand mit',
  carriers: { parcel: 'Paketdienst' },
  trackingNumber: 'Sendungsnummer',
  refund: 'Erstattung',
  amount: 'Betrag',
  units: (count) => `× ${count}`,
  track: 'Bestellung verfolgen',
  questions: (merchant) => `Fragen? Antworten Sie einfach auf diese Mail, ${merchant} hilft Ihnen weiter.`,
  why: (merchant) => `Sie erhalten diese Mail, weil Sie bei ${merchant} bestellt haben.`,
  reasons: {
    customer_request: 'Sie hatten uns darum gebeten.',
    out_of_stock: 'Ein bestellter Artikel ist leider nicht mehr verfügbar.',
    duplicate: 'Die Bestellung war doppelt eingegangen.',
    payment_declined: 'Die Zahlung wurde abgelehnt.',
    payment_timeout: 'Die Zahlung wurde nicht rechtzeitig abgeschlossen.',
    address_problem: 'An die Adresse konnten wir nicht liefern.',
    not_collected: 'Sie wurde nicht rechtzeitig abgeholt.',
  },
  orderConfirmed: {
    subject: (number) => `Bestellung ${number} bestätigt`,
    title: 'Danke für Ihre Bestellung',
    text: 'Ihre Bestellung ist bei uns und wird vorbereitet. Sobald sie unterwegs ist, schreiben wir Ihnen wieder.',
  },
  actionRequired: {
    subject: (number) => `Zahlung für Bestellung ${number} bestätigen`,
    title: 'Ihre Bank hat eine Frage',
    text: 'Bevor die Zahlung ausgeführt wird, möchte Ihre Bank, dass Sie sie bestätigen. So lange wartet Ihre Bestellung.',
    button: 'Zahlung bestätigen',
  },
  shipped: {
    subject: (number) => `Bestellung ${number} ist unterwegs`,
    title: 'Ihr Paket ist unterwegs',
    text: 'Dieses Paket haben wir dem Versand übergeben:',
  },
  delivered: {
    subject: (number) => `Bestellung ${number} wurde zugestellt`,
    title: 'Ihr Paket ist angekommen',
    text: 'Laut Versand wurde dieses Paket zugestellt. Sollte es nicht da sein, antworten Sie auf diese Mail.',
  },
  orderCancelled: {
    subject: (number) => `Bestellung ${number} wurde storniert`,
    title: 'Ihre Bestellung wurde storniert',
    text: 'Von dieser Bestellung wird nichts geliefert.',
    notCharged: 'Es wurde nichts abgebucht. Ein vorgemerkter Betrag wird in den nächsten Tagen freigegeben.',
    charged: 'Was Sie bezahlt haben, geht auf demselben Weg zurück. Sobald es so weit ist, schreiben wir Ihnen.',
  },
  unitsCancelled: {
    subject: (number) => `Änderung an Bestellung ${number}`,
    title: 'Ein Teil Ihrer Bestellung wurde storniert',
    text: 'Diese Artikel wurden aus Ihrer Bestellung genommen. Der Rest bleibt, wie er war.',
    value: 'Von der Summe abgezogen',
  },
  orderEdited: {
    subject: (number) => `Bestellung ${number} wurde geändert`,
    title: 'Ihre Bestellung wurde geändert',
    text: 'Wir haben Ihre Bestellung wie besprochen geändert. Was bleibt, behält seinen Preis.',
    came: 'Neu:',
    went: 'Herausgenommen:',
    was: 'Vorher',
    is: 'Jetzt',
  },
  editToPay: {
    subject: (number) => `Bitte bezahlen Sie die Differenz zu Bestellung ${number}`,
    title: 'Eine Änderung Ihrer Bestellung wartet auf Sie',
    text: 'Ihre Bestellung soll geändert werden und kostet dann mehr, aber Ihre Bank hat der Differenz nicht zugestimmt. Sie wurden nicht belastet.',
    until: (time) => `Die Änderung wartet bis ${time}. Danach bleibt Ihre Bestellung, wie sie war.`,
    button: 'Differenz bezahlen',
  },
  refunded: {
    subject: (number) => `Erstattung für Bestellung ${number}`,
    title: 'Ihre Erstattung ist unterwegs',
    text: 'Diesen Betrag haben wir auf demselben Weg zurückgegeben, auf dem Sie bezahlt haben:',
    when: 'Bis die Bank ihn zeigt, können zehn Tage vergehen.',
  },
  readyForPickup: {
    subject: (number) => `Bestellung ${number} liegt zur Abholung bereit`,
    title: 'Ihre Bestellung liegt bereit',
    text: 'Sie wartet am Tresen auf Sie. Zeigen Sie dort diesen Code, oder nennen Sie die Nummer Ihrer Bestellung.',
    code: 'Abholcode',
    until: 'Liegt bereit bis',
    place: 'Wo',
  },
  pickupReminder: {
    subject: (number) => `Bestellung ${number} wartet noch auf Sie`,
    title: 'Ihre Bestellung wartet noch',
    text: 'Bitte holen Sie sie rechtzeitig ab: Nach diesem Tag geht sie zurück ins Regal, und Sie bekommen Ihr Geld zurück.',
  },
  later: { text: 'Das kommt später, sobald es da ist:', by: (day) => `erwartet am ${day}` },
  dateMoved: {
    subject: (number) => `Neuer Termin für Bestellung ${number}`,
    title: 'Der Termin Ihrer Bestellung hat sich verschoben',
    text: 'Ein Teil Ihrer Bestellung kommt an einem anderen Tag als zugesagt:',
    was: 'Zugesagt',
    is: 'Jetzt erwartet',
    choose:
      'Sie können dem neuen Termin zustimmen oder kostenlos stornieren, was noch nicht da ist. Wenn Sie nichts tun, halten wir es für Sie bereit.',
    button: 'Behalten oder stornieren',
  },
  payAgain: {
    subject: (number) => `Bitte bezahlen Sie Bestellung ${number} noch einmal`,
    title: 'Ihre Bank hält die Zahlung nicht mehr bereit',
    text: 'Ihre Bestellung steht kurz vor dem Versand, aber Ihre Bank hat den Betrag nicht so lange bereitgehalten und nicht noch einmal zugestimmt. Sie wurden nicht belastet.',
    until: (time) => `Ihre Bestellung wartet bis ${time}. Danach wird sie storniert.`,
    button: 'Mit Karte bezahlen',
  },
  returns: {
    number: 'Retoure',
    sendBy: 'Abzusenden bis',
    print: 'Etikett drucken',
    due: 'Wert der Rücksendung',
    exchanged: 'Stattdessen gesendet',
    kept: 'Nach den Rückgaberegeln einbehalten',
    back: 'Zurückgegeben',
    credit: 'Guthaben',
    charged: 'Berechnet für den vorab gesendeten Ersatz',
    ahead: (amount) =>
      `Ihr Ersatz ging voraus. Dafür sind ${amount} auf Ihrer Karte reserviert: Sie werden frei, wenn die Artikel zurück sind, und eingezogen, wenn Sie sie nicht rechtzeitig senden.`,
    return_requested: {
      subject: (number) => `Ihre Retoure ${number} ist bei uns`,
      title: 'Ihre Retoure ist bei uns',
      text: 'Wir sehen sie uns an und schreiben wieder. Bitte senden Sie noch nichts:',
    },
    return_approved: {
      subject: (number) => `Retoure ${number}: bitte senden Sie die Artikel`,
      title: 'Bitte senden Sie Ihre Retoure',
      text: 'Packen Sie diese Artikel ein und senden Sie sie, oder bringen Sie sie vorbei:',
    },
    return_declined: {
      subject: (number) => `Retoure ${number} wurde abgelehnt`,
      title: 'Ihre Retoure wurde abgelehnt',
      text: 'Diese Artikel können wir nicht zurücknehmen:',
    },
    return_received: {
      subject: (number) => `Ihre Retoure ${number} ist da`,
      title: 'Ihre Retoure ist da',
      text: 'Diese Artikel sind angekommen und werden geprüft:',
    },
    return_settled: {
      subject: (number) => `Ihre Retoure ${number} ist abgerechnet`,
      title: 'Ihre Retoure ist abgerechnet',
      text: 'Wir haben diese Artikel geprüft:',
    },
    return_due: {
      subject: (number) => `Retoure ${number}: bitte bald absenden`,
      title: 'Ihre Retoure wird noch erwartet',
      text: 'Bitte senden Sie diese Artikel rechtzeitig:',
    },
  },
  message: { title: (number) => `Zu Ihrer Bestellung ${number}` },
  paymentLink: {
    subject: (merchant) => `Ihre Zahlung an ${merchant}`,
    title: 'Zahlung abschließen',
    text: (merchant, amount) =>
      `${merchant} hat eine Bestellung für Sie vorbereitet.${amount === null ? '' : ` Die Summe beträgt ${amount}.`}`,
    button: 'Ansehen und bezahlen',
    note: 'Wer diesen Link hat, kann die Bestellung bezahlen; er zeigt weder Karte noch Passwort.',
  },
  stockDigest: {
    subject: (low, expiring) =>
      [...(low > 0 ? [`${low} gehen zur Neige`] : []), ...(expiring > 0 ? [`${expiring} laufen bald ab`] : [])].join(', '),
    title: (merchant) => `Bestand von ${merchant}`,
    low: (count) =>
      count === 1 ? 'Ein Artikel hat seinen Meldebestand erreicht:' : `${count} Artikel haben ihren Meldebestand erreicht:`,
    point: (point, node) => `nachbestellen bei ${point}${node === null ? '' : ` · ${node}`}`,
    expiring: (count) => (count === 1 ? 'Eine Charge läuft bald ab:' : `${count} Chargen laufen bald ab:`),
    button: 'Niedrigen Bestand öffnen',
    footer: (merchant) => `Sie bekommen diese Mail einmal am Tag, weil Sie für ${merchant} arbeiten.`,
  },
  resetLink: {
    subject: 'Neues Passwort wählen',
    title: 'Neues Passwort wählen',
    text: 'Jemand, hoffentlich Sie, hat für diese Adresse ein neues Passwort angefordert.',
    button: 'Neues Passwort wählen',
    note: (until) => `Der Link gilt einmal, bis ${until}. Waren Sie es nicht, tun Sie nichts: Ihr Passwort bleibt, wie es ist.`,
  },
  invitation: {
    subject: 'Ihre Einladung zu Waybill',
    title: 'Sie sind eingeladen',
    text: (from) => `${from ?? 'Ein Administrator'} lädt Sie ein, in Waybill zu arbeiten.`,
    button: 'Einladung annehmen',
    note: (until) => `Der Link gilt einmal, bis ${until}. Geben Sie ihn nicht weiter: Das Konto bekommt, wer ihn öffnet.`,
  },
  wallet: {
    open: 'Wallet öffnen',
    openRequest: 'Anfrage ansehen',
    why: 'Sie erhalten diese Mail, weil Sie bei Waybill eine Wallet haben.',
    from: 'Von',
    bankAccount: 'Bankkonto',
    received: {
      subject: ({ amount, person }) => `${person} hat Ihnen ${amount} gesendet`,
      title: 'Sie haben Geld erhalten',
      text: ({ amount, person }) => `${person} hat Ihnen ${amount} gesendet. Das Geld ist in Ihrer Wallet.`,
    },
    requestPaid: {
      subject: ({ amount, person }) => `${person} hat Ihnen ${amount} gezahlt`,
      title: 'Ihre Anfrage wurde bezahlt',
      text: ({ amount, person }) => `${person} hat die erbetenen ${amount} gezahlt. Das Geld ist in Ihrer Wallet.`,
    },
    requested: {
      subject: ({ amount, person }) => `${person} bittet Sie um ${amount}`,
      title: 'Jemand bittet Sie um Geld',
      text: ({ amount, person, until }) => `${person} bittet Sie um ${amount}. Bis ${until} können Sie zahlen oder ablehnen.`,
      note: 'Von selbst wird nichts bezahlt. Kennen Sie die Person nicht, lehnen Sie ab.',
    },
    topUp: {
      subject: ({ amount }) => `${amount} sind in Ihrer Wallet`,
      title: 'Ihre Überweisung ist da',
      text: ({ amount }) => `Ihre Überweisung von ${amount} ist in Ihrer Wallet.`,
    },
    withdrawalFailed: {
      subject: ({ amount }) => `Ihre Auszahlung von ${amount} ist gescheitert`,
      title: 'Ihre Auszahlung ist gescheitert',
      text: ({ amount }) => `Die Bank hat ${amount} für dieses Konto nicht angenommen. Das Geld ist wie zuvor in Ihrer Wallet.`,
    },
    withdrawalReturned: {
      subject: ({ amount }) => `Ihre Auszahlung von ${amount} kam zurück`,
      title: 'Ihre Auszahlung kam zurück',
      text: ({ amount }) => `Die Bank dieses Kontos hat ${amount} zurückgeschickt. Das Geld ist wieder in Ihrer Wallet.`,
    },
    returnedToNobody: ({ amount }) =>
      `Die Bank dieses Kontos hat ${amount} zurückgeschickt, und Ihre Wallet ist geschlossen. Wir verwahren das Geld für Sie: Antworten Sie auf diese Mail, wohin es gehen soll.`,
  },
  account: 'In dieser Mail geht es um Ihre Anmeldung bei Waybill.',
  canned: {
    delay: {
      subject: ({ number }) => `Ihre Bestellung ${number} braucht etwas länger`,
      body: ({ greeting, number, merchant }) =>
        `${greeting}\n\nIhre Bestellung ${number} geht ein paar Tage später auf die Reise als versprochen. Das tut uns leid. Sie müssen nichts tun: Sobald das Paket unterwegs ist, schreiben wir wieder.\n\nMöchten Sie nicht warten, antworten Sie auf diese Mail, dann stornieren wir kostenlos.\n\nFreundliche Grüße\n${merchant}`,
    },
    address: {
      subject: ({ number }) => `Eine Frage zur Adresse der Bestellung ${number}`,
      body: ({ greeting, number, merchant }) =>
        `${greeting}\n\nwir möchten Ihre Bestellung ${number} verschicken, aber an der Lieferadresse stimmt etwas nicht. Könnten Sie uns die vollständige Adresse mit Hausnummer und Postleitzahl schicken?\n\nSobald wir Ihre Antwort haben, geht das Paket los.\n\nFreundliche Grüße\n${merchant}`,
    },
    patience: {
      subject: ({ number }) => `Danke für Ihre Geduld mit Bestellung ${number}`,
      body: ({ greeting, number, merchant }) =>
        `${greeting}\n\ndanke für Ihre Geduld. Wir gehen Ihrer Bestellung ${number} nach und melden uns innerhalb eines Werktags wieder.\n\nFreundliche Grüße\n${merchant}`,
    },
    refund: {
      subject: ({ number }) => `Zu Ihrer Erstattung für Bestellung ${number}`,
      body: ({ greeting, number, merchant }) =>
        `${greeting}\n\nwir haben Ihre Bestellung ${number} auf demselben Weg erstattet, auf dem Sie bezahlt haben. Bis die Bank den Betrag zeigt, können zehn Tage vergehen; bei Karten steht er oft als Gutschrift auf der nächsten Abrechnung.\n\nIst er dann nicht da, antworten Sie auf diese Mail, und wir gehen der Sache mit der Bank nach.\n\nFreundliche Grüße\n${merchant}`,
    },
    availability: {
      subject: ({ number }) => `Etwas aus Bestellung ${number} ist nicht verfügbar`,
      body: ({ greeting, number, merchant }) =>
        `${greeting}\n\nleider ist ein Artikel Ihrer Bestellung ${number} nicht mehr verfügbar. Sollen wir den Rest jetzt schicken oder die Bestellung ganz stornieren? Antworten Sie, wie es Ihnen lieber ist; Sie bezahlen nur, was wir schicken.\n\nFreundliche Grüße\n${merchant}`,
    },
  },
};
