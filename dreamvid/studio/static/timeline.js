// The timeline: curves of settings under the sound and its beats. The server parses a curve from the setting's text;
// dragging a keyframe changes that text.

import { $, h, plain, toast } from './dom.js';
import { post } from './api.js';
import { request, cursor, draft, known, moving, said, set, watch } from './state.js';
import { startMoving } from './controls.js';
import { seek } from './stage.js';

const WAVE = 34, LANE = 74, LEFT = 12;
let canvas, fields, add, facts, timer, turn = 0;
let spoken, drag = null, chosen = null, snap = true;

export function showTimeline() {
  canvas = h('canvas', { tabindex: 0, role: 'application', 'aria-label': 'Keyframes. Arrows choose one, Shift and arrows move it, Enter adds one after it, '
    + 'Delete removes it. The text of each curve stands below.' });
  spoken = h('p', { class: 'hidden', role: 'status', id: 'keyframe' });
  fields = h('div', { class: 'fields' });
  add = h('select', { 'aria-label': 'Let a setting move', onchange: () => {
    const one = known.controls[draft.command].find((each) => each.key === add.value);
    if (one) startMoving(one);
    add.value = '';
  } });
  const snapping = h('input', { type: 'checkbox', id: 'snap', checked: true, onchange: () => { snap = snapping.checked; } });
  $('timeline').append(h('div', { class: 'tools' }, h('strong', {}, 'Timeline'), add,
    h('label', { for: 'snap', class: 'mild' }, snapping, ' snap to beats')), canvas, spoken, fields);
  canvas.addEventListener('pointerdown', press);
  canvas.addEventListener('pointermove', pull);
  canvas.addEventListener('pointerup', release);
  canvas.addEventListener('dblclick', insert);
  canvas.addEventListener('keydown', keyboard);
  new ResizeObserver(() => draw()).observe($('timeline'));
  document.addEventListener('cursor', () => draw());
  watch((what) => { if (what === 'said' || what === 'draft') plan(); });
  plan();
}

function plan() {
  const used = draft.command !== 'image' && draft.source && (moving().length > 0 || Object.entries(draft.settings)
    .some(([key, value]) => isCurve(key) && typeof value === 'string' && !Number.isFinite(Number(value))));
  $('timeline').hidden = !used;
  if (!used) cursor.film = 0;
  if (!used || drag || (said.error && !isCurve(said.key))) return;
  clearTimeout(timer);
  timer = setTimeout(read, 30);
}

const isCurve = (key) => known.controls[draft.command]?.find((one) => one.key === key)?.type === 'curve';

async function read() {
  const own = ++turn;
  let found;
  try { found = await post('/api/curves', { ...request(), points: 800 }); } catch (error) { if (!facts) toast(error.message); return; }
  const isOld = found.lanes.some((lane) => draft.settings[lane.key] !== undefined && String(draft.settings[lane.key]) !== lane.text);
  if (own !== turn || drag || isOld) return;
  const [lane, n] = [laneOf(chosen)?.key, laneOf(chosen)?.keys.indexOf(chosen)];
  facts = found;
  chosen = facts.lanes.find((one) => one.key === lane)?.keys[n] || null;
  cursor.film = facts.seconds;
  document.dispatchEvent(new CustomEvent('length'));
  fill();
  draw();
}

function fill() {
  const free = known.controls[draft.command].filter((one) => one.type === 'curve' && !facts.lanes.some((lane) => lane.key === one.key));
  add.replaceChildren(h('option', { value: '' }, '+ a setting that moves'), ...free.map((one) => h('option', { value: one.key }, plain(one.key))));
  const keep = document.activeElement?.closest?.('.fields') ? document.activeElement : null;
  if (keep) { for (const lane of facts.lanes) mark(lane); return; }
  fields.replaceChildren(...facts.lanes.map((lane) => {
    const input = h('input', { type: 'text', value: lane.text, spellcheck: 'false', 'aria-label': `Curve of ${plain(lane.key)}`, 'data-lane': lane.key,
      oninput: () => set(lane.key, input.value) });
    return h('div', { class: 'field' }, h('span', {}, plain(lane.key)), input,
      h('button', { class: 'quiet icon', 'aria-label': `Let ${plain(lane.key)} hold still`, onclick: () => set(lane.key, null) }, '×'),
      h('p', { class: 'wrong', role: 'alert' }));
  }));
  for (const lane of facts.lanes) mark(lane);
}

// Shows the error of a curve under its text, with the wrong part.
function mark(lane) {
  const input = [...fields.querySelectorAll('[data-lane]')].find((one) => one.dataset.lane === lane.key);
  if (!input) return;
  const wrong = input.parentElement.querySelector('.wrong');
  const place = lane.stop > lane.start ? `“${lane.text.slice(lane.start, lane.stop)}”: ` : '';
  wrong.textContent = lane.error ? place + lane.error : '';
  input.setAttribute('aria-invalid', Boolean(lane.error));
}

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name);

