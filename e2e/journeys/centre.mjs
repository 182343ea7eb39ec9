// The privacy centre: each of its parts, a permission closed, a choice refused and made, a request taken back, a copy.

import assert from 'node:assert/strict';

import { journey } from '../stage.mjs';
import * as step from '../steps.mjs';

async function centre(stage, name) {
  await step.open(stage, '/privacy');
  await stage.page.getByRole('main').getByRole('link', { name, exact: true }).first().click();
}

journey('a person walks through the privacy centre', async (stage) => {
  const { page } = stage;
  await step.beCustomer(stage, step.INSURED);
  await step.open(stage, '/privacy');
  await stage.look('centre');

  await centre(stage, '数据流图：您的信息流向哪里');
  await step.arrive(stage, '您的信息流向哪里');
  await page.getByRole('region', { name: /^数据流图/ }).locator('svg').waitFor();
  await stage.look('map');

  await centre(stage, '设备权限');
  await step.arrive(stage, '设备权限');
  await stage.look('permissions');
  await step.follow(stage, '关闭：相机权限');
  await stage.look('close a permission');
  await step.press(stage, '关闭这项权限');
  await page.getByRole('status').waitFor();
  await step.open(stage, '/permissions');
  await step.follow(stage, '恢复：相机权限');
  await step.press(stage, '恢复这项权限');

  await centre(stage, '可以同意的事项');
  await stage.look('choices');
  await page.getByRole('main').getByRole('link', { name: /^安全保障/ }).first().click();
  await stage.look('one choice');
  await page.getByLabel('不同意', { exact: true }).check();
  await step.press(stage, '提交');
  await page.getByRole('status').waitFor();
  await centre(stage, '可以同意的事项');
  await page.getByText(/不再主动询问/).first().waitFor();

  await centre(stage, '营销与个性化');
  await stage.look('switches');
  await centre(stage, '请勿追踪与 Cookie');
  await stage.look('do not track');

  await step.open(stage, '/rights/copy');
  await stage.look('a right');
  const download = page.waitForEvent('download');
  await step.press(stage, '下载副本');
  assert.equal((await download).suggestedFilename(), 'haigang-copy.zip');
  await step.press(stage, '提出请求');
  await step.arrive(stage, '请求：复制');
  await stage.look('a request');
  await step.press(stage, '撤回这项请求');
  await page.getByRole('status').waitFor();
  await centre(stage, '我的请求');
  await stage.look('requests');

  await step.open(stage, '/mine');
  await step.follow(stage, '更正：电话号码');
  stage.tolerates(/status of 422/);
  await step.field(stage, '电话号码').fill('12');
  await step.press(stage, '提交更正');
  await page.getByRole('alert').waitFor();
  assert.equal(await step.field(stage, '电话号码').inputValue(), '12', 'what was typed is kept');
  await stage.look('correct');
  await step.open(stage, '/mine/shared');
  await stage.look('who may receive');
  await step.open(stage, '/rights/restrict');
  await stage.look('restrict');
});

journey('who is not logged in leaves, and a relative asks', async (stage) => {
  const { page } = stage;
  await step.open(stage, '/relative');
  await stage.look('relative');
  await page.getByLabel('查阅', { exact: true }).check();
  await step.field(stage, '逝者的证件号码').fill('990105199005010020');
  stage.tolerates(/status of 422/);
  await step.press(stage, '登记请求');
  await page.getByRole('alert').or(page.getByText(/^req-/)).first().waitFor();
  await stage.look('answer');
});
