// The page: loads the state of the server, and then listens to its events.

import { $, closeDialog, dialog, h, toast } from './dom.js';
import { get, listen } from './api.js';
import { change, draft, known, names } from './state.js';
import { showControls } from './controls.js';
import { showLooks } from './looks.js';
import { cancelPreview, play, showStage, step } from './stage.js';
import { make, showMake } from './make.js';
import { queueEvents, readQueue, showQueue } from './queue.js';
import { cancelCompare, galleryChanged, showGallery } from './gallery.js';
import { showTimeline } from './timeline.js';

const VIEWS = ['create', 'queue', 'gallery'];

export function view(name) {
  for (const each of VIEWS) $(each).hidden = each !== name;
  for (const button of document.querySelectorAll('[data-view]')) button.setAttribute('aria-pressed', button.dataset.view === name);
  if (name === 'queue') showQueue();
  if (name === 'gallery') showGallery();
}

async function open() {
  let found;
  try { found = await get('/api/studio'); } catch (error) {
    document.querySelector('main').replaceChildren(h('p', { class: 'alone' }, error.message));
    return;
  }
  Object.assign(known, { controls: found.controls, looks: found.looks, formats: found.formats, local: found.local });
  if (draft.source) {
    try { const file = await get(`/api/files/${draft.source.id}`); names[file.id] = file.name; draft.source = file; } catch { draft.source = null; }
  }
  showLooks();
  showControls();
  showStage();
  showMake();
  showTimeline();
  await readQueue(found);
  change({});
  listen({ ...queueEvents, results: galleryChanged, hello: () => { readQueue(); galleryChanged(); } },
    (lost) => { $('lost').hidden = !lost; });
  document.body.dataset.ready = 'true';
}

const KEYS = [['Space', 'plays the film; in a preview, shows the picture before'], ['← →', 'a frame back, a frame on'],
  ['Ctrl Enter', 'renders'], ['Escape', 'closes what is open; cancels the preview'], ['1 2 3', 'create, queue, gallery'], ['?', 'these keys']];

function keys() {
  dialog('Keyboard', h('dl', { class: 'keys' }, ...KEYS.flatMap(([key, what]) => [h('dt', {}, h('kbd', {}, key)), h('dd', {}, what)])));
}

addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) { event.preventDefault(); make(); return; }
  if (event.key === 'Escape') { if (closeDialog() || cancelCompare() || cancelPreview()) event.preventDefault(); return; }
  if (event.target.closest('input:not([type=range]):not([type=checkbox]), textarea, select, [role=dialog]') || event.ctrlKey || event.metaKey || event.altKey) return;
  const slider = event.target.closest('input[type=range], [role=radio], canvas, video');
  if (event.key === ' ' && !event.target.closest('button, summary, input, video')) { event.preventDefault(); play(); }
  if (event.key === 'ArrowLeft' && !slider) step(-1);
  if (event.key === 'ArrowRight' && !slider) step(1);
  if (event.key === '?') keys();
  if (VIEWS[event.key - 1]) view(VIEWS[event.key - 1]);
});

for (const button of document.querySelectorAll('[data-view]')) button.addEventListener('click', () => view(button.dataset.view));
$('keys').addEventListener('click', keys);
$('theme').addEventListener('click', () => {
  const now = document.documentElement.dataset.theme || 'dark';
  document.documentElement.dataset.theme = localStorage.theme = now === 'dark' ? 'light' : 'dark';
});
if (localStorage.theme) document.documentElement.dataset.theme = localStorage.theme;
addEventListener('unhandledrejection', (event) => { event.preventDefault(); toast(event.reason?.message || 'That did not work.'); });

open();
