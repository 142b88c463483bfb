/* The script of the card fields, in the browser: formats what is typed, asks for a token, tells the checkout. */
const form = document.getElementById('card');
const { parent: origin, key, words } = JSON.parse(form.dataset.settings);
const fields = Object.fromEntries(['number', 'expiry', 'cvc'].map((name) => [name, document.getElementById(name)]));
const brandShown = document.getElementById('brand');
const CHANNEL = 'card-fields';

const tell = (message) => window.parent.postMessage({ channel: CHANNEL, ...message }, origin);
const digitsOf = (input) => input.value.replace(/\D/g, '');

/** Issuer identification numbers, as far as the test cards go. */
function brandOf(digits) {
  if (/^3[47]/.test(digits)) return 'American Express';
  if (/^4/.test(digits)) return 'Visa';
  if (/^(5[1-5]|2[2-7])/.test(digits)) return 'Mastercard';
  if (/^6(011|5)/.test(digits)) return 'Discover';
  if (/^3[068]/.test(digits)) return 'Diners Club';
  if (/^35/.test(digits)) return 'JCB';
  if (/^62/.test(digits)) return 'UnionPay';
  return '';
}
const isAmex = () => brandOf(digitsOf(fields.number)) === 'American Express';

function hasCheckDigit(digits) {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits[digits.length - 1 - i]) * (i % 2 === 0 ? 1 : 2);
    sum += digit > 9 ? digit - 9 : digit;
  }
  return sum % 10 === 0;
}

const FORMATS = {
  number: (digits) =>
    /^3[47]/.test(digits)
      ? [digits.slice(0, 4), digits.slice(4, 10), digits.slice(10, 15)].filter(Boolean).join(' ')
      : (digits.slice(0, 19).match(/.{1,4}/g) ?? []).join(' '),
  expiry: (digits) => {
    const padded = /^[2-9]/.test(digits) ? `0${digits}` : digits;
    return padded.length > 2 ? `${padded.slice(0, 2)} / ${padded.slice(2, 4)}` : padded;
  },
  cvc: (digits) => digits.slice(0, isAmex() ? 4 : 3),
};

/** Formats while typing and keeps the caret after the digit it was after. */
function reformat(name) {
  const input = fields[name];
  const caret = input.selectionStart ?? input.value.length;
  const before = input.value.slice(0, caret).replace(/\D/g, '').length;
  const digits = digitsOf(input);
  const text = FORMATS[name](digits);
  if (text === input.value) return;
  const atEnd = before >= digits.length;
  input.value = text;
  if (atEnd || document.activeElement !== input) return;
  let position = 0;
  for (let seen = 0; seen < before && position < text.length; position++) if (/\d/.test(text[position])) seen++;
  input.setSelectionRange(position, position);
}

function problemOf(name) {
  const digits = digitsOf(fields[name]);
  if (name === 'number') return digits.length >= 12 && hasCheckDigit(digits) ? '' : words.number_wrong;
  if (name === 'cvc') {
    if (digits.length === (isAmex() ? 4 : 3)) return '';
    return isAmex() ? words.cvc_wrong_4 : words.cvc_wrong;
  }
  const month = Number(digits.slice(0, 2));
  if (digits.length !== 4 || month < 1 || month > 12) return words.expiry_wrong;
  return new Date(2000 + Number(digits.slice(2)), month, 1) > new Date() ? '' : words.expiry_past;
}

function showProblem(name, problem) {
  document.getElementById(`${name}-error`).textContent = problem;
  if (fields[name]) fields[name].setAttribute('aria-invalid', problem ? 'true' : 'false');
}

const complete = () => Object.keys(fields).every((name) => problemOf(name) === '');

function changed(name) {
  reformat(name);
  if (fields[name].getAttribute('aria-invalid') === 'true' && problemOf(name) === '') showProblem(name, '');
  showProblem('form', '');
  brandShown.textContent = brandOf(digitsOf(fields.number));
  tell({ event: 'change', complete: complete() });
}

/** Goes on to the next field where this one is full: a thumb types a card without leaving the number pad. */
function goOn(name) {
  if (problemOf(name) !== '' || fields[name].selectionStart !== fields[name].value.length) return;
  if (name === 'number' && digitsOf(fields.number).length >= (isAmex() ? 15 : 16)) fields.expiry.focus();
  if (name === 'expiry') fields.cvc.focus();
}

for (const [name, input] of Object.entries(fields)) {
  input.addEventListener('input', (event) => {
    changed(name);
    if (event.inputType?.startsWith('insert')) goOn(name);
  });
  input.addEventListener('blur', () => {
    if (input.value !== '') showProblem(name, problemOf(name));
  });
}

/** The first field that is not right gets the focus and says why. Returns whether all are right. */
function check() {
  let first;
  for (const name of Object.keys(fields)) {
    const problem = problemOf(name);
    showProblem(name, problem);
    if (problem && !first) first = name;
  }
  if (first) fields[first].focus();
  return first === undefined;
}

const FIELD_OF = { number: 'number', exp_month: 'expiry', exp_year: 'expiry', cvc: 'cvc' };

async function tokenize(request) {
  if (!check()) return tell({ event: 'refused', request });
  const expiry = digitsOf(fields.expiry);
  const body = new URLSearchParams({
    type: 'card',
    'card[number]': digitsOf(fields.number),
    'card[exp_month]': expiry.slice(0, 2),
    'card[exp_year]': expiry.slice(2),
    'card[cvc]': digitsOf(fields.cvc),
  });
  try {
    const reply = await fetch('/v1/payment_methods', { method: 'POST', headers: { authorization: `Bearer ${key}` }, body });
    const answer = await reply.json();
    if (reply.ok) return tell({ event: 'token', request, token: answer.id, brand: answer.card.brand, last4: answer.card.last4 });
    const name = FIELD_OF[answer.error?.param] ?? 'form';
    const sentence = answer.error?.code === 'not_a_test_card' ? words.number_real : undefined;
    showProblem(name, sentence ?? (name === 'form' ? words.unreachable : problemOf(name) || words[`${name}_wrong`]));
    if (name === 'number') document.getElementById('hints').open = true;
    fields[name]?.focus();
  } catch {
    showProblem('form', words.unreachable);
  }
  tell({ event: 'refused', request });
}

window.addEventListener('message', ({ origin: from, source, data }) => {
  if (from !== origin || source !== window.parent || data?.channel !== CHANNEL) return;
  if (data.do === 'tokenize') void tokenize(String(data.request));
  if (data.do === 'scheme') document.documentElement.dataset.scheme = data.scheme === 'dark' ? 'dark' : 'light';
  if (data.do === 'focus') fields.number.focus();
  if (data.do === 'hello') announce();
});

form.addEventListener('submit', (event) => {
  event.preventDefault();
  tell({ event: 'submit' });
});

for (const button of document.querySelectorAll('.hint')) {
  button.addEventListener('click', () => {
    const number = button.dataset.number;
    fields.number.value = FORMATS.number(number);
    fields.expiry.value = '12 / 34';
    fields.cvc.value = /^3[47]/.test(number) ? '1234' : '123';
    for (const name of Object.keys(fields)) {
      showProblem(name, '');
      changed(name);
    }
    document.getElementById('hints').open = false;
    fields.cvc.focus();
  });
}

const height = () =>
  tell({ event: 'height', height: Math.ceil(document.getElementById('fields').getBoundingClientRect().height) + 6 });
function announce() {
  tell({ event: 'ready' });
  height();
}
new ResizeObserver(height).observe(document.getElementById('fields'));
announce();
