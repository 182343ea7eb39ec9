// 聚千保, to the letter of its policy: a company and its employees, each of whom answers alone; a browser that asks not to be
// tracked, which the text promises to heed (二(二)); a copy for somebody whom the person names.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';

import { journey } from '../stage.mjs';
import * as step from '../steps.mjs';

const BASE = '/p/juqianbao';
const CONTACT = '13900000101';

/** Sends a table in. */
async function send({ page }, text, button) {
  await page.locator('input[type=file]').setInputFiles({ name: '雇员.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
  await page.getByRole('button', { name: button, exact: true }).click();
}

journey('juqianbao: a company sends its employees in as a table, and each of them answers alone', async (stage) => {
  const { page } = stage;
  await step.beCustomer(stage, CONTACT, BASE);
  await page.goto(`${BASE}/functions/apply`);
  await step.arrive(stage, '保险产品的申请服务');
  await page.getByText('提交之后可以上传名册').waitFor();
  await stage.look('who');
  await step.press(stage, '下一步');
  await page.locator('[name="user.name"]').fill('苏映棠');
  await page.locator('[name="user.id-number"]').fill('990201198706193282');
  await page.locator('[name="user.phone"]').fill(CONTACT);
  await page.locator('[name="user.employer"]').fill('澄江机电设备租赁有限公司');
  await step.answerAll(stage, '同意');
  await step.press(stage, '提交');
  await step.arrive(stage, '公司雇员名册');
  await page.getByRole('status').getByText('已完成').waitFor();
  await stage.look('ask');

  const [template] = await Promise.all([page.waitForEvent('download'), step.follow(stage, '下载模板')]);
  const header = (await readFile(await template.path(), 'utf8')).replace('\ufeff', '').replaceAll('"', '').trim();
  stage.tolerates(/status of 422/);
  await send(stage, `${header},工资\n一号雇员,9000\n`, '上传并检查');
  await page.getByRole('alert').getByText('第 2 列的列名不在要填写的项目里').waitFor();
  await stage.look('column');
  await send(stage, `${header}\n高处作业员，三年\n起重机司机，七年\n`, '上传并检查');
  await page.getByText('还没有保存任何内容').waitFor();
  assert.equal(await page.getByText('起重机司机').count(), 0, 'a value is repeated');
  assert.equal(await page.getByText('邀请本人填写', { exact: true }).count(), 2, 'employees answer alone here');
  await stage.look('looked');
  await step.press(stage, '确认');
  await page.getByText('已完成：').waitFor();
  await stage.look('done');
  const links = await page.locator('code').allInnerTexts();
  assert.equal(links.filter((link) => /\/join\/[\w-]{43}$/.test(link.trim())).length, 2);
  const [result] = await Promise.all([page.waitForEvent('download'), step.follow(stage, '下载结果表')]);
  const table = await readFile(await result.path(), 'utf8');
  assert.ok(links.every((link) => table.includes(link.trim())) && !table.includes('起重机司机'));

  await page.context().clearCookies();
  await page.goto(new URL(links[0]).pathname);
  await page.getByRole('heading', { name: /受邀填写/ }).waitFor();
  await page.getByText('公司雇员').first().waitFor();
  await stage.look('employee');
});

journey('juqianbao: a browser asks not to be tracked, and is heeded', async (stage) => {
  const { page } = stage;
  await page.goto(`${BASE}/do-not-track`);
  await step.arrive(stage, '请勿追踪与 Cookie');
  const states = page.getByRole('main').getByRole('listitem').locator('.chip');
  const without = await states.allInnerTexts();
  assert.deepEqual(without, ['不运行', '不运行', '不运行'], 'one of the three runs without a consent');
  for (const asked of [{ DNT: '1' }, { 'Sec-GPC': '1' }]) {
    await page.setExtraHTTPHeaders(asked);
    await page.goto(`${BASE}/do-not-track`);
    assert.deepEqual(await states.allInnerTexts(), without.map(() => '依您的浏览器设置，不运行'));
  }
  await stage.look('heeded');
});

journey('juqianbao: a copy is sent to whom the person names', async (stage) => {
  const { page } = stage;
  await step.beCustomer(stage, CONTACT, BASE);
  await page.goto(`${BASE}/rights/port`);
  await step.follow(stage, '向您指定的第三方传输副本');
  await page.getByText('没有这家机构的数据接口').waitFor();
  await stage.look('to whom');
  await step.follow(stage, '传给这家机构');
  assert.equal(await page.getByText('苏映棠').count(), 0, 'what goes is named, not shown');
  stage.tolerates(/status of 422/);
  await step.press(stage, '传输');
  await page.getByRole('alert').waitFor();
  await stage.look('unanswered');
  const answers = page.getByRole('group', { name: /同意/ });
  for (let nth = 0; nth < (await answers.count()); nth += 1) {
    await answers.nth(nth).getByLabel(nth === 0 ? '同意' : '不同意', { exact: true }).check();
  }
  await step.press(stage, '传输');
  await page.getByRole('heading', { level: 1, name: /^已送达/ }).waitFor();
  await page.getByText(/^R\d{6}$/).waitFor();
  await stage.look('sent');
  await page.goto(`${BASE}/send/qinghe`);
  await step.arrive(stage, '传给南泽青禾保险经纪有限公司');
  await stage.look('no address');
  await page.goto(`${BASE}/mine/shared`);
  await page.getByText('榆川云栈企业服务有限公司').first().waitFor();
});
