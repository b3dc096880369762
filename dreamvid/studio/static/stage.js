// The stage shows the source with its dream over it, the frames of a running job, or a result.

import { $, h, span, toast } from './dom.js';
import { get, lines, send } from './api.js';
import { request, change, cursor, draft, moving, names, said, watch } from './state.js';
import { askRecipe } from './recipe.js';

let parts;
let mode = { kind: 'preview' };
let running = null;
let timer = 0;
let last = '';

export const showing = () => mode;

export function showStage() {
  parts = {
    before: h('img', { class: 'before', alt: 'The picture as it is', draggable: 'false' }),
    after: h('img', { class: 'after', alt: 'The picture dreamed', id: 'dream', draggable: 'false' }),
    edge: h('input', { type: 'range', min: 0, max: 1000, value: 0, class: 'edge', 'aria-label': 'Before and after' }),
    line: h('div', { class: 'line', 'aria-hidden': 'true' }),
    frame: h('div', { class: 'frame' }),
    media: h('div', { class: 'media', hidden: true }),
    empty: drop(),
    note: h('p', { class: 'note', role: 'status' }),
    time: h('input', { type: 'range', class: 'time', min: 0, max: 1000, value: 0, 'aria-label': 'Time' }),
    clock: h('output', { class: 'clock' }),
  };
  parts.before.addEventListener('load', fit);
  parts.frame.append(parts.before, parts.after, parts.line, parts.edge);
  parts.times = h('div', { class: 'times', hidden: true }, parts.time, parts.clock);
  parts.change = h('button', { class: 'quiet change', hidden: true, onclick: pick }, 'Other file');
  $('stage').append(parts.frame, parts.media, parts.empty, parts.note, parts.times, parts.change, input);
  parts.edge.addEventListener('input', split);
  parts.time.addEventListener('input', () => { cursor.seconds = cursor.length * parts.time.value / 1000; seek(); });
  addEventListener('resize', fit);
  new ResizeObserver(fit).observe($('stage'));
  accept();
  watch((what) => {
    if (what === 'draft' && mode.kind !== 'preview') show({ kind: 'preview' });
    if (what === 'draft') { source(); schedule(); } else { times(); if (!said.error) schedule(); }
  });
  source();
}

function drop() {
  return h('div', { class: 'drop', hidden: true },
    h('p', { class: 'big' }, 'Drop a picture, a clip or a song'),
    h('p', {}, 'or any result of dreamvid: its settings come with it.'),
    h('button', { class: 'strong', onclick: pick }, 'Choose a file'),
    h('button', { class: 'link', onclick: () => change({ command: 'image', source: null, settings: { ...draft.settings, noise: '640x427' } }) },
      'or begin with noise'));
}

const input = h('input', { type: 'file', class: 'hidden', id: 'file', tabindex: -1, 'aria-label': 'A file to begin with' });
input.addEventListener('change', () => {
  if (input.files.length) take(input.files[0]);
  input.value = '';
});

export const pick = () => input.click();

function accept() {
  let depth = 0;
  const mark = (by) => { depth = Math.max(0, depth + by); document.body.classList.toggle('dropping', depth > 0); };
  addEventListener('dragenter', (event) => { event.preventDefault(); mark(1); });
  addEventListener('dragleave', () => mark(-1));
  addEventListener('dragover', (event) => event.preventDefault());
  addEventListener('drop', (event) => {
    event.preventDefault();
    depth = 0;
    mark(0);
    if (event.dataTransfer.files.length) take(event.dataTransfer.files[0]);
  });
  addEventListener('paste', (event) => { if (event.clipboardData.files.length) take(event.clipboardData.files[0]); });
}

// Uploads a file. It becomes the source, or the sound, or its recipe is applied.
export async function take(file) {
  say(`reading ${file.name}…`);
  let found;
  try { found = await send(file); } catch (error) { say(''); toast(error.message); return; }
  say('');
  begin(found);
}

export function begin(found) {
  names[found.id] = found.name;
  if (found.recipe) askRecipe(found, () => start(found));
  else start(found);
}

