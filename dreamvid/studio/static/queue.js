// The queue: every job with its latest frame, speed, warnings and scores.

import { $, h, span, toast } from './dom.js';
import { get, post } from './api.js';
import { follow, show } from './stage.js';
import { view } from './main.js';
import { apply, ofDraft } from './reuse.js';

const jobs = new Map();
const rows = new Map();
const opened = new Set();
let order = [];
let held = false;

export async function readQueue(found) {
  const known = found || await get('/api/jobs');
  jobs.clear();
  for (const job of known.jobs) jobs.set(job.id, job);
  order = known.jobs.map((job) => job.id);
  held = known.held;
  draw();
}

export const queueEvents = {
  job: (job) => { jobs.set(job.id, job); if (!order.includes(job.id)) order.push(job.id); follow(job); draw(job.id); },
  gone: (id) => { jobs.delete(id); order = order.filter((each) => each !== id); draw(); },
  order: (found) => { order = found; draw(); },
  held: (found) => { held = found; draw(); },
};

let planned = 0;
const changed = new Set();

function draw(id) {
  if (id) changed.add(id);
  if (!planned) planned = requestAnimationFrame(() => { planned = 0; drawNow(); });
}

function drawNow() {
  pill();
  if ($('queue').hidden) return;
  if (!$('queue').firstChild) frame();
  const list = $('jobs');
  const wanted = order.filter((id) => jobs.has(id)).map((id) => {
    const job = jobs.get(id);
    if (!rows.has(id)) rows.set(id, rowOf(job));
    rows.get(id).show(job);
    return rows.get(id).made;
  });
  for (const id of [...rows.keys()]) if (!jobs.has(id)) rows.delete(id);
  if (wanted.length !== list.children.length || wanted.some((row, n) => row !== list.children[n])) list.replaceChildren(...wanted);
  $('no-jobs').hidden = wanted.length > 0;
  $('hold').textContent = held ? 'Continue' : 'Stop after this';
  $('hold').setAttribute('aria-pressed', held);
  changed.clear();
}

export const showQueue = () => { drawNow(); };

// Events say what changes; this also shows it if one was lost.
setInterval(() => { if (!document.hidden && !$('queue').hidden) readQueue().catch(() => {}); }, 5000);

function frame() {
  $('queue').append(
    h('header', { class: 'head' }, h('h1', {}, 'Queue'), h('button', { id: 'hold', onclick: () => post('/api/queue', { held: !held }) }),
      h('button', { class: 'quiet', onclick: clear }, 'Remove what is done')),
    h('p', { id: 'no-jobs', class: 'none' }, 'Nothing is queued. What you render waits here, and continues after a crash.'),
    h('ol', { id: 'jobs', class: 'jobs' }));
}

const clear = () => Promise.all([...jobs.values()].filter((job) => job.state === 'done').map((job) => act(job.id, 'delete')));

async function act(id, what, body = {}) {
  try { await post(`/api/jobs/${id}/${what}`, body); } catch (error) { toast(error.message); }
}

const ACTIONS = {
  waiting: [['pause', 'Pause'], ['cancel', 'Cancel']],
  running: [['pause', 'Pause'], ['cancel', 'Cancel']],
  stopping: [],
  paused: [['run', 'Go on'], ['cancel', 'Cancel']],
  cancelled: [['run', 'Go on'], ['delete', 'Delete']],
  failed: [['run', 'Try again'], ['delete', 'Delete']],
  done: [['delete', 'Remove']],
};

