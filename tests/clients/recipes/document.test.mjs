// docs/RECIPES.md shows the files that are run. RECIPES=write puts their text into it.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { recipes } from './helpers.mjs';

const path = fileURLToPath(new URL('../../../docs/RECIPES.md', import.meta.url));
// A link to a file on a line of its own, and the file's text in a block below.
const SHOWN = /^\[(.+)\]\(\.\.\/examples\/recipes\/(.+)\)\n\n```(js|json)\n([^]*?)```$/gm;

test('every block of code is the text of the file above it', () => {
  let written = readFileSync(path, 'utf8');
  if (process.env.RECIPES === 'write') {
    written = written.replace(SHOWN, (_, name, file, language) =>
      `[${name}](../examples/recipes/${file})\n\n\`\`\`${language}\n${readFileSync(join(recipes, file), 'utf8')}\`\`\``);
    writeFileSync(path, written);
  }
  const shown = [...written.matchAll(SHOWN)];
  for (const [, name, file, , text] of shown) {
    assert.equal(name, file);
    assert.equal(text, readFileSync(join(recipes, file), 'utf8'), `docs/RECIPES.md and ${file}`);
  }
  const blocks = written.match(/^```\w+$/gm).filter((fence) => fence !== '```console');
  assert.equal(shown.length, blocks.length, 'a block of code without a file');
});

test('every link within the document leads somewhere', () => {
  const written = readFileSync(path, 'utf8');
  const headings = [...written.matchAll(/^## (.+)$/gm)].map(([, text]) => text.toLowerCase().replaceAll(' ', '-'));
  for (const [, anchor] of written.matchAll(/\]\(#(.+?)\)/g)) assert.ok(headings.includes(anchor), anchor);
});
