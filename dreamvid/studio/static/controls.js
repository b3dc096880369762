// Controls, made from the declarations of the settings: a new setting appears by itself.

import { $, h, plain, toast } from './dom.js';
import { send } from './api.js';
import { change, draft, known, names, said, set, watch } from './state.js';
import { openGrid } from './grid.js';

const rows = new Map();
const open = new Set();
let search = '';

export function showControls() {
  watch((what) => (what === 'draft' ? build() : refresh()));
  build();
}

let built = '';

function build() {
  const state = draft.command + search;
  if (state === built) { refresh(); return; }
  built = state;
  rows.clear();
  const all = known.controls[draft.command];
  const first = all.filter((one) => one.first !== null).sort((a, b) => a.first - b.first);
  const groups = Map.groupBy ? Map.groupBy(all, (one) => one.group) : grouped(all);
  const field = h('input', {
    type: 'search', class: 'find', placeholder: 'Search settings', 'aria-label': 'Search settings', value: search,
    oninput: (event) => { search = event.target.value; build(); $('controls').querySelector('.find').focus(); },
  });
  const word = search.trim().toLowerCase();
  const found = word ? all.filter((one) => `${plain(one.key)} ${one.help}`.toLowerCase().includes(word)) : null;
  $('controls').replaceChildren(
    ...(found ? [] : first.map(row)),
    h('div', { class: 'finder' }, field, h('button', { class: 'quiet', onclick: openGrid }, 'Compare…')),
    ...(found ? (found.length ? found.map(row) : [h('p', { class: 'none' }, 'No setting matches.')])
      : [...groups].map(([name, group]) => fold(name, group.filter((one) => one.first === null))).filter(Boolean)),
  );
  const input = $('controls').querySelector('.find');
  input.value = search;
  input.setSelectionRange?.(search.length, search.length);
  refresh();
}

function grouped(all) {
  const found = new Map();
  for (const one of all) found.set(one.group, [...(found.get(one.group) || []), one]);
  return found;
}

function fold(name, group) {
  if (!group.length) return null;
  const details = h('details', { open: open.has(name) }, h('summary', {}, name === 'Main' ? 'Other' : name));
  const fill = () => { if (details.children.length === 1) { details.append(...group.map(row)); refresh(); } };
  details.addEventListener('toggle', () => {
    if (details.open) { open.add(name); fill(); } else open.delete(name);
  });
  if (open.has(name)) fill();
  return details;
}

function row(one) {
  const id = `set-${one.key}`;
  const hint = () => { $('hint').textContent = help(one); };
  const back = h('button', { class: 'back', 'aria-label': `Put ${plain(one.key)} back`, title: 'Put back',
    onclick: () => set(one.key, null) }, '↺');
  const input = one.choices.length ? select(one, id) : (makers[one.type] || text)(one, id);
  const wrong = h('p', { class: 'wrong', id: `${id}-wrong`, hidden: true });
  const made = h('div', { class: `row ${one.type}`, onpointerenter: hint, onfocusin: hint },
    h('label', { for: id }, plain(one.key)), back, input.element, wrong,
    h('p', { class: 'hidden', id: `${id}-help` }, help(one)));
  rows.set(one.key, { ...input, one, made, wrong });
  return made;
}

function help(one) {
  const limits = one.type === 'file' || one.low === null ? '' : ` ${one.low} to ${one.high ?? 'any'} ${one.unit}`.trimEnd() + '.';
  return spoken(one.help + limits + (one.unset ? ` By default: ${one.unset}.` : ''));
}

// The settings in a text by their names here, not as options of the command line.
const spoken = (words) => words.replace(/--([a-z][a-z-]*)/g, (_, option) => option.replaceAll('-', ' '));

function refresh() {
  for (const [key, { one, made, wrong, show, element }] of rows) {
    if (!made.isConnected) continue;
    const own = draft.settings[key] !== undefined;
    const value = own ? draft.settings[key] : said.values[key];
    made.classList.toggle('own', own);
    made.classList.toggle('from-look', !own && (said.origins[key] || '').startsWith('preset'));
    if (!element.contains(document.activeElement) || document.activeElement.type !== 'text') show(value ?? one.default);
    const bad = said.error && said.key === key;
    wrong.hidden = !bad;
    wrong.textContent = bad ? said.error : '';
    made.classList.toggle('bad', Boolean(bad));
  }
}

const described = (id) => ({ id, 'aria-describedby': `${id}-help ${id}-wrong` });

function text(one, id) {
  const input = h('input', { type: 'text', ...described(id), placeholder: spoken(one.unset || ''), spellcheck: 'false',
    autocomplete: 'off', onchange: () => set(one.key, input.value.trim()) });
  input.addEventListener('keydown', (event) => { if (event.key === 'Enter') set(one.key, input.value.trim()); });
  return { element: input, show: (value) => { input.value = value ?? ''; } };
}