function rowOf(first) {
  const { id } = first;
  const image = h('img', { alt: '', loading: 'lazy', hidden: true });
  const name = h('strong');
  const state = h('span', { class: 'state' });
  const bar = h('progress', { 'aria-label': `How much of ${first.output} is done`, max: 1 });
  const facts = h('span', { class: 'facts' });
  const buttons = h('span', { class: 'acts' });
  const more = h('div', { class: 'more', hidden: true });
  const unfold = h('button', { class: 'quiet icon', 'aria-label': 'More', 'aria-expanded': 'false', onclick: () => {
    more.hidden = !more.hidden;
    unfold.setAttribute('aria-expanded', !more.hidden);
    if (more.hidden) opened.delete(id); else { opened.add(id); unfolded(id, more); }
  } }, '⋯');
  const made = h('li', { class: 'job', 'data-job': id },
    h('button', { class: 'picture', 'aria-label': `Watch ${first.output}`, onclick: () => watchJob(id) }, image),
    h('div', { class: 'text' }, h('div', { class: 'top' }, name, state), bar, facts), buttons, unfold, more);
  let acts = '';
  return { made, show: (job) => {
    name.textContent = job.output;
    state.textContent = job.state;
    made.dataset.state = job.state;
    bar.value = job.total ? job.done / job.total : 0;
    facts.textContent = job.error || [`${job.done} of ${job.total}`, job.what, job.speed && job.state === 'running' ? `${job.speed.toFixed(1)} frames/s` : '',
      job.left !== null ? `${span(job.left)} left` : ''].filter(Boolean).join(' · ');
    if (job.picture && image.dataset.n !== String(job.picture)) {
      image.dataset.n = job.picture;
      image.src = `/api/jobs/${id}/frame?n=${job.picture}`;
      image.hidden = false;
    }
    if (acts !== job.state) {
      acts = job.state;
      const movable = ['waiting', 'paused'].includes(job.state);
      buttons.replaceChildren(...(movable ? [h('button', { class: 'quiet icon', 'aria-label': 'Earlier', onclick: () => shift(id, -1) }, '↑'),
        h('button', { class: 'quiet icon', 'aria-label': 'Later', onclick: () => shift(id, 1) }, '↓')] : []),
        ...ACTIONS[job.state].map(([what, text]) => h('button', { 'data-act': what, onclick: () => act(id, what) }, text)));
    }
    if (opened.has(id) && job.state === 'running') unfolded(id, more);
  } };
}

function shift(id, way) {
  const at = order.indexOf(id);
  const rest = order.filter((each) => each !== id);
  act(id, 'move', { before: rest[Math.max(0, at + way)] || '' });
}

export async function watchJob(id) {
  const job = jobs.get(id);
  view('create');
  if (job.state !== 'done') { show({ kind: 'job', job }); return; }
  const found = (await get('/api/results')).find((one) => one.name === job.output);
  if (found) show({ kind: 'result', result: found });
  else toast('The result is not there any more.');
}

let reading = 0;

async function unfolded(id, more) {
  const now = Date.now();
  if (more.firstChild && now - reading < 2000) return;
  reading = now;
  let found;
  try { found = await get(`/api/jobs/${id}`); } catch (error) { toast(error.message); return; }
  const plot = h('canvas', { width: 480, height: 72, role: 'img', 'aria-label': 'What is made larger, over the steps' });
  more.replaceChildren(...[
    h('figure', {}, plot, h('figcaption', {}, `score ${found.score === null ? '–' : found.score.toPrecision(4)}`)),
    ...found.warnings.map((text) => h('p', { class: 'mild' }, text)),
    found.log ? h('pre', {}, found.log) : null,
    h('div', { class: 'choices' },
      h('button', { onclick: () => act(id, 'duplicate') }, 'Duplicate'),
      found.draft ? h('button', { onclick: async () => apply(await ofDraft(found.draft)) }, 'Use these settings') : null),
  ].filter(Boolean));
  line(plot, found.scores);
}

function line(canvas, values) {
  const pen = canvas.getContext('2d');
  const [low, high] = [Math.min(...values), Math.max(...values)];
  pen.strokeStyle = getComputedStyle(document.body).getPropertyValue('--accent');
  pen.lineWidth = 1.5;
  pen.beginPath();
  values.forEach((value, n) => pen.lineTo(4 + n * (canvas.width - 8) / Math.max(1, values.length - 1),
    canvas.height - 6 - (canvas.height - 12) * (high > low ? (value - low) / (high - low) : 0.5)));
  pen.stroke();
}

function pill() {
  const all = [...jobs.values()];
  const running = all.find((job) => job.state === 'running');
  const waiting = all.filter((job) => ['waiting', 'running', 'stopping'].includes(job.state)).length;
  $('waiting').textContent = waiting || '';
  const one = $('pill');
  one.hidden = !running;
  if (!running) return;
  one.onclick = () => watchJob(running.id);
  one.textContent = `${running.output} ${running.total ? Math.floor(100 * running.done / running.total) : 0} %`;
  one.style.setProperty('--done', running.total ? running.done / running.total : 0);
}