function geometry() {
  const width = canvas.clientWidth, top = facts.wave.length ? WAVE : 8;
  return { width, top, x: (seconds) => LEFT + (width - 2 * LEFT) * seconds / facts.seconds,
    time: (x) => Math.max(0, Math.min(facts.seconds, (x - LEFT) / (width - 2 * LEFT) * facts.seconds)) };
}

function range(lane) {
  const values = [...lane.points, ...lane.keys.map((key) => key.value)];
  let low = Math.min(...values), high = Math.max(...values);
  if (!(high > low)) { low -= 0.5; high += 0.5; }
  const pad = (high - low) * 0.12;
  return { low: Math.max(lane.low ?? -Infinity, low - pad), high: Math.min(lane.high ?? Infinity, high + pad) };
}

export function draw() {
  if (!facts || $('timeline').hidden || !canvas.clientWidth) return;
  const ratio = devicePixelRatio || 1;
  const { width, top, x } = geometry();
  const height = top + LANE * facts.lanes.length;
  if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
    canvas.style.height = `${height}px`;
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
  }
  const pen = canvas.getContext('2d');
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, width, height);
  pen.lineWidth = 1;
  beats(pen, x, height);
  wave(pen, x);
  facts.lanes.forEach((lane, n) => curve(pen, lane, top + n * LANE, x, width));
  pen.fillStyle = colour('--text');
  pen.fillRect(x(Math.min(cursor.seconds, facts.seconds)), 0, 1, height);
}

function beats(pen, x, height) {
  const many = facts.beats.length > 400;
  pen.fillStyle = colour('--line');
  facts.beats.forEach((beat, n) => { if (!many || n % 4 === 0) pen.fillRect(Math.round(x(beat)), n % 4 ? 22 : 0, 1, height); });
}

function wave(pen, x) {
  pen.fillStyle = colour('--mild');
  facts.wave.forEach((value, n) => {
    const tall = Math.max(1, value * (WAVE - 10));
    pen.fillRect(x(n * facts.seconds / facts.wave.length), (WAVE - tall) / 2, 1, tall);
  });
}

function curve(pen, lane, top, x, width) {
  pen.fillStyle = colour('--mild');
  pen.font = '11px system-ui, sans-serif';
  pen.fillText(plain(lane.key), LEFT + 6, top + 11);
  pen.fillStyle = colour('--line');
  pen.fillRect(LEFT, top + LANE - 1, width - 2 * LEFT, 1);
  if (!lane.points.length) return;
  const { low, high } = lane.range ||= range(lane);
  const y = (value) => top + 16 + (LANE - 24) * (1 - (value - low) / (high - low));
  pen.strokeStyle = colour('--accent');
  pen.lineWidth = 1.5;
  pen.beginPath();
  const line = drag?.lane === lane ? lane.keys.map((key) => [key.seconds, key.value])
    : lane.points.map((value, n) => [n * facts.seconds / (lane.points.length - 1), value]);
  if (drag?.lane === lane) { line.unshift([0, lane.keys[0].value]); line.push([facts.seconds, lane.keys.at(-1).value]); }
  for (const [seconds, value] of line) pen.lineTo(x(seconds), y(value));
  pen.stroke();
  for (const key of lane.keys) {
    pen.beginPath();
    pen.arc(x(key.seconds), y(key.value), key === chosen ? 6 : 4, 0, 7);
    pen.fillStyle = colour(key === chosen ? '--text' : '--accent');
    pen.fill();
  }
}

function at(event) {
  const box = canvas.getBoundingClientRect();
  const { top, time } = geometry();
  const [px, py] = [event.clientX - box.left, event.clientY - box.top];
  const n = Math.floor((py - top) / LANE);
  const lane = facts.lanes[n];
  if (!lane) return { seconds: time(px) };
  const { low, high } = lane.range ||= range(lane);
  const share = 1 - (py - top - n * LANE - 16) / (LANE - 24);
  return { lane, px, seconds: time(px), value: Math.max(low, Math.min(high, low + share * (high - low))) };
}

function press(event) {
  if (!facts) return;
  const { lane, px, seconds } = at(event);
  const { x } = geometry();
  const near = lane?.keys.filter((key) => Math.abs(x(key.seconds) - px) < 9)
    .sort((a, b) => Math.abs(x(a.seconds) - px) - Math.abs(x(b.seconds) - px))[0];
  chosen = near || null;
  if (near) { drag = { lane, key: near, moved: false }; canvas.setPointerCapture(event.pointerId); }
  else { cursor.seconds = seconds; seek(); }
  draw();
}

function pull(event) {
  if (!drag) return;
  const begun = performance.now();
  const { seconds, value } = { value: drag.key.value, ...at(event) };
  drag.moved = true;
  place(drag.lane, drag.key, seconds, value);
  draw();
  canvas.dataset.took = (performance.now() - begun).toFixed(2);
}

