// What is held, with whom it was shared, one value in the clear, and a consent withdrawn and given again.

import assert from 'node:assert/strict';

import { journey } from '../stage.mjs';
import * as step from '../steps.mjs';

journey('a person reads both lists and one value in the clear', async (stage) => {
  const { page } = stage;
  await step.beCustomer(stage, step.INSURED);
  await page.getByRole('navigation', { name: '主导航' }).getByRole('link', { name: '我的信息' }).click();
  await step.arrive(stage, '我的信息');
  await page.getByText('139****0001').first().waitFor();
  assert.doesNotMatch(await page.content(), /13900000001/, 'a number stands in the page in the clear');
  await stage.look('collected');
  await page.getByRole('link', { name: /与第三方共享/ }).first().click();
  await page.getByRole('heading', { name: '与第三方共享清单' }).waitFor();
  await stage.look('shared');
  await page.goBack();

  await page.getByRole('link', { name: '查看原文：电话号码' }).click();
  await step.arrive(stage, '电话号码');
  await stage.look('before the clear view');
  await step.press(stage, '查看原文');
  await page.getByRole('status').getByText('13900000001').waitFor();
  await stage.look('clear');
  await step.newestReceiptVerifies(stage, '查看信息');
});

journey('a person withdraws a consent, sees what follows, and gives it again', async (stage) => {
  const { page } = stage;
  const title = '保单查询';
  await step.beCustomer(stage, step.MATURED);
  await step.card(stage, title).getByText('可用', { exact: true }).waitFor();
  await page.getByRole('navigation', { name: '主导航' }).getByRole('link', { name: '我的同意' }).click();
  await step.arrive(stage, '我的同意');
  await stage.look('consents');
  await page.getByRole('link', { name: `撤回同意：${title}`, exact: true }).click();
  await step.arrive(stage, `撤回：${title}`);
  await page.getByText(`“${title}”不再进行`).waitFor();
  await stage.look('consequences');
  await step.press(stage, '撤回同意');
  await step.arrive(stage, `已撤回：${title}`);
  await stage.look('withdrawn');

  await step.follow(stage, '回到首页');
  const closed = step.card(stage, title);
  await closed.getByText('暂不可用').waitFor();
  await closed.getByText(`尚未同意：${title}`).waitFor();
  await stage.look('function closed');
  await closed.getByRole('link', { name: '看说明，再决定' }).click();
  await step.arrive(stage, title);
  await step.answer(stage, `同意 ${title}`, '同意');
  await step.press(stage, '提交');
  await step.open(stage, '/home');
  await step.card(stage, title).getByText('可用', { exact: true }).waitFor();
});
