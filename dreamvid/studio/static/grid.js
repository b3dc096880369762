// A grid of small previews over the values of one or two settings.

import { closeDialog, dialog, h, plain, toast } from './dom.js';
import { lines } from './api.js';
import { asked, change, cursor, draft, known, said } from './state.js';

export function openGrid() {
  const all = known.controls[draft.command].filter((one) => one.type !== 'file');
  const options = (none) => [...(none ? [h('option', { value: '' }, 'no second setting')] : []),
    h('option', { value: 'preset' }, 'look'), ...all.map((one) => h('option', { value: one.key }, plain(one.key)))];
  const pickers = [false, true].map((none, n) => {
    const values = h('input', { type: 'text', 'aria-label': `Values of setting ${n + 1}`, placeholder: '0; 0.5; 1' });
    const choice = h('select', { 'aria-label': `Setting ${n + 1}`, onchange: () => { values.value = usual(choice.value).join('; '); } },
      ...options(none));
    if (!none) { choice.value = 'preset'; values.value = usual('preset').join('; '); }
    return { choice, values, made: h('div', { class: 'over-row' }, choice, values) };
  });
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

function usual(key) {
  if (key === 'preset') return known.looks.filter((look) => !look.moves).slice(0, 8).map((look) => look.name);
  const one = known.controls[draft.command].find((each) => each.key === key);
  if (!one) return [];
  if (one.choices.length) return one.choices;
  if (one.type === 'switch') return ['on', 'off'];
  const now = Number(said.values[key]);
  if (one.high !== null && one.high - one.low <= 8) return [0, 1, 2, 3].map((n) => Number((one.low + (one.high - one.low) * n / 3).toFixed(2)));
  return Number.isFinite(now) && now ? [now / 2, now, now * 2].map((value) => (one.type === 'whole' ? Math.round(value) : Number(value.toPrecision(3)))) : [];
}

async function fill(cells, pickers, signal) {
  const wanted = pickers.filter((one) => one.choice.value).map((one) => [one.choice.value,
    one.values.value.split(one.values.value.includes(';') ? ';' : ',').map((value) => value.trim()).filter(Boolean).slice(0, 16)]);
  const [first, second] = wanted;
  const rows = second ? first[1].flatMap((a) => second[1].map((b) => [[first[0], a], [second[0], b]])) : first[1].map((a) => [[first[0], a]]);
  cells.style.setProperty('--columns', second ? second[1].length : Math.min(4, first[1].length));
  const made = rows.slice(0, 64).map((pairs) => ({ pairs, image: h('img', { alt: '' }) }));
  cells.replaceChildren(...made.map(({ pairs, image }) => h('button', { class: 'cell', onclick: () => { choose(pairs); closeDialog(); } },
    image, h('span', {}, pairs.map(([key, value]) => `${plain(key)} ${value}`).join(', ')))));
  for (const { pairs, image } of made) {
    const body = { ...asked(), seconds: cursor.seconds, side: 256, ...settingsOf(pairs) };
    await lines('/api/preview', body, signal, (part) => { if (part.last) image.src = `/api/preview/${part.id}/${part.number}`; });
  }
}

function settingsOf(pairs) {
  const settings = { ...draft.settings };
  let preset = draft.preset;
  for (const [key, value] of pairs) if (key === 'preset') preset = value; else settings[key] = value;
  return { preset, settings };
}

const choose = (pairs) => change(settingsOf(pairs));
