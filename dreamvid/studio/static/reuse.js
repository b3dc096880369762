// Uses the settings of an earlier result or job again, or makes the same again with other values.

import { closeDialog, dialog, h, toast } from './dom.js';
import { get, post } from './api.js';
import { known, names } from './state.js';
import { use } from './controls.js';
import { changed, picker, variants } from './grid.js';
import { view } from './main.js';

const MAIN = ['picture', 'clip'];

// A draft: command, preset, settings, the source's facts or null, and the names of files that were not found.
// The draft that a result was made with, from its job or from its recipe.
export function ofResult(facts) {
  if (facts.draft) return ofDraft(facts.draft);
  if (facts.recipe && facts.recipe.command in known.controls) return ofRecipe(facts.recipe);
  throw new Error('It carries no recipe that can be used here.');
}

// From what a job recorded, with ids of files.
export async function ofDraft(job) {
  const missing = [];
  const file = async (id, role) => {
    try { const found = await get(`/api/files/${id}`); names[id] = found.name; return found; } catch { missing.push(role); return null; }
  };
  const files = known.controls[job.command].filter((one) => one.type === 'file' && job.settings[one.key]);
  await Promise.all(files.map((one) => file(job.settings[one.key], one.key)));
  return { ...job, source: job.source ? await file(job.source, 'picture or clip') : null, missing };
}

// From a recipe. Its inputs are found by their content, wherever they were before.
export async function ofRecipe(recipe) {
  const hashes = Object.fromEntries(Object.entries(recipe.inputs).map(([role, one]) => [role, one.sha256]));
  const found = await post('/api/inputs', { inputs: hashes });
  const made = { command: recipe.command, preset: '', settings: { ...recipe.settings }, source: null, missing: [] };
  for (const [role, one] of Object.entries(recipe.inputs)) {
    const file = found[role];
    if (file) names[file.id] = file.name;
    if (!file) made.missing.push(`${one.name} (${role})`);
    else if (MAIN.includes(role)) made.source = file;
    else made.settings[role] = file.id;
  }
  return made;
}

// Puts a draft into the page.
export function apply({ command, preset, settings, source, missing }) {
  use(settings, { preset, command, ...(source ? { source } : {}) });
  view('create');
  toast(missing.length ? `The settings are here; drop ${missing.join(', ')} too.` : 'The settings are here.');
}

// Asks for a setting and its values, and adds a job for each.
export async function sameAgain(result, facts) {
  const made = await ofResult(facts);
  if (made.missing.length) { toast(`Drop ${made.missing.join(', ')} first: it no longer exists.`); return; }
  const one = picker('Setting', made, 'seed');
  const suffix = result.name.slice(result.name.lastIndexOf('.'));
  const format = known.formats[made.command === 'image' ? 'image' : 'film'].includes(suffix) ? suffix : '';
  const add = async () => {
    const all = variants([one]);
    for (const pairs of all) {
      const { preset, settings } = changed(made, pairs);
      await post('/api/jobs', { command: made.command, preset, settings, format, source: made.source?.id || '' });
    }
    closeDialog();
    toast(all.length === 1 ? 'It is in the queue.' : `${all.length} are in the queue.`, { name: 'Show', run: () => view('queue') });
  };
  dialog(`${result.name} again`, h('p', { class: 'mild' }, 'Everything stays as it was, but for this setting; one job for each value.'), one.made,
    h('button', { class: 'strong', id: 'again', onclick: add }, 'Add to the queue'));
}
