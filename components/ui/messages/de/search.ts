export const search = {
  open: 'Suchen oder springen…',
  placeholder: 'Bestellnummer, E-Mail, Telefon, Sendungsnummer, letzte 4, Anbieter-ID…',
  hint: 'Tippe, um zu suchen, oder wähle ein Ziel.',
  nothing: 'Nichts gefunden für „{query}“',
  searching: 'Sucht…',
  failed: 'Die Suche hat nicht geantwortet. Versuche es erneut.',
  goTo: 'Gehe zu',
  kinds: {
    order: 'Bestellungen',
    customer: 'Kunden',
    shipment: 'Sendungen',
    payment: 'Zahlungen',
    sku: 'Produkte',
    refund: 'Erstattungen',
    other: 'Treffer',
  },
} as const;
