// Creates elements. Text is always inserted as text, so content of files and recipes is never parsed as HTML.

export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (name === 'class') element.className = value;
    else if (name === 'value') element.value = value;
    else if (value === true) element.setAttribute(name, '');
    else element.setAttribute(name, value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export const $ = (id) => document.getElementById(id);

export function toast(text, action) {
  const one = h('div', { class: 'toast' }, h('span', {}, text));
  if (action) one.append(h('button', { class: 'link', onclick: () => { action.run(); one.remove(); } }, action.name));
  $('toasts').append(one);
  setTimeout(() => one.remove(), action ? 9000 : 5000);
}

let leave = null;

// Shows a dialog over the page; Escape, or the returned function, closes it.
export function dialog(title, ...content) {
  closeDialog();
  const before = document.activeElement;
  const box = h('div', { class: 'dialog', role: 'dialog', 'aria-modal': 'true', 'aria-label': title },
    h('header', {}, h('h2', {}, title),
      h('button', { class: 'quiet icon', 'aria-label': 'Close', onclick: () => closeDialog() }, '×')), ...content);
  const over = $('over');
  over.replaceChildren(box);
  over.hidden = false;
  over.onclick = (event) => { if (event.target === over) closeDialog(); };
  box.addEventListener('keydown', (event) => keepFocus(event, box));
  (box.querySelector('[autofocus]') || box.querySelector('button.strong') || box.querySelector('button')).focus();
  leave = () => { over.hidden = true; over.replaceChildren(); leave = null; before?.focus?.(); };
  return closeDialog;
}

export function closeDialog() {
  if (!leave) return false;
  leave();
  return true;
}

function keepFocus(event, box) {
  if (event.key !== 'Tab') return;
  const all = [...box.querySelectorAll('button, input, select, textarea, video, [tabindex="0"]')]
    .filter((one) => !one.disabled && one.offsetParent);
  const [first, last] = [all[0], all[all.length - 1]];
  if (event.shiftKey && document.activeElement === first) { last.focus(); event.preventDefault(); }
  if (!event.shiftKey && document.activeElement === last) { first.focus(); event.preventDefault(); }
}

export const plain = (key) => key.replaceAll('_', ' ');

export function size(bytes) {
  return bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1e3))} kB` : `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
}

export function span(seconds) {
  const s = Math.max(0, Math.round(seconds));
  if (s >= 3600) return `${Math.floor(s / 3600)} h ${Math.floor(s % 3600 / 60)} min`;
  return s >= 60 ? `${Math.floor(s / 60)} min ${s % 60} s` : `${s} s`;
}
