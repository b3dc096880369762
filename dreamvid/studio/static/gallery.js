// The results: films play while the pointer is over them.

import { $, closeDialog, dialog, h, plain, size, span, toast } from './dom.js';
import { get, post } from './api.js';
import { begin, show } from './stage.js';
import { view } from './main.js';
import { known } from './state.js';
import { apply, ofResult, sameAgain } from './reuse.js';

const cards = new Map();
let stale = true;
let compared = null;  // the first of two results to compare

export function galleryChanged() {
  stale = true;
  if (!$('gallery').hidden) showGallery();
}

let drawing = null;

export async function showGallery() {
  if (!stale || drawing) return;
  stale = false;
  drawing = draw();
  try { await drawing; } catch (error) { toast(error.message); }
  drawing = null;
  if (stale) showGallery();
}

async function draw() {
  const found = await get('/api/results');
  if (!$('gallery').firstChild) {
    $('gallery').append(h('header', { class: 'head' }, h('h1', {}, 'Gallery'), h('span', { id: 'how-many', class: 'mild' }),
      h('span', { id: 'comparing', class: 'mild', role: 'status' })),
    h('p', { id: 'no-results', class: 'none' }, 'Results appear here.'), h('div', { id: 'results', class: 'results' }));
  }
  const keys = new Set(found.map((one) => `${one.id} ${one.version}`));
  for (const key of [...cards.keys()]) if (!keys.has(key)) cards.delete(key);
  const wanted = found.map((one) => {
    const key = `${one.id} ${one.version}`;
    if (!cards.has(key)) cards.set(key, card(one));
    return cards.get(key);
  });
  $('results').replaceChildren(...wanted);
  $('no-results').hidden = wanted.length > 0;
  $('how-many').textContent = wanted.length || '';
}

const MOVING = ['image/gif', 'image/webp', 'image/avif'];
const isFilm = (one) => one.type.startsWith('video/');
const address = (one) => `/api/results/${one.id}/file?${one.version}`;

// A result as it plays, or as a picture.
function media(one, props = {}) {
  if (!isFilm(one)) return h('img', { src: address(one), alt: one.name, ...props });
  const film = h('video', { src: address(one), autoplay: true, loop: true, playsinline: true, 'aria-label': one.name, ...props });
  film.muted = true;
  return film;
}

// Thumbnails and facts are asked for when a card comes into view.
const seen = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) if (isIntersecting) { seen.unobserve(target); target.fill(); }
}, { rootMargin: '200px' });

function card(one) {
  const image = h('img', { alt: '', decoding: 'async', draggable: 'false' });
  const picture = h('button', { class: 'picture', 'aria-label': `Open ${one.name}`, onclick: () => open(one) }, image);
  let playing = null;
  const start = () => {
    if (playing || !(isFilm(one) || MOVING.includes(one.type))) return;
    playing = media(one, { class: 'playing', 'aria-hidden': 'true' });
    picture.append(playing);
  };
  const stop = () => { playing?.remove(); playing = null; };
  for (const kind of ['pointerenter', 'focus']) picture.addEventListener(kind, start);
  for (const kind of ['pointerleave', 'blur']) picture.addEventListener(kind, stop);
  const what = h('span', { class: 'what mild' });
  const made = h('article', { class: 'result', 'data-name': one.name }, picture,
    h('div', { class: 'text' }, h('strong', { title: one.name }, one.name), h('span', { class: 'mild size' }, size(one.bytes)), what),
    h('button', { class: 'quiet icon dots', 'aria-label': `What can be done with ${one.name}`, onclick: () => menu(one) }, '⋯'));
  made.fill = async () => {
    image.src = `/api/results/${one.id}/small?${one.version}`;
    try {
      const facts = await factsOf(one);
      made.querySelector('.size').textContent = `${measures(facts)}${size(one.bytes)}`;
      what.textContent = what.title = settingsText(facts);
    } catch { what.textContent = 'cannot be read'; }
  };
  seen.observe(made);
  return made;
}