function start(found) {
  if (found.kind === 'recipe') return;
  if (found.kind === 'sound') {
    const command = draft.command === 'image' ? 'zoom' : draft.command;
    change({ command, settings: { ...draft.settings, audio: found.id } });
    toast(`${found.name} is the sound.`);
    return;
  }
  const films = ['clip', 'loop'];
  const command = found.kind === 'clip' ? (films.includes(draft.command) ? draft.command : 'clip')
    : (draft.command === 'clip' ? 'image' : draft.command);
  const { noise, ...settings } = draft.settings;
  cursor.seconds = 0;
  change({ source: found, command, settings });
}

export function show(what) {
  mode = what;
  const preview = mode.kind === 'preview';
  parts.media.hidden = preview;
  if (preview) parts.media.replaceChildren();
  if (mode.kind === 'result') result(mode.result);
  if (mode.kind === 'job') job(mode.job);
  source();
}

function source() {
  const preview = mode.kind === 'preview';
  const noise = draft.command === 'image' && draft.settings.noise;
  parts.empty.hidden = !preview || Boolean(draft.source || noise);
  parts.frame.hidden = !preview || !parts.empty.hidden;
  parts.change.hidden = parts.frame.hidden;
  parts.edge.hidden = !draft.source;
  const small = draft.source ? `/api/files/${draft.source.id}/small` : '';
  if (small !== last) {
    last = small;
    if (small) { parts.before.src = small; parts.after.removeAttribute('src'); } else parts.before.removeAttribute('src');
    parts.edge.value = 0;
    split();
  }
  times();
  fit();
}

function times() {
  const clip = draft.source?.kind === 'clip' && draft.command !== 'image';
  const length = clip ? draft.source.seconds : (moving().length && draft.command !== 'image' ? lengthOf() : 0);
  cursor.length = length;
  parts.times.hidden = mode.kind !== 'preview' || !length || parts.frame.hidden;
  cursor.seconds = Math.min(cursor.seconds, length);
  parts.time.value = length ? 1000 * cursor.seconds / length : 0;
  parts.clock.textContent = `${cursor.seconds.toFixed(2)} s`;
}

function lengthOf() {
  const { seconds, frames, fps } = said.values;
  if (cursor.film) return cursor.film;
  return Number(seconds) || Number(frames) / (rateOf(fps) || 30) || 10;
}

function rateOf(rate) {
  const [above, below] = String(rate || 30).split('/');
  return Number(above) / Number(below || 1);
}

// The frame under the time cursor.
export function seek() {
  times();
  if (draft.source?.kind === 'clip') {
    parts.before.src = `/api/files/${draft.source.id}/small?percent=${Math.round(100 * cursor.seconds / cursor.length)}`;
  }
  document.dispatchEvent(new CustomEvent('cursor'));
  schedule();
}
document.addEventListener('length', () => { times(); fit(); });

let shown = '';

// What decides on the preview, as text.
const wanted = () => JSON.stringify({ ...request(), format: undefined, seconds: cursor.seconds });

// Stops a preview that a change has made old, and starts the next one when no further change comes.
function schedule() {
  if (wanted() === shown) return;
  running?.abort();
  clearTimeout(timer);
  timer = setTimeout(preview, 60);
}

async function preview() {
  if (mode.kind !== 'preview' || parts.frame.hidden) return;
  shown = wanted();
  running?.abort();
  const own = running = new AbortController();
  say('dreaming…');
  parts.frame.classList.add('busy');
  try {
    await lines('/api/preview', JSON.parse(shown), own.signal, (part) => {
      if (own.signal.aborted || part.warning) return;
      picture(`/api/preview/${part.id}/${part.number}`, own, part.last);
    });
    if (own === running) say('');
  } catch (error) {
    if (own.signal.aborted) return;
    shown = '';
    say(error.message, true);
  } finally {
    if (own === running) parts.frame.classList.remove('busy');
  }
}

