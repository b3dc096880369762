// Settings with several values: pickers for them, and a grid of small previews.

import { closeDialog, dialog, h, plain, toast } from './dom.js';
import { lines } from './api.js';
import { change, cursor, draft, known, request, said } from './state.js';

// A choice of a setting, and a field for its values, which are separated by semicolons.
//   of: the draft whose settings are varied. key: the first choice; '' for none.
export function picker(name, of, key) {
  const all = known.controls[of.command].filter((one) => one.type !== 'file');
  const values = h('input', { type: 'text', 'aria-label': `Values of ${name.toLowerCase()}`, placeholder: '0; 0.5; 1' });
  const choice = h('select', { 'aria-label': name, onchange: () => { values.value = usual(of, choice.value).join('; '); } },
    key ? null : h('option', { value: '' }, 'no second setting'), h('option', { value: 'preset' }, 'look'),
    ...all.map((one) => h('option', { value: one.key }, plain(one.key))));
  choice.value = key;
  values.value = usual(of, key).join('; ');
  return { choice, values, made: h('div', { class: 'over-row' }, choice, values) };
}

function usual(of, key) {
  if (key === 'preset') return known.looks.filter((look) => !look.moves).slice(0, 8).map((look) => look.name);
  const one = known.controls[of.command].find((each) => each.key === key);
  if (!one) return [];
  if (key === 'seed') return [1, 2, 3].map((n) => n + (Number(of.settings.seed) || 0));
  if (one.choices.length) return one.choices;
  if (one.type === 'switch') return ['on', 'off'];
  const now = Number(of.settings[key] ?? (of === draft ? said.values[key] : one.default));
  if (one.high !== null && one.high - one.low <= 8) return [0, 1, 2, 3].map((n) => Number((one.low + (one.high - one.low) * n / 3).toFixed(2)));
  return Number.isFinite(now) && now ? [now / 2, now, now * 2].map((value) => (one.type === 'whole' ? Math.round(value) : Number(value.toPrecision(3)))) : [];
}

// Every combination of the values: lists of [setting, value].
export function variants(pickers) {
  return pickers.filter((one) => one.choice.value).reduce((made, one) => made.flatMap((pairs) =>
    valuesOf(one).map((value) => [...pairs, [one.choice.value, value]])), [[]]).filter((pairs) => pairs.length);
}

function valuesOf({ values: { value } }) {
  return value.split(value.includes(';') ? ';' : ',').map((each) => each.trim()).filter(Boolean).slice(0, 16);
}

// The preset and settings of a draft, with these values.
export function changed(of, pairs) {
  const settings = { ...of.settings };
  let { preset } = of;
  for (const [key, value] of pairs) {
    if (key === 'preset') { preset = value; continue; }
    for (const other of known.controls[of.command].find((one) => one.key === key).replaces) delete settings[other];
    settings[key] = value;
  }
  return { preset, settings };
}

export function openGrid() {
  const pickers = [picker('Setting', draft, 'preset'), picker('Second setting', draft, '')];
  const cells = h('div', { class: 'cells' });
  let own = new AbortController();
  const run = async () => {
    own.abort();
    own = new AbortController();
    try { await fill(cells, pickers, own.signal); } catch (error) { if (!own.signal.aborted) toast(error.message); }
  };
  dialog('Compare', ...pickers.map((one) => one.made), h('button', { class: 'strong', onclick: run }, 'Show'), cells);
  const watcher = new MutationObserver(() => { if (!cells.isConnected) { own.abort(); watcher.disconnect(); } });
  watcher.observe(document.getElementById('over'), { childList: true });
}

async function fill(cells, pickers, signal) {
  const columns = pickers[1].choice.value ? valuesOf(pickers[1]).length : Math.min(4, valuesOf(pickers[0]).length);
  cells.style.setProperty('--columns', columns);
  const made = variants(pickers).slice(0, 64).map((pairs) => ({ pairs, image: h('img', { alt: '' }) }));
  cells.replaceChildren(...made.map(({ pairs, image }) => h('button', { class: 'cell', onclick: () => { change(changed(draft, pairs)); closeDialog(); } },
    image, h('span', {}, pairs.map(([key, value]) => `${plain(key)} ${value}`).join(', ')))));
  for (const { pairs, image } of made) {
    const body = { ...request(), seconds: cursor.seconds, side: 256, ...changed(draft, pairs) };
    await lines('/api/preview', body, signal, (part) => { if (part.last) image.src = `/api/preview/${part.id}/${part.number}`; });
  }
}