function toggle(one, id) {
  const input = h('input', { type: 'checkbox', role: 'switch', ...described(id),
    onchange: () => set(one.key, input.checked) });
  return { element: input, show: (value) => { input.checked = Boolean(value); } };
}

function select(one, id) {
  const input = h('select', { ...described(id), onchange: () => set(one.key, input.value || null) },
    ...(one.default === null ? [h('option', { value: '' }, spoken(one.unset || '–'))] : []),
    ...one.choices.map((choice) => h('option', { value: choice }, choice)));
  return { element: input, show: (value) => { input.value = value ?? ''; } };
}

// A slider beside a field. On wide ranges the scale is cubic, so small values get more space.
function number(one, id) {
  const field = text(one, id);
  const scale = scaleOf(one);
  if (!scale) return field;
  const slider = h('input', { type: 'range', min: 0, max: 1000, 'aria-label': `${plain(one.key)}, slider`,
    oninput: () => { field.element.value = scale.value(slider.value / 1000); set(one.key, field.element.value); } });
  slider.addEventListener('keydown', (event) => nudge(event, one, field.element, scale));
  const show = (value) => {
    if (document.activeElement !== field.element) field.show(value);
    const plainNumber = value !== null && value !== '' && Number.isFinite(Number(value));
    slider.disabled = !plainNumber && value !== null && value !== undefined && value !== '';
    if (document.activeElement !== slider) slider.value = plainNumber ? 1000 * scale.place(Number(value)) : 0;
    slider.style.setProperty('--at', `${slider.value / 10}%`);
  };
  slider.addEventListener('input', () => slider.style.setProperty('--at', `${slider.value / 10}%`));
  return { element: h('div', { class: 'pair' }, slider, field.element), show };
}

function nudge(event, one, field, scale) {
  const way = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
  if (!way) return;
  event.preventDefault();
  const now = Number(field.value) || 0;
  const step = one.type === 'whole' ? 1 : scale.step(now);
  const next = Math.min(one.high, Math.max(one.low, now + way * step));
  field.value = Number(next.toPrecision(6));
  set(one.key, field.value);
  event.target.value = 1000 * scale.place(next);
}

function scaleOf(one) {
  if (one.low === null || one.high === null || one.high > 20000) return null;
  const { low, high } = one;
  const whole = one.type === 'whole';
  const round = (value) => (whole ? Math.round(value) : Number(value.toPrecision(value < 1 && value > -1 ? 2 : 3)));
  const both = low < 0;
  const bend = high - low > 8 ? 3 : 1;
  const value = (p) => (both ? high * Math.sign(2 * p - 1) * Math.abs(2 * p - 1) ** bend : low + (high - low) * p ** bend);
  const place = (v) => (both ? (Math.sign(v) * Math.min(1, Math.abs(v) / high) ** (1 / bend) + 1) / 2
    : Math.min(1, Math.max(0, (v - low) / (high - low))) ** (1 / bend));
  return { value: (p) => round(value(p)), place, step: (v) => (bend > 1 ? Math.max(0.01, Math.abs(v) * 0.05) : (high - low) / 50) };
}

function curve(one, id) {
  const made = number(one, id);
  const move = h('button', { class: 'quiet icon', title: 'Let it move in time', 'aria-label': `Let ${plain(one.key)} move in time`,
    onclick: () => startMoving(one) }, '∿');
  return { element: h('div', { class: 'moves' }, made.element, move), show: made.show };
}

export function startMoving(one) {
  if (draft.command === 'image') { toast('A picture has no time; choose zoom, clip or loop.'); return; }
  const now = said.values[one.key] ?? one.default;
  if (typeof now !== 'string') set(one.key, `0s: ${now ?? one.low ?? 0}; 100%: ${now ?? one.low ?? 0}`);
}

function file(one, id) {
  const name = h('span', { class: 'name' }, 'none');
  const pick = h('input', { type: 'file', class: 'hidden', tabindex: -1 });
  pick.addEventListener('change', async () => {
    if (!pick.files.length) return;
    try {
      const found = await send(pick.files[0]);
      names[found.id] = found.name;
      set(one.key, found.id);
    } catch (error) { toast(error.message); }
    pick.value = '';
  });
  const button = h('button', { ...described(id), class: 'pick', onclick: () => pick.click() }, name);
  return { element: h('div', {}, button, pick), show: (value) => {
    name.textContent = value ? names[value] || value : one.unset || 'none';
  } };
}

const makers = { switch: toggle, whole: number, number, curve, file };

// Applies settings; unknown ones are left out.
export function use(settings, { preset = '', command = draft.command, source = draft.source } = {}) {
  const kept = Object.fromEntries(Object.entries(settings).filter(([key]) => known.controls[command].some((one) => one.key === key)));
  change({ command, preset, settings: kept, source });
}

