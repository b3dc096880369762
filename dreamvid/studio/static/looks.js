// The kind of what is made, and its look.

import { $, h } from './dom.js';
import { change, draft, known, watch } from './state.js';

const KINDS = [['image', 'Picture'], ['zoom', 'Zoom'], ['clip', 'Clip'], ['loop', 'Loop']];

export function showLooks() {
  $('kinds').append(...KINDS.map(([command, name]) => h('button', {
    role: 'radio', 'data-kind': command, onclick: () => change({ command, format: '' }),
  }, name)));
  const none = { name: '', about: 'no look: the settings as they are' };
  $('looks').append(...[none, ...known.looks].map(card));
  arrows($('kinds'));
  arrows($('looks'));
  watch(mark);
  mark();
}

function card(look) {
  const picture = look.name && look.picture
    ? h('img', { src: `/static/looks/${look.name}.webp`, alt: '', loading: 'lazy', draggable: 'false' })
    : h('span', { class: 'blank', 'aria-hidden': 'true' }, look.name ? look.name[0] : '–');
  return h('button', { role: 'radio', class: 'look', 'data-look': look.name, title: look.about,
    onclick: () => change({ preset: look.name }),
    onpointerenter: () => { $('hint').textContent = look.about; },
    onfocus: () => { $('hint').textContent = look.about; },
  }, picture, h('span', { class: 'name' }, look.name || 'plain', look.moves ? h('i', { 'aria-label': 'moves' }, '∿') : null));
}

function mark() {
  for (const one of $('kinds').children) choose(one, one.dataset.kind === draft.command);
  for (const one of $('looks').children) choose(one, one.dataset.look === draft.preset);
}

function choose(one, chosen) {
  one.setAttribute('aria-checked', chosen);
  one.tabIndex = chosen ? 0 : -1;
}

// Arrows go from one to the next, as in every group of radio buttons.
function arrows(group) {
  group.addEventListener('keydown', (event) => {
    const way = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!way) return;
    event.preventDefault();
    const all = [...group.children];
    const next = all[(all.indexOf(document.activeElement) + way + all.length) % all.length];
    next.click();
    next.focus();
  });
}