export function cancelPreview() {
  if (!parts.frame.classList.contains('busy')) return false;
  running.abort();
  shown = '';
  parts.frame.classList.remove('busy');
  say('stopped');
  return true;
}

async function picture(address, own, final) {
  const image = new Image();
  image.src = address;
  try { await image.decode(); } catch { return; }
  if (own.signal.aborted) return;
  parts.after.src = address;
  parts.after.dataset.final = final;
  parts.after.dataset.count = Number(parts.after.dataset.count || 0) + 1;
  if (!draft.source) parts.before.src = address;
  fit();
}

function split() {
  const share = parts.edge.value / 10;
  parts.after.style.clipPath = `inset(0 0 0 ${share}%)`;
  parts.line.style.left = `${share}%`;
  parts.frame.classList.toggle('split', parts.edge.value > 0);
}

// Makes the frame as large as possible, with the aspect ratio of the picture.
function fit() {
  const image = parts.before.naturalWidth ? parts.before : parts.after;
  const [width, height] = [image.naturalWidth || 4, image.naturalHeight || 3];
  const room = $('stage').getBoundingClientRect();
  const below = parts.times.hidden ? 56 : 92;
  const scale = Math.min((room.width - 48) / width, (room.height - below) / height);
  parts.frame.style.width = `${Math.max(1, width * scale)}px`;
  parts.frame.style.height = `${Math.max(1, height * scale)}px`;
}

function say(text, wrong = false) {
  parts.note.textContent = text;
  parts.note.classList.toggle('bad', wrong);
}

function job(one) {
  const image = parts.media.querySelector('img.live') || h('img', { class: 'live', alt: `Frame of ${one.output}` });
  if (!image.isConnected) parts.media.replaceChildren(image);
  follow(one);
}

// Called when a job changes; updates the stage if it shows this job.
export function follow(one) {
  if (mode.kind !== 'job' || mode.job.id !== one.id) return;
  mode.job = one;
  const image = parts.media.querySelector('img.live');
  if (image && one.picture && image.dataset.frame !== String(one.picture)) {
    const next = new Image();
    next.src = `/api/jobs/${one.id}/frame?n=${one.picture}`;
    next.decode().then(() => { image.src = next.src; image.dataset.frame = one.picture; }, () => {});
  }
  const speed = one.speed ? ` · ${one.speed.toFixed(1)} frames/s` : '';
  const left = one.left !== null ? ` · ${span(one.left)} left` : '';
  say(one.error || `${one.output} · ${one.what || one.state} · ${one.done} of ${one.total}${speed}${left}`, Boolean(one.error));
  if (one.state === 'done') done(one);
}

async function done(one) {
  const found = (await get('/api/results')).find((each) => each.name === one.output);
  if (found && mode.kind === 'job' && mode.job.id === one.id) show({ kind: 'result', result: found });
}

function result(one) {
  const address = `/api/results/${one.id}/file?${one.version}`;
  const media = one.type.startsWith('video/')
    ? h('video', { src: address, controls: true, loop: true, autoplay: true, muted: true, playsinline: true, id: 'film' })
    : h('img', { src: address, alt: one.name });
  media.addEventListener('error', () => say(`This browser cannot show ${one.name}; its own program can.`));
  parts.media.replaceChildren(media, h('button', { class: 'quiet leave', onclick: () => show({ kind: 'preview' }) }, 'Back to the preview'));
  say(one.name);
}

// The space key: plays or pauses a film; switches a preview between source and dream.
export function play() {
  const film = parts.media.querySelector('video');
  if (film) { film.paused ? film.play() : film.pause(); return; }
  parts.edge.value = parts.edge.value > 0 ? 0 : 1000;
  split();
}

export function step(way) {
  const film = parts.media.querySelector('video');
  if (film) { film.pause(); film.currentTime = Math.max(0, film.currentTime + way / 30); return; }
  if (!cursor.length) return;
  cursor.seconds = Math.max(0, Math.min(cursor.length, cursor.seconds + way / (draft.source?.fps || 30)));
  seek();
}

