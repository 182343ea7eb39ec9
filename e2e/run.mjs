// Runs the self-test of the stage, then every journey in journeys/, one after another in one browser.
// `node run.mjs word` runs only the journeys whose title contains the word.

import { readdir } from 'node:fs/promises';
import { test } from 'node:test';

import { closeStage, journeys, play } from './stage.mjs';

const TIME_LIMIT_MS = 120_000;

const word = process.argv[2] ?? '';
const folder = new URL('journeys/', import.meta.url);
const files = (await readdir(folder).catch(() => [])).filter((file) => file.endsWith('.mjs')).sort();

await import('./selftest/selftest.mjs');
for (const file of files) {
  await import(new URL(file, folder).href);
}
for (const journey of journeys.filter(({ title }) => title.includes(word))) {
  for (const width of journey.widths) {
    await test(`${journey.title} (${width} px)`, { timeout: TIME_LIMIT_MS }, () => play(journey, width));
  }
}
await closeStage();
