// Asks which part of a result's recipe to use.

import { closeDialog, dialog, h, toast } from './dom.js';
import { draft } from './state.js';
import { use } from './controls.js';
import { apply, ofRecipe } from './reuse.js';

// Asks how to use a dropped result.
//   found: the server's facts of the file. begin: uses the file as the source; null if it cannot be one.
export function askRecipe(found, begin) {
  const { recipe } = found;
  const shown = ['image', 'zoom', 'clip', 'loop'].includes(recipe.command);
  const own = Object.keys(draft.settings).length;
  const choose = (run) => () => { closeDialog(); run(); };
  const inputs = Object.entries(recipe.inputs).map(([role, one]) => `${one.name} (${role})`).join(', ');
  dialog('Made by dreamvid',
    h('p', {}, `${found.name} carries its recipe: ${recipe.command}${inputs ? `, of ${inputs}` : ''}.`),
    own ? h('p', { class: 'mild' }, `Its settings would take the place of the ${own} that you changed.`) : null,
    h('div', { class: 'choices' },
      shown ? h('button', { class: 'strong', id: 'use-all', onclick: choose(async () => apply(await ofRecipe(recipe))) }, 'Use all settings') : null,
      h('button', { id: 'use-look', onclick: choose(() => {
        use({ ...draft.settings, ...recipe.look }, { preset: draft.preset });
        toast('The look is here.');
      }) }, 'Only the look'),
      begin && found.kind !== 'recipe' ? h('button', { id: 'use-picture', onclick: choose(begin) }, `Begin with this ${found.kind}`) : null,
    ));
}