const factsOf = (one) => get(`/api/results/${one.id}/facts?${one.version}`);

const measures = (facts) => (facts.width ? `${facts.width}×${facts.height} · ` : '') + (facts.seconds ? `${facts.seconds < 60 ? `${Number(facts.seconds.toFixed(1))} s` : span(facts.seconds)} · ` : '');

const tableOf = (facts) => facts.draft?.settings || facts.recipe?.settings || {};

function settingsText(facts) {
  const command = facts.draft?.command || facts.recipe?.command;
  const own = Object.entries(facts.draft?.settings || facts.recipe?.look || {}).filter(([key]) => !['size', 'fps', 'frames', 'seconds'].includes(key))
    .map(([key, value]) => (value === true ? plain(key) : `${plain(key)} ${value}`));
  return [command === 'image' ? 'picture' : command, facts.draft?.preset, ...own].filter(Boolean).join(' · ');
}

function open(one) {
  if (compared) { compare(one); return; }
  view('create');
  show({ kind: 'result', result: one });
}

const tried = (run) => async () => { try { await run(); } catch (error) { toast(error.message); } };

async function menu(one) {
  const act = async (what) => post(`/api/results/${one.id}/${what}`);
  const table = h('dl', { class: 'settings' });
  const leave = (run) => tried(async () => { const facts = await factsOf(one); closeDialog(); await run(facts); });
  dialog(one.name,
    h('div', { class: 'choices' },
      h('button', { class: 'strong', onclick: leave(async (facts) => apply(await ofResult(facts))) }, 'Use these settings'),
      h('button', { 'data-act': 'again', onclick: leave((facts) => sameAgain(one, facts)) }, 'Same again with…'),
      h('button', { 'data-act': 'compare', onclick: () => { closeDialog(); compare(one); } }, 'Compare with…'),
      h('button', { onclick: tried(async () => { const found = await act('take'); closeDialog(); view('create'); begin(found); }) }, 'Begin with it'),
      known.local ? h('button', { onclick: tried(async () => { await act('show'); }) }, 'Show in its folder') : null,
      h('a', { href: address(one), download: one.name, class: 'button' }, 'Save a copy'),
      h('button', { class: 'danger', onclick: tried(async () => {
        const { trashed } = await act('delete');
        closeDialog();
        toast(`${one.name} is in the trash.`, { name: 'Undo', run: tried(() => post(`/api/trash/${trashed}/restore`)) });
      }) }, 'Delete')), table);
  try {
    const facts = await factsOf(one);
    table.append(...Object.entries(tableOf(facts)).flatMap(([key, value]) => [h('dt', {}, plain(key)), h('dd', {}, String(value))]));
  } catch (error) { table.replaceWith(h('p', { class: 'mild' }, error.message)); }
}

// Chooses the first of two results; then shows both, and the settings in which they differ.
async function compare(one) {
  if (!compared) {
    compared = one;
    $('comparing').textContent = `Choose what to compare with ${one.name}; Escape cancels.`;
    return;
  }
  const two = [compared, one];
  cancelCompare();
  const facts = await Promise.all(two.map((each) => factsOf(each).catch(() => ({}))));
  const tables = facts.map((each) => ({ look: each.draft?.preset || '', ...tableOf(each) }));
  const keys = [...new Set(tables.flatMap(Object.keys))].filter((key) => String(tables[0][key] ?? '') !== String(tables[1][key] ?? ''));
  const shown = (n, key) => String(tables[n][key] ?? '') || '–';
  dialog('Compared', h('div', { class: 'two' }, two.map((each, n) => h('figure', {}, media(each), h('figcaption', {}, each.name,
    h('dl', { class: 'settings' }, keys.flatMap((key) => [h('dt', {}, plain(key)), h('dd', {}, shown(n, key))])))))));
}

export function cancelCompare() {
  if (!compared) return false;
  compared = null;
  $('comparing').textContent = '';
  return true;
}
