// The format, the equivalent command, and the button that renders.

import { $, h, toast } from './dom.js';
import { post } from './api.js';
import { request, change, draft, known, said, watch } from './state.js';
import { show } from './stage.js';

let button;
let fill;
let busy = false;

export function showMake() {
  const format = h('select', { 'aria-label': 'Format', id: 'format', onchange: () => change({ format: format.value }) });
  const command = h('code', { id: 'command', tabindex: 0, title: 'The command that does the same' });
  button = h('button', { class: 'strong', id: 'render', onclick: make }, 'Render');
  $('make').append(
    h('div', { class: 'command' }, command, h('button', { class: 'quiet icon', 'aria-label': 'Copy the command',
      onclick: async () => { await navigator.clipboard?.writeText(said.command); toast('The command is copied.'); } }, 'Copy')),
    h('div', { class: 'go' }, format,
      h('button', { class: 'quiet', id: 'reset', onclick: () => change({ settings: {}, preset: '' }), title: 'Put all settings back' }, 'Put all back'),
      button));
  fill = () => {
    const formats = known.formats[draft.command === 'image' ? 'image' : 'film'];
    if (format.dataset.of !== formats.join()) {
      format.replaceChildren(...formats.map((one) => h('option', { value: one }, one.slice(1).toUpperCase())));
      format.dataset.of = formats.join();
    }
    format.value = draft.format || formats[0];
    command.textContent = said.error || said.command;
    command.classList.toggle('bad', Boolean(said.error));
    button.disabled = busy || Boolean(said.error) || !(draft.source || draft.settings.noise);
  };
  watch(fill);
  fill();
}

export async function make() {
  if (button.disabled) return;
  busy = button.disabled = true;
  try {
    const { job, warnings } = await post('/api/jobs', request());
    for (const text of warnings) toast(text);
    show({ kind: 'job', job });
  } catch (error) {
    toast(error.message);
  } finally {
    busy = false;
    fill();
  }
}
