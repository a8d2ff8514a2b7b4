import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { StoriesSchema } from './format.ts';
import { playStory } from './stage.ts';

const folders = [
  join(import.meta.dirname, 'stories'),
  ...(process.env.EINLASS_SCENARIOS ?? '').split(':').filter((folder) => folder !== ''),
];

for (const folder of folders) {
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.json'))) {
    const { stories } = v.parse(StoriesSchema, JSON.parse(readFileSync(join(folder, file), 'utf8')));
    describe(file, () => {
      for (const story of stories) {
        test(story.name, async () => {
          expect(await playStory(story), story.why).toBe(null);
        });
      }
    });
  }
}
