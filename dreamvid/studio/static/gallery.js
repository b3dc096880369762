// The results: films play while the pointer is over them.

import { $, closeDialog, dialog, h, plain, size, toast } from './dom.js';
import { get, post } from './api.js';
import { begin, show } from './stage.js';
import { view } from './main.js';
import { draft, known } from './state.js';
import { use } from './controls.js';
import { reuse } from './queue.js';

const cards = new Map();
let stale = true;
let marked = null;

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
}

async function draw() {
  const found = await get('/api/results');
  if (!$('gallery').firstChild) {
    $('gallery').append(h('header', { class: 'head' }, h('h1', {}, 'Gallery'), h('span', { id: 'how-many', class: 'mild' })),
      h('p', { id: 'no-results', class: 'none' }, 'Results appear here.'), h('div', { id: 'results', class: 'results' }));
  }
  const wanted = found.map((one) => {
    const key = `${one.id} ${one.version}`;
    if (!cards.has(key)) cards.set(key, card(one));
    return cards.get(key);
  });
  const keys = new Set(found.map((one) => `${one.id} ${one.version}`));
  for (const key of [...cards.keys()]) if (!keys.has(key)) cards.delete(key);
  $('results').replaceChildren(...wanted);
  $('no-results').hidden = wanted.length > 0;
  $('how-many').textContent = wanted.length || '';
}

const MOVING = ['image/gif', 'image/webp', 'image/avif'];

function card(one) {
  const image = h('img', { src: `/api/results/${one.id}/small?${one.version}`, alt: one.name, loading: 'lazy', decoding: 'async', draggable: 'false' });
  const picture = h('button', { class: 'picture', 'aria-label': `Open ${one.name}`, onclick: () => { view('create'); show({ kind: 'result', result: one }); } }, image);
  const address = `/api/results/${one.id}/file?${one.version}`;
  let moving = null;
  picture.addEventListener('pointerenter', () => {
    if (moving || !(one.type.startsWith('video/') || MOVING.includes(one.type))) return;
    moving = one.type.startsWith('video/') ? h('video', { src: address, muted: true, autoplay: true, loop: true, playsinline: true }) : h('img', { src: address, alt: '' });
    moving.muted = true;
    moving.className = 'playing';
    picture.append(moving);
  });
  picture.addEventListener('pointerleave', () => { moving?.remove(); moving = null; });
  return h('article', { class: 'result', 'data-name': one.name }, picture,
    h('div', { class: 'text' }, h('strong', { title: one.name }, one.name), h('span', { class: 'mild' }, size(one.bytes))),
    h('button', { class: 'quiet icon dots', 'aria-label': `What can be done with ${one.name}`, onclick: () => menu(one) }, '⋯'));
}

async function menu(one) {
  const act = async (what) => post(`/api/results/${one.id}/${what}`);
  const tried = (run) => async () => { try { await run(); } catch (error) { toast(error.message); } };
  const facts = h('dl', { class: 'settings' });
  dialog(one.name,
    h('div', { class: 'choices' },
      h('button', { class: 'strong', onclick: tried(async () => { const found = await act('settings'); closeDialog(); reuseOf(found); }) }, 'Use these settings'),
      h('button', { onclick: tried(async () => { const found = await act('take'); closeDialog(); view('create'); begin(found); }) }, 'Begin with it'),
      h('button', { onclick: () => { closeDialog(); compare(one); } }, marked && marked.id !== one.id ? `Compare with ${marked.name}` : 'Compare with another'),
      known.local ? h('button', { onclick: tried(async () => { await act('show'); }) }, 'Show in its folder') : null,
      h('a', { href: `/api/results/${one.id}/file?${one.version}`, download: one.name, class: 'button' }, 'Save a copy'),
      h('button', { class: 'danger', onclick: tried(async () => {
        const { trashed } = await act('delete');
        closeDialog();
        toast(`${one.name} is in the trash.`, { name: 'Undo', run: tried(() => post(`/api/trash/${trashed}/restore`)) });
      }) }, 'Delete')), facts);
  try {
    const found = await act('settings');
    const table = found.recipe?.settings || found.asked?.settings || {};
    facts.append(...Object.entries(table).flatMap(([key, value]) => [h('dt', {}, plain(key)), h('dd', {}, String(value))]));
  } catch { /* it carries no recipe */ }
}

function reuseOf(found) {
  if (found.asked) { reuse(found.asked); return; }
  if (!found.recipe) { toast('It carries no recipe.'); return; }
  use(found.recipe.settings, '', found.recipe.command in known.controls ? found.recipe.command : draft.command);
  view('create');
  toast('The settings are here.');
}

function compare(one) {
  if (!marked || marked.id === one.id) { marked = one; toast('Now choose “Compare” on the other.'); return; }
  const two = [marked, one].map((each) => {
    const address = `/api/results/${each.id}/file?${each.version}`;
    const media = each.type.startsWith('video/') ? h('video', { src: address, muted: true, autoplay: true, loop: true, playsinline: true }) : h('img', { src: address, alt: each.name });
    media.muted = true;
    return h('figure', {}, media, h('figcaption', {}, each.name));
  });
  marked = null;
  dialog('Compared', h('div', { class: 'two' }, ...two));
}
