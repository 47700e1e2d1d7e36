// Loading a scenario, going back to its start, and what is wrong with its files.

import { act, action } from './actions.js';
import { byId, el, field, render, select } from './dom.js';
import { curl } from './server.js';

const loadPath = (name) => `/_mock/scenarios/${encodeURIComponent(name)}/load`;
const chosen = () => byId('scenario-select')?.value ?? '';

export const curlLines = [
  ['List the scenarios', () => curl('GET', '/_mock/scenarios')],
  ['Load this scenario', () => curl('POST', loadPath(chosen()))],
  ['Reset', () => curl('POST', '/_mock/reset')],
];

export function scenario(container, { scenarios, overview }) {
  if (!scenarios) return;
  const current = overview?.scenario ?? scenarios.current;
  const options = scenarios.scenarios.map(({ name, title, problem }) => [name, problem ? `${name} (broken)` : `${name} – ${title}`]);
  const load = (event) => act('POST', loadPath(chosen()), { button: event.currentTarget, done: `Scenario ${chosen()} is loaded.` });
  render(
    container,
    field('Scenario', select(options, { id: 'scenario-select', 'data-key': 'scenario', value: current })),
    el('button', { type: 'button', 'data-key': 'load', onclick: load }, 'Load'),
    action('Reset', 'POST', '/_mock/reset', { key: 'reset', title: 'Go back to the start of the scenario', done: 'The scenario is at its start again.' }),
  );
}

/** The files of the current scenario cannot be read: the sandbox still has what it read before. */
export function broken({ scenarios, overview }) {
  const problem = scenarios?.scenarios.find(({ name }) => name === (overview?.scenario ?? scenarios.current))?.problem;
  byId('broken').hidden = !problem;
  byId('broken-text').textContent = problem ?? '';
}