// Moves a key, but not past its neighbours. It snaps to a near beat.
function place(lane, key, seconds, value, snaps = snap) {
  const n = lane.keys.indexOf(key), step = 1 / facts.fps;
  const [after, before] = [lane.keys[n - 1]?.seconds + step || 0, lane.keys[n + 1]?.seconds - step || facts.seconds];
  const free = Math.max(after, Math.min(before, seconds));
  const { x } = geometry();
  const beat = snaps ? facts.beats.findIndex((each) => Math.abs(x(each) - x(free)) < 7 && each >= after && each <= before) : -1;
  const moved = beat >= 0 ? facts.beats[beat] : Number(free.toFixed(3));
  if (!key.time || Math.abs(moved - key.seconds) > 5e-4) {
    key.time = beat >= 0 && facts.beats[0] >= 0 ? `${beat}b` : `${moved}s`;
    key.seconds = moved;
  }
  key.value = Number(value.toPrecision(4));
  key.text = String(key.value);
}

function release() {
  if (!drag) return;
  const { lane, moved } = drag;
  drag = null;
  if (moved) write(lane);
}

function write(lane) {
  lane.text = lane.keys.map((key) => `${key.time}: ${key.text}${key.easing === 'linear' ? '' : ` ${key.easing}`}`).join('; ');
  lane.range = null;
  const input = [...fields.querySelectorAll('[data-lane]')].find((one) => one.dataset.lane === lane.key);
  if (input) input.value = lane.text;
  set(lane.key, lane.text);
}

function insert(event) {
  const { lane, seconds, value } = at(event);
  if (lane) insertAt(lane, seconds, value);
}

function insertAt(lane, seconds, value) {
  if (!lane.keys.length) { toast('This is an expression; edit its text, or write keyframes such as 0s: 1; 4s: 2.'); return; }
  const key = { seconds, value, easing: 'linear' };
  const next = lane.keys.findIndex((each) => each.seconds > seconds);
  lane.keys.splice(next < 0 ? lane.keys.length : next, 0, key);
  chosen = key;
  place(lane, key, seconds, value);
  written(lane);
}

function written(lane) {
  write(lane);
  speak();
  draw();
}

function remove() {
  const lane = laneOf(chosen);
  if (!lane || lane.keys.length < 2) return;
  const n = lane.keys.indexOf(chosen);
  lane.keys.splice(n, 1);
  chosen = lane.keys[Math.max(0, n - 1)];
  written(lane);
}

const laneOf = (key) => facts?.lanes.find((each) => each.keys.includes(key));

const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

// The keys of the timeline: choose, move, add and remove keyframes.
function keyboard(event) {
  if (!facts || event.ctrlKey || event.metaKey || event.altKey) return;
  const way = WAYS[event.key];
  if (way) { if (event.shiftKey && chosen) nudge(...way); else choose(...way); }
  else if (event.key === 'Enter' && chosen) addAfter();
  else if (['Delete', 'Backspace'].includes(event.key)) remove();
  else return;
  event.preventDefault();
}

const within = (list, n) => list[Math.max(0, Math.min(list.length - 1, n))];

function choose(right, down) {
  const lanes = facts.lanes.filter((lane) => lane.keys.length);
  const lane = laneOf(chosen);
  if (!lanes.length) return;
  if (!lane) [chosen] = lanes[0].keys;
  else if (right) chosen = within(lane.keys, lane.keys.indexOf(chosen) + right);
  else {
    const away = (key) => Math.abs(key.seconds - chosen.seconds);
    chosen = within(lanes, lanes.indexOf(lane) + down).keys.reduce((a, b) => (away(b) < away(a) ? b : a));
  }
  cursor.seconds = chosen.seconds;
  speak();
  seek();
}

// Moves the chosen key by a frame, or to the next beat; or its value by a fortieth of what the lane shows.
function nudge(right, down) {
  const lane = laneOf(chosen);
  const { low, high } = lane.range ||= range(lane);
  const beats = facts.beats.filter((beat) => (beat - chosen.seconds) * right > 1e-6);
  const beat = right > 0 ? beats[0] : beats.at(-1);
  const seconds = snap && right && beat !== undefined ? beat : chosen.seconds + right / facts.fps;
  const value = Math.max(lane.low ?? -Infinity, Math.min(lane.high ?? Infinity, chosen.value - down * (high - low) / 40));
  place(lane, chosen, seconds, value, snap && right !== 0 && beat !== undefined);
  cursor.seconds = chosen.seconds;
  written(lane);
}

function addAfter() {
  const lane = laneOf(chosen);
  const n = lane.keys.indexOf(chosen);
  const next = lane.keys[n + 1] || { seconds: facts.seconds, value: chosen.value };
  insertAt(lane, (chosen.seconds + next.seconds) / 2, (chosen.value + next.value) / 2);
}

// Says which key is chosen, for screen readers.
function speak() {
  const lane = laneOf(chosen);
  spoken.textContent = lane ? `${plain(lane.key)}, key ${lane.keys.indexOf(chosen) + 1} of ${lane.keys.length}, at ${Number(chosen.seconds.toFixed(2))} s: ${Number(chosen.value.toPrecision(4))}` : '';
}
