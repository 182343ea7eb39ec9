// A browser that asks not to be tracked, where the text promises to heed it (聚千保, 二(二)).

import assert from 'node:assert/strict';

import { journey } from '../stage.mjs';
import * as step from '../steps.mjs';

const PAGE = '/p/juqianbao/do-not-track';

journey('a browser asks not to be tracked, and is heeded', async (stage) => {
  const { page } = stage;
  await page.goto(PAGE);
  await step.arrive(stage, '请勿追踪与 Cookie');
  const states = page.getByRole('main').getByRole('listitem').locator('.chip');
  const without = await states.allInnerTexts();
  assert.deepEqual(without, ['不运行', '不运行', '不运行'], 'one of the three runs without a consent');
  for (const asked of [{ DNT: '1' }, { 'Sec-GPC': '1' }]) {
    await page.setExtraHTTPHeaders(asked);
    await page.goto(PAGE);
    assert.deepEqual(await states.allInnerTexts(), without.map(() => '依您的浏览器设置，不运行'));
  }
  await stage.look('heeded');
});
