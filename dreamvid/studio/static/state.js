// The draft (what is being chosen), and the server's answer to it. Views subscribe with `watch`.

import { post } from './api.js';

const watchers = [];
let timer = 0;
let asking = 0;

export const known = { controls: {}, looks: [], formats: {}, local: true };
export const names = {};  // id of a file → its name
export const draft = load();
export const said = { values: {}, origins: {}, command: '', error: '', key: '' };
export const cursor = { seconds: 0, length: 0, film: 0 };

function load() {
  const empty = { command: 'image', preset: '', settings: {}, source: null, format: '' };
  try {
    const found = JSON.parse(localStorage.getItem('draft'));
    Object.assign(names, JSON.parse(localStorage.getItem('names')) || {});
    return found && typeof found.settings === 'object' ? { ...empty, ...found } : empty;
  } catch { return empty; }
}

export function watch(handle) { watchers.push(handle); }

function tell(what) { for (const handle of watchers) handle(what); }

// Changes the draft, and asks the server to check it.
export function change(changes) {
  Object.assign(draft, changes);
  draft.settings = Object.fromEntries(Object.entries(draft.settings).filter(([key]) => control(key)));
  localStorage.setItem('draft', JSON.stringify(draft));
  localStorage.setItem('names', JSON.stringify(names));
  tell('draft');
  clearTimeout(timer);
  timer = setTimeout(check, 60);
}

export function set(key, value) {
  const settings = { ...draft.settings };
  for (const other of control(key).replaces) if (value !== null) delete settings[other];
  if (value === null || value === '') delete settings[key]; else settings[key] = value;
  change({ settings });
}

export const control = (key) => (known.controls[draft.command] || []).find((one) => one.key === key);

export const request = () => ({
  command: draft.command, preset: draft.preset, settings: draft.settings, source: draft.source?.id || '',
  ...(draft.format ? { format: draft.format } : {}),
});

export async function check() {
  const turn = ++asking;
  let found;
  try {
    found = { error: '', key: '', ...await post('/api/check', request()) };
  } catch (error) {
    found = { error: error.message, key: '' };
  }
  if (turn !== asking) return;
  Object.assign(said, { error: found.error, key: found.key });
  if (!found.error) Object.assign(said, { values: found.values, origins: found.origins, command: found.command_line });
  tell('said');
}

export const moving = () => Object.entries(said.values)
  .filter(([key, value]) => control(key)?.type === 'curve' && typeof value === 'string').map(([key]) => key);
